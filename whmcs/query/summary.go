package query

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"servicesbot/whmcs"
)

// A Count is how many matches have one value. Statuses and cycles are in the
// words of the language, products and servers in their names.
type Count struct {
	Value   string // "" where the rows have none
	N       int
	Revenue string // of a product: recurring revenue a month, as in Summary; "" where it may not be summed
}

// A Summary is exact over all matches.
//
// What is due is counted of services that have not ended: pending, active,
// suspended and those whose status is unknown. Money is of active and suspended
// services, of which each is in the revenue, in FreeOrOnce or in Unpriced.
type Summary struct {
	Statuses, Products, Servers, Cycles []Count // most first

	Clients    int // clients concerned
	Due7       int // due in the next 7 days, today included
	Due30      int // due in the next 30 days, those of Due7 included
	Overdue    int // due before today, of services that have not ended
	FreeOrOnce int // free and one-time services, apart from the revenue
	Unpriced   int // services whose cycle is not known or whose amount cannot be read, not in the revenue
	OddCycle   int // those of Unpriced whose cycle is not known

	Revenue  string // recurring revenue a month, "1234.56"; "" where it may not be summed
	Currency string // "" where not known
}

// cycleMonths is how many months each recurring cycle bills.
var cycleMonths = map[string]int64{
	"monthly": 1, "quarterly": 3, "semi-annually": 6, "annually": 12, "biennially": 24, "triennially": 36,
}

// commonMonths is a number of months that every cycle divides, so that the
// revenue is a fraction that is rounded once.
const commonMonths = 72

// summarize counts over all matches. The revenue is the sum whatever currencies
// the amounts are in.
func summarize(rows []*whmcs.Service, e *env) *Summary {
	sum := Summary{Statuses: countStatuses(rows)}
	products, servers, cycles := tally{}, tally{}, tally{}
	clients := make(map[int]struct{}, len(rows)/4)
	next := upcoming{
		past:  dateDays(overdue, e.today, true),
		week:  days{e.today, shift(e.today, 7, 'd')},
		month: days{e.today, shift(e.today, 30, 'd')},
	}
	money := make(map[string]earnings)
	for _, s := range rows {
		products[s.Name]++
		servers[e.serverLabel(s)]++
		cycle := cycleKey(s.BillingCycle)
		cycles[cmp.Or(cycle, string(s.BillingCycle))]++
		clients[s.ClientID] = struct{}{}
		sum.countDue(s, next)
		if s.Status == whmcs.StatusActive || s.Status == whmcs.StatusSuspended {
			sum.earn(s, cycle, money)
		}
	}
	sum.Products, sum.Servers, sum.Cycles = products.counts(), servers.counts(), cycles.counts()
	sum.Clients = len(clients)
	total := decimal.Zero
	for _, of := range money {
		total = total.Add(of.times())
	}
	sum.Revenue = monthly(total)
	for i := range sum.Products {
		sum.Products[i].Revenue = monthly(money[sum.Products[i].Value].times())
	}
	return &sum
}

// earnings are amounts by the cycle that they are billed in.
type earnings map[string]decimal.Decimal

// times is what is earned in commonMonths.
func (e earnings) times() decimal.Decimal {
	total := decimal.Zero
	for cycle, d := range e {
		total = total.Add(d.Mul(decimal.NewFromInt(commonMonths / cycleMonths[cycle])))
	}
	return total
}

// monthly is a month's part of what is earned in commonMonths, rounded once.
func monthly(total decimal.Decimal) string {
	return total.DivRound(decimal.NewFromInt(commonMonths), 2).StringFixed(2)
}

// countHolders counts the clients that have services among rows.
func countHolders(rows []*whmcs.Service) int {
	holders := make(map[int]struct{})
	for _, s := range rows {
		holders[s.ClientID] = struct{}{}
	}
	return len(holders)
}

// upcoming are the days that a summary counts what is due in.
type upcoming struct{ past, week, month days }

// countDue counts a service by when it is due, unless it has ended.
func (s *Summary) countDue(row *whmcs.Service, next upcoming) {
	d := row.NextDueDate
	if d == "" || ended(row.Status) || !inCalendar(d) {
		return
	}
	switch {
	case next.past.holds(d):
		s.Overdue++
	case next.week.holds(d):
		s.Due7++
		s.Due30++
	case next.month.holds(d):
		s.Due30++
	}
}

// earn adds a service's amount to its cycle's, or counts why there is none. The
// quantity is not multiplied: WHMCS's amount is for all of it.
func (s *Summary) earn(row *whmcs.Service, cycle string, money map[string]earnings) {
	if cycle == "free" || cycle == "one-time" {
		s.FreeOrOnce++
		return
	}
	amount, ok := row.RecurringAmount.Decimal()
	if cycleMonths[cycle] == 0 {
		s.OddCycle++
	}
	if !ok || cycleMonths[cycle] == 0 {
		s.Unpriced++
		return
	}
	of := money[row.Name]
	if of == nil {
		of = earnings{}
		money[row.Name] = of
	}
	of[cycle] = of[cycle].Add(amount)
}

// ended reports whether a service is over, so that nothing of it falls due.
func ended(st whmcs.Status) bool {
	rank := statusRank(st)
	return rank >= othersRank && rank < unknownRank
}

// serverLabel returns the best name of a service's server, "" for none.
func (e *env) serverLabel(s *whmcs.Service) string {
	name, hostname, ip := e.serverNames(s)
	label := cmp.Or(name, hostname, ip)
	if label == "" && s.ServerID != 0 {
		return "server " + strconv.Itoa(s.ServerID)
	}
	return label
}

// A tally counts values.
type tally map[string]int

// counts returns the values, most first, equal ones in their own order.
func (t tally) counts() []Count {
	all := make([]Count, 0, len(t))
	for v, n := range t {
		all = append(all, Count{Value: v, N: n})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	return all
}
