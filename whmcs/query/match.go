package query

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"servicesbot/whmcs"
)

// An env is what tests of rows need to know beside the query.
type env struct {
	today   whmcs.Date
	emails  map[string]int            // client ids of the addresses asked for; 0: no such client
	clients map[int]whmcs.Client      // the clients whose details are known
	servers map[int]whmcs.Server      // nil: rows carry their server's names themselves
	byName  map[string][]whmcs.Client // the clients of each name asked for, folded, without a currency
	named   []*nameTest               // of the query being answered

	priceless map[int]whmcs.Service // services that an amount: filter could not compare, by id
}

// know keeps a client's details; without an id, that an address has no client.
func (e *env) know(address string, c whmcs.Client) {
	if e.emails == nil {
		e.emails, e.clients = make(map[string]int), make(map[int]whmcs.Client)
	}
	e.emails[address] = c.ID
	if c.ID != 0 {
		e.clients[c.ID] = c
	}
}

// compile makes one test of all terms of a query. Terms with names are tested on every
// row, as each may show that something of exactly that name exists; what they let
// through settle tests again.
func compile(q Query, e *env) match {
	e.named = nil
	all := make([]match, 0, len(q.Terms))
	var amounts []match // tested last
	for _, t := range q.Terms {
		m := testWord(t.Values, e)
		if t.Key != "" {
			k := lookup(t.Key)
			if k.names != nil {
				e.named = append(e.named, newNameTest(k, t))
				continue
			}
			m = k.test(t.Values, e)
		}
		if t.Not && t.Key == "amount" {
			m = testAmount(t.Values, &env{}) // what cannot be compared is not left out
		}
		if t.Not {
			has := m
			m = func(s *whmcs.Service) bool { return !has(s) }
		}
		if t.Key == "amount" {
			amounts = append(amounts, m)
		} else {
			all = append(all, m)
		}
	}
	all = append(all, amounts...)
	named := e.named
	return func(s *whmcs.Service) bool {
		wanted := true
		for _, n := range named {
			wanted = n.mayHold(s, e) && wanted
		}
		if !wanted {
			return false
		}
		for _, m := range all {
			if !m(s) {
				return false
			}
		}
		return true
	}
}

// numbers returns the values that are numbers.
func numbers(values []string) []int {
	var ns []int
	for _, v := range values {
		if n, err := strconv.Atoi(v); err == nil && isNumber(v) {
			ns = append(ns, n)
		}
	}
	return ns
}

// texts returns the values that are not numbers, folded.
func texts(values []string) []string {
	var ts []string
	for _, v := range values {
		if !isNumber(v) {
			ts = append(ts, strings.ToLower(v))
		}
	}
	return ts
}

// folded returns values in lower case.
func folded(values []string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = strings.ToLower(v)
	}
	return all
}

func testClient(values []string, e *env) match {
	ids := e.clientIDs(values)
	return func(s *whmcs.Service) bool { return slices.Contains(ids, s.ClientID) }
}

func testService(values []string, _ *env) match {
	ids := numbers(values)
	return func(s *whmcs.Service) bool { return slices.Contains(ids, s.ID) }
}

func testOrder(values []string, _ *env) match {
	return func(s *whmcs.Service) bool {
		number := strings.TrimLeft(s.OrderNumber, "0")
		return slices.ContainsFunc(values, func(v string) bool {
			return v == number || s.OrderID != 0 && v == strconv.Itoa(s.OrderID)
		})
	}
}

func testAll([]string, *env) match { return func(*whmcs.Service) bool { return true } }

// testIP compares addresses as such: an address asked for is among those of an assigned
// prefix, and the other way round.
func testIP(values []string, _ *env) match {
	wanted := prefixes(values)
	return func(s *whmcs.Service) bool { return overlap(s.DedicatedIP, wanted) || overlap(s.AssignedIPs, wanted) }
}

func testEmail(values []string, e *env) match {
	var ids []int
	for _, v := range values {
		if id := e.emails[v]; id != 0 {
			ids = append(ids, id)
		}
	}
	return func(s *whmcs.Service) bool { return slices.Contains(ids, s.ClientID) }
}

func testUsername(values []string, _ *env) match {
	return func(s *whmcs.Service) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, s.Username) })
	}
}

