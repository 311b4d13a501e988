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
	Value string // "" where the rows have none
	N     int
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
	Due30      int
	Overdue    int
	FreeOrOnce int // free and one-time services, apart from the revenue
	Unpriced   int // services whose cycle or amount cannot be read, not in the revenue

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
	var sum Summary
	statuses, products, servers, cycles := tally{}, tally{}, tally{}, tally{}
	clients := make(map[int]struct{})
	soon := days{e.today, shift(e.today, 7, 'd')}
	month := days{e.today, shift(e.today, 30, 'd')}
	past := dateDays(overdue, e.today, true)
	revenue := decimal.Zero
	for _, s := range rows {
		statuses[statusKey(s.Status)]++
		products[s.Name]++
		servers[e.serverLabel(s)]++
		cycles[cmp.Or(cycleKey(s.BillingCycle), string(s.BillingCycle))]++
		clients[s.ClientID] = struct{}{}
		if !ended(s.Status) && inCalendar(s.NextDueDate) {
			sum.Due7 += one(soon.holds(s.NextDueDate))
			sum.Due30 += one(month.holds(s.NextDueDate))
			sum.Overdue += one(past.holds(s.NextDueDate))
		}
		if s.Status == whmcs.StatusActive || s.Status == whmcs.StatusSuspended {
			revenue = revenue.Add(sum.share(s))
		}
	}
	sum.Statuses, sum.Products = statuses.counts(), products.counts()
	sum.Servers, sum.Cycles = servers.counts(), cycles.counts()
	sum.Clients = len(clients)
	sum.Revenue = revenue.DivRound(decimal.NewFromInt(commonMonths), 2).StringFixed(2)
	return &sum
}

// share returns what a service brings in commonMonths, and counts it where that
// is not known or nothing. The quantity is not multiplied: WHMCS's amount is
// for all of it.
func (s *Summary) share(row *whmcs.Service) decimal.Decimal {
	cycle := cycleKey(row.BillingCycle)
	if cycle == "free" || cycle == "one-time" {
		s.FreeOrOnce++
		return decimal.Zero
	}
	amount, ok := row.RecurringAmount.Decimal()
	months := cycleMonths[cycle]
	if !ok || months == 0 {
		s.Unpriced++
		return decimal.Zero
	}
	return amount.Mul(decimal.NewFromInt(commonMonths / months))
}

// ended reports whether a service is over, so that nothing of it falls due.
func ended(st whmcs.Status) bool {
	switch statusKey(st) {
	case "completed", "terminated", "cancelled", "fraud":
		return true
	}
	return false
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
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
		all = append(all, Count{v, n})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	return all
}
