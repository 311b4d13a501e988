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
// tested in great numbers, so that plain ASCII is compared where it is.
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

// testDomain compares host names as DNS does, and with www. as without.
func testDomain(values []string, _ *env) match {
	var exact, below []string
	var stars []pattern
	for _, v := range values {
		host, under := strings.CutPrefix(v, "*.")
		switch {
		case strings.Contains(host, "*"):
			stars = append(stars, patternOf(v))
		case under:
			below = append(below, "."+asciiHost(host))
		default:
			exact = append(exact, withoutWWW(asciiHost(host)))
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
		return slices.ContainsFunc(below, func(b string) bool { return strings.HasSuffix(host, b) }) ||
			slices.ContainsFunc(stars, func(p pattern) bool { return p.matchesHost(host) })
	}
}

// matchesHost reports whether a host name, as DNS or as people write it, with www. or
// without, is one of the pattern's.
func (p pattern) matchesHost(ascii string) bool {
	return p.matches(ascii) || p.matches(withoutWWW(ascii)) ||
		strings.Contains(ascii, "xn--") && p.matches(unicodeHost(ascii))
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

// testWord looks for text where people expect a word: product, group, domain, server, the
// payment method of exactly that name; for an address, among the service's and its server's.
func testWord(values []string, e *env) match {
	wanted := prefixes(values)
	texts := slices.DeleteFunc(folded(values), isAddressWord)
	return func(s *whmcs.Service) bool {
		if len(texts) > 0 && (contains(s.Name, texts) || contains(s.GroupName, texts) || contains(s.Domain, texts) || paidBy(s, texts)) {
			return true
		}
		name, hostname, ip := e.serverNames(s)
		return len(texts) > 0 && (contains(name, texts) || contains(hostname, texts) || contains(ip, texts)) ||
			len(wanted) > 0 && (overlap(s.DedicatedIP, wanted) || overlap(s.AssignedIPs, wanted) || overlap(ip, wanted))
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