func testStatus(values []string, _ *env) match {
	var wanted [unknownRank + 1]bool
	for _, v := range values {
		wanted[slices.Index(statusOrder, v)] = true
	}
	return func(s *whmcs.Service) bool { return wanted[statusRank(s.Status)] }
}

func testCycle(values []string, _ *env) match {
	return func(s *whmcs.Service) bool { return slices.Contains(values, cycleKey(s.BillingCycle)) }
}

// cycleKey returns the cycle: value of a service's billing cycle, "" for one
// that is not known.
func cycleKey(c whmcs.Cycle) string {
	switch c {
	case whmcs.CycleMonthly:
		return "monthly"
	case whmcs.CycleAnnually:
		return "annually"
	case whmcs.CycleFree:
		return "free"
	case whmcs.CycleOneTime:
		return "one-time"
	case whmcs.CycleUnknown:
		return ""
	}
	v, flaw := readCycle(string(c))
	if flaw != nil {
		return ""
	}
	return v
}

// serverNames returns what a service's server is called.
func (e *env) serverNames(s *whmcs.Service) (name, hostname, ip string) {
	if e.servers != nil && nameless(s) {
		m := e.servers[s.ServerID]
		return m.Name, m.Hostname, m.IP
	}
	return s.ServerName, s.ServerHostname, s.ServerIP
}

// nameless reports whether a service has a server that its row does not name.
func nameless(s *whmcs.Service) bool {
	return s.ServerID != 0 && s.ServerName == "" && s.ServerHostname == "" && s.ServerIP == ""
}

func testDue(values []string, e *env) match {
	return testDate(values, e, true, func(s *whmcs.Service) whmcs.Date { return s.NextDueDate })
}

func testRegistered(values []string, e *env) match {
	return testDate(values, e, false, func(s *whmcs.Service) whmcs.Date { return s.RegDate })
}

func testDate(values []string, e *env, ahead bool, date func(*whmcs.Service) whmcs.Date) match {
	none := slices.Contains(values, never)
	past := days{first: "9999-12-31", last: "0001-01-01"} // no day
	var spans []days
	for _, v := range values {
		switch v {
		case never:
		case overdue:
			past = dateDays(v, e.today, ahead)
		default:
			spans = append(spans, dateDays(v, e.today, ahead))
		}
	}
	return func(s *whmcs.Service) bool {
		d := date(s)
		if d == "" {
			return none
		}
		holds := func(span days) bool { return span.holds(d) }
		return (past.holds(d) && !ended(s.Status) || slices.ContainsFunc(spans, holds)) && inCalendar(d)
	}
}

// testAmount notes the services whose amount cannot be read. It comes after all other
// tests, so that these are services that match but for that.
func testAmount(values []string, e *env) match {
	has := testNumber(values)
	return func(s *whmcs.Service) bool {
		n, ok := money(s.RecurringAmount)
		if !ok {
			e.notePriceless(s)
		}
		return ok && has(n)
	}
}

// notePriceless keeps a service whose amount cannot be compared.
func (e *env) notePriceless(s *whmcs.Service) {
	if e.priceless == nil {
		e.priceless = make(map[int]whmcs.Service)
	}
	e.priceless[s.ID] = *s
}

// mostMoney is the amount from which on one is not compared any more: fourteen digits.
var mostMoney = decimal.New(1, 14)

// money is an amount in ten-thousandths, rounded: WHMCS keeps money as decimal(16,2), so
// that nothing is lost but what a conversion to a fraction of two added.
func money(a whmcs.Amount) (int64, bool) {
	d, ok := a.Decimal()
	if !ok || d.Abs().GreaterThanOrEqual(mostMoney) {
		return 0, false
	}
	return d.Shift(4).Round(0).IntPart(), true
}

func testQty(values []string, _ *env) match {
	has := testNumber(values)
	return func(s *whmcs.Service) bool { return has(int64(s.Qty) * 10_000) }
}

func testNumber(values []string) func(int64) bool {
	all := make([]comparison, len(values))
	for i, v := range values {
		all[i] = comparisonOf(v)
	}
	return func(n int64) bool {
		return slices.ContainsFunc(all, func(c comparison) bool { return c.holds(n) })
	}
}
