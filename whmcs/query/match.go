package query

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"servicesbot/whmcs"
)

// An env is what tests of rows need to know beside the query.
type env struct {
	today   whmcs.Date
	emails  map[string]int       // client ids of the addresses asked for; 0: no such client
	clients map[int]whmcs.Client // the clients whose details are known
	servers map[int]whmcs.Server // nil: rows carry their server's names themselves

	priceless map[int]struct{} // services that an amount: filter could not compare
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

// compile makes one test of all terms of a query.
func compile(q Query, e *env) match {
	all := make([]match, 0, len(q.Terms))
	var amounts []match // tested last
	for _, t := range q.Terms {
		m := testWord(t.Values, e)
		if t.Key != "" {
			m = lookup(t.Key).test(t.Values, e)
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
	return func(s *whmcs.Service) bool {
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

// contains reports whether a field holds one of some folded texts.
func contains(field string, texts []string) bool {
	for _, t := range texts {
		if holdsFolded(field, t) {
			return true
		}
	}
	return false
}

// holdsFolded reports whether s, in lower case, holds a text. A scan's rows are
// tested in great numbers, so that plain ASCII is compared where it stands.
func holdsFolded(s, text string) bool {
	last := len(s) - len(text)
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(s), text)
		}
		if i <= last && lower(s[i]) == text[0] && foldedPrefix(s[i:], text) {
			return true
		}
	}
	return false
}

// foldedPrefix reports whether s begins with a text, both but for ASCII's case.
func foldedPrefix(s, text string) bool {
	for i := 0; i < len(text); i++ {
		if lower(s[i]) != text[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

func testClient(values []string, _ *env) match {
	ids := numbers(values)
	return func(s *whmcs.Service) bool { return slices.Contains(ids, s.ClientID) }
}

func testService(values []string, _ *env) match {
	ids := numbers(values)
	return func(s *whmcs.Service) bool { return slices.Contains(ids, s.ID) }
}

func testProduct(values []string, _ *env) match {
	ids, names := numbers(values), texts(values)
	return func(s *whmcs.Service) bool { return slices.Contains(ids, s.PID) || contains(s.Name, names) }
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

// testTexts makes the test of a key that looks for text in some fields.
func testTexts(fields func(*whmcs.Service) []string) func([]string, *env) match {
	return func(values []string, _ *env) match {
		wanted := folded(values)
		return func(s *whmcs.Service) bool {
			for _, f := range fields(s) {
				if contains(f, wanted) {
					return true
				}
			}
			return false
		}
	}
}

// testDomain compares host names as DNS does, and with www. as without.
func testDomain(values []string, _ *env) match {
	var exact, below []string
	for _, v := range values {
		if host, wild := strings.CutPrefix(v, "*."); wild {
			below = append(below, "."+asciiHost(host))
		} else {
			exact = append(exact, withoutWWW(asciiHost(v)))
		}
	}
	return func(s *whmcs.Service) bool {
		if s.Domain == "" {
			return false
		}
		host := serviceHost(s.Domain)
		if slices.Contains(exact, withoutWWW(host)) {
			return true
		}
		return slices.ContainsFunc(below, func(b string) bool { return strings.HasSuffix(host, b) })
	}
}

// serviceHost brings a service's domain into the form of asciiHost where it is a
// host name, else into lower case.
func serviceHost(domain string) string {
	host := strings.TrimRight(strings.ToLower(strings.TrimSpace(domain)), ".")
	for i := 0; i < len(host); i++ {
		if host[i] >= utf8.RuneSelf {
			return cmp.Or(asciiHost(host), host)
		}
	}
	return host
}

// withoutWWW drops www. where a host name of two labels or more is left.
func withoutWWW(host string) string {
	if rest, ok := strings.CutPrefix(host, "www."); ok && strings.Contains(rest, ".") {
		return rest
	}
	return host
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

func testServer(values []string, e *env) match {
	ids, wanted := numbers(values), texts(values)
	return func(s *whmcs.Service) bool {
		if s.ServerID != 0 && slices.Contains(ids, s.ServerID) {
			return true
		}
		return len(wanted) > 0 && e.onServer(s, wanted)
	}
}

// onServer reports whether one of some folded texts is in the server's names.
func (e *env) onServer(s *whmcs.Service, wanted []string) bool {
	name, hostname, ip := e.serverNames(s)
	return contains(name, wanted) || contains(hostname, wanted) || contains(ip, wanted)
}

// testWord looks for text where people expect a word: product, group, domain, server.
func testWord(values []string, e *env) match {
	wanted := folded(values)
	return func(s *whmcs.Service) bool {
		return contains(s.Name, wanted) || contains(s.GroupName, wanted) || contains(s.Domain, wanted) || e.onServer(s, wanted)
	}
}

func testDue(values []string, e *env) match {
	return testDate(values, e, true, func(s *whmcs.Service) whmcs.Date { return s.NextDueDate })
}

func testRegistered(values []string, e *env) match {
	return testDate(values, e, false, func(s *whmcs.Service) whmcs.Date { return s.RegDate })
}

func testDate(values []string, e *env, ahead bool, date func(*whmcs.Service) whmcs.Date) match {
	none := slices.Contains(values, never)
	var spans []days
	for _, v := range values {
		if v != never {
			spans = append(spans, dateDays(v, e.today, ahead))
		}
	}
	return func(s *whmcs.Service) bool {
		d := date(s)
		if d == "" {
			return none
		}
		return slices.ContainsFunc(spans, func(s days) bool { return s.holds(d) }) && inCalendar(d)
	}
}

// testAmount notes the services whose amount cannot be read. It comes after all other
// tests, so that these are services that match but for that.
func testAmount(values []string, e *env) match {
	has := testNumber(values)
	return func(s *whmcs.Service) bool {
		n, ok := money(s.RecurringAmount)
		if !ok {
			e.notePriceless(s.ID)
		}
		return ok && has(n)
	}
}

// notePriceless keeps the id of a service whose amount cannot be compared.
func (e *env) notePriceless(id int) {
	if e.priceless == nil {
		e.priceless = make(map[int]struct{})
	}
	e.priceless[id] = struct{}{}
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
