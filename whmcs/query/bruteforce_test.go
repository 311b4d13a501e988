package query_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// Random questions are answered twice: by a Finder, and by a filter that is
// written here over the rows as JSON, and knows nothing of the language: each
// random term brings its own test along.

// A rawRow is a service as JSON.
type rawRow map[string]any

// text returns a field as text: whether it is a number, a text or null.
func (r rawRow) text(name string) string {
	switch v := r[name].(type) {
	case string:
		return html.UnescapeString(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// number returns a field that is a whole number.
func (r rawRow) number(name string) int {
	n, _ := strconv.Atoi(r.text(name))
	return n
}

// unmarked drops what WHMCS's database does not compare: accents, and here apostrophes too.
var unmarked = regexp.MustCompile(`[\p{Mn}'’‘\x60´]`)

func unaccented(s string) string {
	return unmarked.ReplaceAllString(norm.NFD.String(strings.ToLower(s)), "")
}

// holds reports whether one of some fields contains a text.
func (r rawRow) holds(text string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		return strings.Contains(unaccented(r.text(f)), cmp.Or(unaccented(text), text))
	})
}

// plural is a word of five letters or more that ends in one s.
var plural = regexp.MustCompile(`^(.{2,}[a-z])s$`)

// holdsWord reports whether one of some fields contains a text without a key: a short one as
// a whole word alone, a plural also as its singular.
func (r rawRow) holdsWord(text string, fields ...string) bool {
	text = cmp.Or(unaccented(text), text)
	whole := func(text string) bool {
		word := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(text) + `($|[^\pL\pN])`)
		return slices.ContainsFunc(fields, func(f string) bool { return word.MatchString(unaccented(r.text(f))) })
	}
	if regexp.MustCompile(`^[a-z0-9]{1,2}$`).MatchString(text) {
		return whole(text)
	}
	one := plural.FindStringSubmatch(text)
	return r.holds(text, fields...) || len(text) >= 5 && one != nil && !strings.HasSuffix(one[1], "s") && whole(one[1])
}

func (r rawRow) status() string {
	s := strings.ToLower(r.text("status"))
	if !slices.Contains([]string{"pending", "active", "completed", "suspended", "terminated", "cancelled", "fraud"}, s) {
		return "unknown"
	}
	return s
}

func (r rawRow) cycle() string {
	switch c := strings.ToLower(r.text("billingcycle")); c {
	case "free account":
		return "free"
	case "one time":
		return "one-time"
	default:
		return c
	}
}

// day returns a date as days since 1970, and whether there is none at all.
func (r rawRow) day(name string) (n int, ok, none bool) {
	s := r.text(name)
	if s == "" || s == "0000-00-00" {
		return 0, false, true
	}
	t, err := time.Parse(time.DateOnly, s)
	return dayNumber(t), err == nil, false
}

func dayNumber(t time.Time) int {
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// amount returns a sum of money.
func (r rawRow) amount() (*big.Rat, bool) { return new(big.Rat).SetString(r.text("recurringamount")) }

// A world is the rows that are asked about.
type world struct {
	*rand.Rand
	rows   []rawRow
	emails map[string]int // of clients
	today  time.Time
}

func (w *world) row() rawRow { return w.rows[w.IntN(len(w.rows))] }

// A filter is a random term with its meaning.
type filter struct {
	text string
	test func(rawRow) bool
	key  string // of a single value that no row has beside another of that key; else ""
}

// many is the key of a value that a row may have beside another.
const many = "many"

// exclusive are the keys of which a row has one value only.
var exclusive = []string{"client", "service", "pid", "domain", "username", "email", "status", "cycle"}

// endings are the states in which nothing is overdue.
var endings = []string{"completed", "terminated", "cancelled", "fraud"}

// oneOf makes a term of a key with one to three values.
func (w *world) oneOf(keys string, value func() filter) filter {
	names := strings.Fields(keys)
	f := filter{text: names[w.IntN(len(names))] + ":"}
	var tests []func(rawRow) bool
	var first string
	f.key = names[0]
	for i := range 1 + w.IntN(3) {
		v := value()
		if i > 0 {
			f.text += ","
		}
		f.text += v.text
		tests = append(tests, v.test)
		if i == 0 {
			first = v.text
		}
		if v.key == many || v.text != first || !slices.Contains(exclusive, f.key) {
			f.key = ""
		}
	}
	f.test = func(r rawRow) bool {
		return slices.ContainsFunc(tests, func(test func(rawRow) bool) bool { return test(r) })
	}
	return f
}

// piece returns a part of a text, quoted as a value where that is needed.
func (w *world) piece(s string) (text, typed string) {
	runes := []rune(s)
	if len(runes) == 0 {
		return "zz", "zz"
	}
	from := w.IntN(len(runes))
	to := from + 1 + w.IntN(len(runes)-from)
	text = strings.Join(strings.Fields(string(runes[from:to])), " ")
	if text == "" || strings.Trim(text, "0123456789#") == "" {
		return "zz", "zz"
	}
	if w.IntN(2) == 0 {
		text = strings.ToUpper(text)
	}
	return text, `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// named makes a value of a key that prefers a name to a part of one: a part, so that it
// is looked for as such, or what begins or holds one, with stars. fields are those that
// hold the key's names.
func (w *world) named(from string, fields ...string) func() filter {
	return func() filter {
		text, typed := w.piece(w.row().text(from))
		if _, err := netip.ParseAddr(text); err == nil || strings.Contains(text, "*") || w.isName(text, fields) {
			text = "zz"
		}
		if text == "zz" {
			typed = `"zz"`
		}
		switch w.IntN(4) {
		case 0:
			return filter{typed[:len(typed)-1] + `*` + typed[len(typed)-1:], func(r rawRow) bool {
				return slices.ContainsFunc(fields, func(f string) bool {
					return strings.HasPrefix(unaccented(r.text(f)), unaccented(text))
				})
			}, many}
		case 1:
			return filter{`"*` + typed[1:len(typed)-1] + `*"`, func(r rawRow) bool { return r.holds(text, fields...) }, many}
		}
		return filter{typed, func(r rawRow) bool { return r.holds(text, fields...) }, many}
	}
}

// isName reports whether a text is all of a name, or a host name's first label.
func (w *world) isName(text string, fields []string) bool {
	return slices.ContainsFunc(w.rows, func(r rawRow) bool {
		return slices.ContainsFunc(fields, func(f string) bool {
			label, _, _ := strings.Cut(r.text(f), ".")
			return strings.EqualFold(r.text(f), text) || strings.EqualFold(label, text)
		})
	})
}

// address makes a value of ip: an address of a row, one beside it, or the /28 around it.
func (w *world) address() filter {
	a := netip.MustParseAddr("203.0.113.7")
	for range 20 {
		if all := w.row().addresses(); len(all) > 0 {
			a = all[w.IntN(len(all))]
			break
		}
	}
	p := netip.PrefixFrom(a, a.BitLen())
	switch w.IntN(4) {
	case 0:
		a = a.Next()
		p = netip.PrefixFrom(a, a.BitLen())
	case 1:
		p = netip.PrefixFrom(a, a.BitLen()-4)
		return filter{p.String(), func(r rawRow) bool { return slices.ContainsFunc(r.addresses(), p.Masked().Contains) }, many}
	}
	return filter{a.String(), func(r rawRow) bool { return slices.ContainsFunc(r.addresses(), p.Contains) }, many}
}

// addresses are those of a row's own that are plain addresses.
func (r rawRow) addresses() []netip.Addr {
	var all []netip.Addr
	for _, s := range strings.Fields(r.text("dedicatedip") + " " + strings.ReplaceAll(r.text("assignedips"), ",", " ")) {
		if a, err := netip.ParseAddr(s); err == nil {
			all = append(all, a.Unmap())
		}
	}
	return all
}

// id makes a value that is a field's number.
func (w *world) id(field string) func() filter {
	return func() filter {
		n := w.row().number(field)
		if n == 0 || w.IntN(8) == 0 {
			n = 99999
		}
		return filter{strconv.Itoa(n), func(r rawRow) bool { return r.number(field) == n }, ""}
	}
}

// plainHost is a domain as DNS compares it.
func plainHost(s string) string {
	return strings.TrimPrefix(strings.TrimRight(strings.ToLower(s), "."), "www.")
}

func (w *world) domain() filter {
	host := strings.ToLower(w.row().text("domain"))
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || !strings.Contains(host, ".") || len(host) > 60 {
		host = "nowhere.example"
	}
	switch w.IntN(4) {
	case 0:
		host = "www." + plainHost(host)
	case 1:
		_, parent, _ := strings.Cut(host, ".")
		return filter{"*." + parent, func(r rawRow) bool {
			return strings.HasSuffix(strings.TrimRight(strings.ToLower(r.text("domain")), "."), "."+parent)
		}, many}
	case 2:
		begin, _, _ := strings.Cut(plainHost(host), ".")
		return filter{begin + "*", func(r rawRow) bool { return strings.HasPrefix(plainHost(r.text("domain")), begin) }, many}
	}
	return filter{host, func(r rawRow) bool { return plainHost(r.text("domain")) == plainHost(host) }, ""}
}

func (w *world) email() filter {
	address := "nobody@nowhere.example"
	if known := slices.Sorted(maps.Keys(w.emails)); w.IntN(6) > 0 {
		address = known[w.IntN(len(known))]
	}
	return filter{address, func(r rawRow) bool { return w.emails[address] != 0 && w.emails[address] == r.number("clientid") }, ""}
}

// compared makes a value of a number or day with a comparison or a range.
func (w *world) compared(n int, write func(int) string, read func(rawRow) (int, bool)) filter {
	is := func(ok func(int) bool) func(rawRow) bool {
		return func(r rawRow) bool {
			v, known := read(r)
			return known && ok(v)
		}
	}
	m := n + w.IntN(400)
	switch w.IntN(8) {
	case 0:
		return filter{"<" + write(n), is(func(v int) bool { return v < n }), ""}
	case 1:
		return filter{"<=" + write(n), is(func(v int) bool { return v <= n }), ""}
	case 2:
		return filter{">" + write(n), is(func(v int) bool { return v > n }), ""}
	case 3:
		return filter{">=" + write(n), is(func(v int) bool { return v >= n }), ""}
	case 4:
		return filter{write(n) + ".." + write(m), is(func(v int) bool { return n <= v && v <= m }), ""}
	case 5:
		return filter{".." + write(n), is(func(v int) bool { return v <= n }), ""}
	case 6:
		return filter{write(n) + "..", is(func(v int) bool { return v >= n }), ""}
	}
	return filter{write(n), is(func(v int) bool { return v == n }), ""}
}

// dated makes a value of due or registered; sign is -1 where distances count back.
func (w *world) dated(field string, sign int) func() filter {
	base := dayNumber(w.today)
	within := func(ok func(distance int) bool) func(rawRow) bool {
		return func(r rawRow) bool {
			n, known, _ := r.day(field)
			return known && ok(sign*(n-base))
		}
	}
	write := func(n int) string { return time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly) }
	return func() filter {
		n := w.IntN(400)
		unit, days := "d", n
		if w.IntN(4) == 0 {
			unit, days = "w", 7*n
		}
		distance := strconv.Itoa(n) + unit
		switch w.IntN(12) {
		case 0:
			return filter{"none", func(r rawRow) bool { _, _, none := r.day(field); return none }, ""}
		case 1:
			return filter{"today", within(func(d int) bool { return d == 0 }), ""}
		case 2:
			return filter{"<tomorrow", within(func(d int) bool { return sign*d < 1 }), ""}
		case 3:
			return filter{"<" + distance, within(func(d int) bool { return 0 <= d && d < days }), ""}
		case 4:
			return filter{"<=" + distance, within(func(d int) bool { return 0 <= d && d <= days }), ""}
		case 5:
			return filter{">" + distance, within(func(d int) bool { return d > days }), ""}
		case 6:
			return filter{"0d.." + distance, within(func(d int) bool { return 0 <= d && d <= days }), ""}
		case 7:
			if sign < 0 {
				return filter{distance, within(func(d int) bool { return d == days }), ""}
			}
			past := within(func(d int) bool { return d < 0 })
			return filter{"overdue", func(r rawRow) bool { return past(r) && !slices.Contains(endings, r.status()) }, many}
		case 8:
			m, ok, _ := w.row().day(field)
			if !ok {
				m = base
			}
			month := write(m)[:7]
			return filter{month, func(r rawRow) bool {
				_, ok, _ := r.day(field)
				return ok && strings.HasPrefix(r.text(field), month)
			}, many}
		}
		m, ok, _ := w.row().day(field)
		if !ok {
			m = base
		}
		return w.compared(m, write, func(r rawRow) (int, bool) { n, ok, _ := r.day(field); return n, ok })
	}
}

func (w *world) cents() filter {
	n := w.IntN(12000)
	if a, ok := w.row().amount(); ok && w.IntN(2) == 0 {
		n = int(new(big.Int).Div(new(big.Int).Mul(a.Num(), big.NewInt(100)), a.Denom()).Int64())
	}
	write := func(n int) string { return new(big.Rat).SetFrac64(int64(n), 100).FloatString(2) }
	return w.compared(n, write, func(r rawRow) (int, bool) {
		a, ok := r.amount()
		if !ok {
			return 0, false
		}
		return int(new(big.Rat).Mul(a, big.NewRat(100, 1)).Num().Int64()), true
	})
}

var serverFields = []string{"servername", "serverhostname", "serverip"}

// oneWord makes a value that is one of some words.
func (w *world) oneWord(words string, of func(rawRow) string) func() filter {
	return func() filter {
		all := strings.Fields(words)
		v := all[w.IntN(len(all))]
		return filter{v, func(r rawRow) bool { return of(r) == v }, ""}
	}
}

func (w *world) username() filter {
	name := cmp.Or(w.row().text("username"), "nobody")
	return filter{strings.ToUpper(name), func(r rawRow) bool { return strings.EqualFold(r.text("username"), name) }, ""}
}

// word makes a term without a key.
func (w *world) word() filter {
	text, typed := w.piece(w.row().text([]string{"name", "groupname", "domain", "servername", "paymentmethodname"}[w.IntN(5)]))
	return filter{typed, func(r rawRow) bool {
		paid := strings.EqualFold(r.text("paymentmethodname"), text) || strings.EqualFold(r.text("paymentmethod"), text)
		return paid || r.holdsWord(text, append([]string{"name", "groupname", "domain"}, serverFields...)...)
	}, many}
}

// term makes a random filter.
func (w *world) term() filter {
	f := w.positive()
	if w.IntN(4) == 0 {
		return filter{"-" + f.text, func(r rawRow) bool { return !f.test(r) }, ""}
	}
	return f
}

func (w *world) positive() filter {
	switch w.IntN(23) {
	case 0, 1:
		return w.oneOf("client clientid CLIENT", w.id("clientid"))
	case 2:
		return w.oneOf("service serviceid id", w.id("id"))
	case 3:
		return w.oneOf("pid product", w.id("pid"))
	case 4:
		return w.oneOf("product", w.named("name", "name"))
	case 5, 6:
		return w.oneOf("domain", w.domain)
	case 7:
		return w.oneOf("username user username2", w.username)
	case 8:
		return w.oneOf("email", w.email)
	case 9, 10, 11:
		return w.oneOf("status Status", w.oneWord("pending active completed suspended terminated cancelled fraud unknown", rawRow.status))
	case 12:
		return w.oneOf("cycle billing", w.oneWord("free one-time monthly quarterly semi-annually annually biennially triennially", rawRow.cycle))
	case 13:
		return w.oneOf("group", w.named("groupname", "groupname"))
	case 14:
		return w.oneOf("server", w.named(serverFields[w.IntN(3)], serverFields...))
	case 15:
		return w.oneOf("server", w.id("serverid"))
	case 16:
		return w.oneOf("payment", w.named([]string{"paymentmethod", "paymentmethodname"}[w.IntN(2)], "paymentmethod", "paymentmethodname"))
	case 17:
		return w.oneOf("ip", w.address)
	case 18:
		return w.oneOf("due", w.dated("nextduedate", 1))
	case 19:
		return w.oneOf("registered", w.dated("regdate", -1))
	case 20:
		return w.oneOf("amount", w.cents)
	case 21:
		return w.oneOf("qty", func() filter {
			return w.compared(w.IntN(12), strconv.Itoa, func(r rawRow) (int, bool) { return r.number("qty"), true })
		})
	}
	return w.word()
}

// question makes a line of some filters and returns the rows that it is about. Single
// values of a key of which a row has one only are alternatives.
func (w *world) question() (line string, want []rawRow) {
	var terms []string
	var tests []func(rawRow) bool
	places := make(map[string]int)
	for range 1 + w.IntN(3) {
		f := w.term()
		terms = append(terms, f.text)
		if i, ok := places[f.key]; ok && f.key != "" && f.key != many {
			one, other := tests[i], f.test
			tests[i] = func(r rawRow) bool { return one(r) || other(r) }
			continue
		}
		places[f.key] = len(tests)
		tests = append(tests, f.test)
	}
	want = slices.DeleteFunc(slices.Clone(w.rows), func(r rawRow) bool {
		return slices.ContainsFunc(tests, func(test func(rawRow) bool) bool { return !test(r) })
	})
	return strings.Join(terms, strings.Repeat(" ", 1+w.IntN(2))), want
}

// order sorts rows as sort:key does.
func order(rows []rawRow, key string, desc bool) []rawRow {
	rank := strings.Fields("active suspended pending completed terminated cancelled fraud unknown")
	place := func(r rawRow) (number *big.Rat, text string, none bool) {
		whole := func(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }
		zero := new(big.Rat)
		switch key {
		case "id":
			return whole(r.number("id")), "", false
		case "due", "registered":
			d, ok, _ := r.day(map[string]string{"due": "nextduedate", "registered": "regdate"}[key])
			return whole(d), "", !ok
		case "amount":
			if a, ok := r.amount(); ok {
				return a, "", false
			}
			return zero, "", true
		case "status":
			return whole(slices.Index(rank, r.status())), "", false
		}
		s := strings.ToLower(r.text(map[string]string{"product": "name", "domain": "domain"}[key]))
		return zero, s, s == ""
	}
	type placed struct {
		row    rawRow
		id     int
		number *big.Rat
		text   string
		none   bool
	}
	var all []placed
	for _, r := range rows {
		p := placed{row: r, id: r.number("id")}
		p.number, p.text, p.none = place(r)
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b placed) int {
		byID := cmp.Compare(a.id, b.id)
		switch {
		case a.none && b.none:
			return byID
		case a.none:
			return 1
		case b.none:
			return -1
		}
		c := cmp.Or(a.number.Cmp(b.number), cmp.Compare(a.text, b.text))
		if desc {
			c = -c
		}
		return cmp.Or(c, byID)
	})
	var out []rawRow
	for _, p := range all {
		out = append(out, p.row)
	}
	return out
}

func rawIDs(rows []rawRow) []int {
	var all []int
	for _, r := range rows {
		all = append(all, r.number("id"))
	}
	return all
}

// check asks one random question and compares the answers.
func (w *world) check(t *testing.T, in *query.Finder) {
	t.Helper()
	line, want := w.question()
	form := w.IntN(4)
	sorting := []string{"id", "due", "amount", "product", "domain", "status", "registered"}[w.IntN(7)]
	desc := w.IntN(2) == 0
	var sorted []rawRow
	if form == 1 || form == 2 {
		sorted = order(want, sorting, desc)
	}
	if desc {
		sorting = "-" + sorting
	}
	full := line + " as:csv"
	page, rows := 1+w.IntN(3), 1+w.IntN(10)
	switch form {
	case 1:
		full = line + " as:csv sort:" + sorting
	case 2:
		full = fmt.Sprintf("%s sort:%s page:%d rows:%d as:list", line, sorting, page, rows)
	case 3:
		full = line + " as:summary"
	}
	q, err := query.Parse(full)
	if err != nil {
		t.Fatalf("%s: %v", full, err)
	}
	res, err := in.Find(t.Context(), q, query.Options{})
	if err != nil {
		t.Fatalf("%s: %v", full, err)
	}
	if !res.Complete || !res.Counted || res.Matched != len(want) {
		t.Fatalf("%s: matched %d, want %d; complete %v %+v", full, res.Matched, len(want), res.Complete, res.Why)
	}
	got := ids(res.Services)
	expected := rawIDs(want)
	switch form {
	case 0:
		slices.Sort(got)
		slices.Sort(expected)
	case 1:
		expected = rawIDs(sorted)
	case 2:
		from := min((page-1)*rows, len(sorted))
		expected = rawIDs(sorted[from:min(from+rows, len(sorted))])
	case 3:
		w.checkSummary(t, full, res.Summary, want)
		return
	}
	if !slices.Equal(got, expected) {
		t.Fatalf("%s:\ngot  %v\nwant %v", full, got, expected)
	}
}

// checkSummary counts by hand.
func (w *world) checkSummary(t *testing.T, line string, sum *query.Summary, rows []rawRow) {
	t.Helper()
	var want query.Summary
	statuses, clients := map[string]int{}, map[int]bool{}
	revenue := new(big.Rat)
	months := map[string]int64{"monthly": 1, "quarterly": 3, "semi-annually": 6, "annually": 12, "biennially": 24, "triennially": 36}
	for _, r := range rows {
		statuses[r.status()]++
		clients[r.number("clientid")] = true
		over := slices.Contains([]string{"completed", "terminated", "cancelled", "fraud"}, r.status())
		if d, ok, _ := r.day("nextduedate"); ok && !over {
			switch d -= dayNumber(w.today); {
			case d < 0:
				want.Overdue++
			case d <= 7:
				want.Due7++
				want.Due30++
			case d <= 30:
				want.Due30++
			}
		}
		if s := r.status(); s != "active" && s != "suspended" {
			continue
		}
		amount, ok := r.amount()
		n := months[r.cycle()]
		switch {
		case r.cycle() == "free" || r.cycle() == "one-time":
			want.FreeOrOnce++
		case !ok || n == 0:
			want.Unpriced++
		default:
			revenue.Add(revenue, new(big.Rat).Quo(amount, new(big.Rat).SetInt64(n)))
		}
	}
	if sum.Due7 != want.Due7 || sum.Due30 != want.Due30 || sum.Overdue != want.Overdue || sum.FreeOrOnce != want.FreeOrOnce ||
		sum.Unpriced != want.Unpriced || sum.Clients != len(clients) || sum.Revenue != strings.Replace(revenue.FloatString(2), "-0.00", "0.00", 1) {
		t.Fatalf("%s:\ngot  %+v\nwant %+v of %d clients, revenue %s", line, sum, want, len(clients), revenue.FloatString(2))
	}
	for _, c := range sum.Statuses {
		if statuses[c.Value] != c.N {
			t.Fatalf("%s: %d are %s, want %d", line, c.N, c.Value, statuses[c.Value])
		}
		delete(statuses, c.Value)
	}
	if len(statuses) > 0 {
		t.Fatalf("%s: not counted: %v", line, statuses)
	}
}

// A rawWHMCS answers from rows as WHMCS would.
type rawWHMCS struct{ *world }

func (w rawWHMCS) RoundTrip(r *http.Request) (*http.Response, error) {
	return replyTo(r, w.reply)
}

// replyTo answers a call to WHMCS with what reply makes of its parameters.
func replyTo(r *http.Request, reply func(url.Values) any) (*http.Response, error) {
	return textReply(r, func(form url.Values) string {
		data, err := json.Marshal(reply(form))
		if err != nil {
			panic(err)
		}
		return string(data)
	})
}

// textReply is replyTo for a reply that is written out.
func textReply(r *http.Request, reply func(url.Values) string) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(reply(form))), Request: r}, nil
}

// rowsReply is a reply to GetClientsProducts with that page of rows that form asks for.
func rowsReply[R any](form url.Values, rows []R) any {
	start, _ := strconv.Atoi(form.Get("limitstart"))
	limit, _ := strconv.Atoi(form.Get("limitnum"))
	page := rows[min(start, len(rows)):min(start+limit, len(rows))]
	return map[string]any{"result": "success", "totalresults": strconv.Itoa(len(rows)), "startnumber": start,
		"numreturned": len(page), "products": map[string]any{"product": page}}
}

func (w rawWHMCS) reply(form url.Values) (reply any) {
	switch form.Get("action") {
	case "GetClientsProducts":
		reply = w.products(form)
	case "GetClientsDetails":
		reply = map[string]any{"result": "error", "message": "Client Not Found"}
		for address, id := range w.emails {
			if address == form.Get("email") || strconv.Itoa(id) == form.Get("clientid") {
				reply = map[string]any{"result": "success", "client": map[string]any{"id": id, "email": address, "currency_code": "EUR"}}
			}
		}
	default:
		reply = map[string]any{"result": "error", "message": "no such action"}
	}
	return reply
}

func (w rawWHMCS) products(form url.Values) any {
	rows := slices.DeleteFunc(slices.Clone(w.rows), func(r rawRow) bool {
		for param, name := range map[string]string{"clientid": "clientid", "serviceid": "id", "pid": "pid", "domain": "domain", "username2": "username"} {
			if form.Has(param) && !strings.EqualFold(form.Get(param), r.text(name)) {
				return true
			}
		}
		return false
	})
	return rowsReply(form, rows)
}

// newWorld makes rows with all the oddities that a filter could stumble over.
func newWorld(seed uint64, n int) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, seed)), emails: make(map[string]int), today: today}
	either := func(values ...any) any { return values[w.IntN(len(values))] }
	names := []any{"Starter", "Business Hosting", "Web &amp; Mail &quot;Pro&quot;", "VPS 2000", "Domain Backup", "Büro-Paket", "Ünlimited, all", ""}
	for i := range n {
		id, client, pid := 3*i+1, 1+w.IntN(40), w.IntN(len(names))
		server := w.IntN(5)
		r := rawRow{
			"id": strconv.Itoa(id), "clientid": either(client, strconv.Itoa(client)), "pid": strconv.Itoa(pid + 1), "name": names[pid],
			"groupname": either("Shared Hosting", "VPS", "R&amp;D", nil), "qty": either(1, "2", "10"),
			"domain":          either("", fmt.Sprintf("shop%d.example", i%50), fmt.Sprintf("www.shop%d.example", i%50), fmt.Sprintf("Mail.Shop%d.Example", i%50), "my old server", nil),
			"username":        either("", fmt.Sprintf("user%d", i%60), fmt.Sprintf("User%d", i%60)),
			"status":          either("Active", "Active", "Active", "Suspended", "Pending", "Terminated", "Cancelled", "Completed", "Fraud", "", "Odd", nil),
			"billingcycle":    either("Monthly", "Annually", "Quarterly", "Semi-Annually", "Biennially", "Triennially", "Free Account", "One Time", ""),
			"recurringamount": either("9.95", "12.50", "120.00", "0.00", "-5.00", "", "99.99", fmt.Sprintf("%d.%02d", w.IntN(100), w.IntN(100))),
			"paymentmethod":   either("paypal", "stripe", ""), "paymentmethodname": either("PayPal", "Credit Card", nil),
			"regdate":     either(w.date(-2000, 0), w.date(-60, 10), "0000-00-00", "2026-02-30"),
			"nextduedate": either(w.date(-60, 90), w.date(-400, 800), "0000-00-00", "", "2026-02-30"),
			"dedicatedip": either("", "203.0.113."+strconv.Itoa(w.IntN(20))), "assignedips": either("", "198.51.100.7\r\n198.51.100.8"),
			"serverid": strconv.Itoa(server), "servername": nil, "serverhostname": nil, "serverip": "",
			"password": "planted", "notes": "a note",
		}
		if server > 0 {
			r["servername"] = []string{"Saturn", "Jupiter", "Mars &amp; Moon", "Pluto"}[server-1]
			r["serverhostname"] = fmt.Sprintf("node%d.example.net", server)
			r["serverip"] = fmt.Sprintf("192.0.2.%d", server)
		}
		w.rows = append(w.rows, r)
		w.emails[fmt.Sprintf("c%d@mail.example", client)] = client
	}
	for _, r := range w.rows { // as json.Decoder with UseNumber has it
		for k, v := range r {
			if n, ok := v.(int); ok {
				r[k] = json.Number(strconv.Itoa(n))
			}
		}
	}
	return w
}

// date returns a day between from and to days from today.
func (w *world) date(from, to int) string {
	return w.today.AddDate(0, 0, from+w.IntN(to-from+1)).Format(time.DateOnly)
}

func TestBruteForceInMemory(t *testing.T) {
	t.Parallel()
	const worlds, questions = 4, 2500
	for seed := range uint64(worlds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(seed, 150)
			api, err := whmcs.New(whmcs.Config{URL: "http://127.0.0.1/", Identifier: "i", Secret: "s", Transport: rawWHMCS{w}, CacheTTL: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			in := query.NewFinder(api, query.FinderConfig{Currency: "EUR", Now: func() time.Time { return today }})
			for range questions {
				w.check(t, in)
			}
		})
	}
}

func TestBruteForceOverHTTP(t *testing.T) {
	t.Parallel()
	fake := whmcsfake.New(whmcsfake.Config{Now: today})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fake.Close() })
	w := readWorld(t, fake.URL())
	api, err := whmcs.New(whmcs.Config{URL: fake.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, CacheTTL: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	in := query.NewFinder(api, query.FinderConfig{Currency: "EUR", Now: func() time.Time { return today }})
	for range 200 {
		w.check(t, in)
	}
}

// readWorld reads an installation's rows and some clients' addresses as JSON.
func readWorld(t *testing.T, base string) *world {
	t.Helper()
	w := &world{Rand: rand.New(rand.NewPCG(7, 7)), emails: make(map[string]int), today: today}
	post := func(form url.Values, into any) {
		form.Set("identifier", whmcsfake.Identifier)
		form.Set("secret", whmcsfake.Secret)
		form.Set("responsetype", "json")
		resp, err := http.PostForm(strings.TrimSuffix(base, "/includes/api.php")+"/includes/api.php", form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		d := json.NewDecoder(resp.Body)
		d.UseNumber()
		if err := d.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	for {
		var reply struct {
			Products struct{ Product []rawRow }
		}
		post(url.Values{"action": {"GetClientsProducts"}, "limitstart": {strconv.Itoa(len(w.rows))}, "limitnum": {"100"}}, &reply)
		w.rows = append(w.rows, reply.Products.Product...)
		if len(reply.Products.Product) < 100 {
			break
		}
	}
	for id := 1; id <= 9; id++ {
		var reply struct{ Client rawRow }
		post(url.Values{"action": {"GetClientsDetails"}, "clientid": {strconv.Itoa(id)}}, &reply)
		if address := reply.Client.text("email"); address != "" {
			w.emails[address] = id
		}
	}
	if len(w.rows) < 600 || len(w.emails) == 0 {
		t.Fatalf("read %d rows and %d addresses", len(w.rows), len(w.emails))
	}
	return w
}
