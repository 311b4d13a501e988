package query

import (
	"cmp"
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// A text asked of server, product, group or payment means the one of exactly that name
// where there is one, else all that contain it. Whether there is one is known only when
// all rows were looked at, so rows are tested twice: mayHold lets through what either
// meaning would, and notes names met exactly; settle keeps what the right one does.

// A rowNames is what a row has that a text may be.
type rowNames struct {
	id      int
	texts   [3]string
	label   string // the first label of a host name
	address string
}

func productNames(s *whmcs.Service, _ *env) rowNames {
	return rowNames{id: s.PID, texts: [3]string{s.Name}}
}

func groupNames(s *whmcs.Service, _ *env) rowNames {
	return rowNames{texts: [3]string{s.GroupName}}
}

func paymentNames(s *whmcs.Service, _ *env) rowNames {
	return rowNames{texts: [3]string{s.PaymentMethodName, s.PaymentMethod}}
}

func serverNames(s *whmcs.Service, e *env) rowNames {
	name, hostname, ip := e.serverNames(s)
	return namesOfServer(whmcs.Server{ID: s.ServerID, Name: name, Hostname: hostname, IP: ip})
}

func namesOfServer(s whmcs.Server) rowNames {
	label, _, _ := strings.Cut(s.Hostname, ".")
	return rowNames{id: s.ID, texts: [3]string{s.Name, s.Hostname, s.IP}, label: label, address: s.IP}
}

// A nameTest is the test of one term with names.
type nameTest struct {
	field  *field
	not    bool
	ids    []int
	stars  []pattern
	wanted []*wantedName
	known  bool // what exists was learned already
}

// A wantedName is a text without a star.
type wantedName struct {
	text    string // in lower case
	folded  string
	address netip.Prefix
	exists  bool // something has exactly this name

	others []string // names met that hold the text and more, at most maxNamesakes
}

func newWantedName(v string) *wantedName {
	v = strings.ToLower(v)
	return &wantedName{text: v, folded: cmp.Or(foldedText(v), v)}
}

// maxNamesakes is how many other names with the text of one asked for are shown.
const maxNamesakes = 5

// note keeps the name of a row that holds the text and more.
func (w *wantedName) note(row rowNames) {
	if len(w.others) == maxNamesakes {
		return
	}
	for _, t := range row.texts {
		if holdsFolded(t, w.folded) {
			if !slices.Contains(w.others, t) {
				w.others = append(w.others, t)
			}
			return
		}
	}
}

// namesakes are what texts of q would find too, were nothing of exactly that name.
func (e *env) namesakes(q Query) []Namesake {
	var all []Namesake
	for _, n := range e.named {
		for _, w := range n.wanted {
			if n.not || !w.exists || len(w.others) == 0 {
				continue
			}
			star := w.text + "*"
			if slices.ContainsFunc(w.others, func(o string) bool { return !strings.HasPrefix(strings.ToLower(o), w.text) }) {
				star = "*" + star
			}
			all = append(all, Namesake{Key: n.field.Name, Text: w.text, Names: w.others, Line: q.withValue(n.field.Name, w.text, star)})
		}
	}
	return all
}

// withValue writes q with another value, from the first page on.
func (q Query) withValue(key, value, other string) string {
	q = q.Lasting().WithPage(1)
	q.Terms = slices.Clone(q.Terms)
	for i, t := range q.Terms {
		values := slices.Clone(t.Values)
		for j, v := range values {
			if t.Key == key && strings.EqualFold(v, value) {
				values[j] = other
			}
		}
		q.Terms[i].Values = values
	}
	return q.String()
}

func newNameTest(k *field, t Term) *nameTest {
	n := &nameTest{field: k, not: t.Not}
	for _, v := range folded(t.Values) {
		switch {
		case isNumber(v) && (k.Name == "product" || k.Name == "server"):
			n.ids = append(n.ids, numbers([]string{v})...)
		case strings.Contains(v, "*"):
			n.stars = append(n.stars, patternOf(foldedText(v)))
		default:
			w := newWantedName(v)
			if isAddressWord(v) {
				w.address, _ = prefixOf(v)
			}
			n.wanted = append(n.wanted, w)
		}
	}
	return n
}

// open reports whether all rows must be looked at to know what the term means.
func (n *nameTest) open() bool {
	return !n.known && slices.ContainsFunc(n.wanted, func(w *wantedName) bool { return !w.address.IsValid() })
}

// mayHold reports whether a row may be one that the term wants, and notes what exists.
func (n *nameTest) mayHold(s *whmcs.Service, e *env) bool {
	if n.known {
		return n.holds(s, e)
	}
	row := n.field.names(s, e)
	sure, maybe := n.sure(row), false
	for _, w := range n.wanted {
		if w.isExactly(row) {
			w.exists, sure = true, true
		} else if w.isIn(row) {
			maybe = true
			w.note(row)
		}
	}
	if n.not {
		return !sure
	}
	return sure || maybe
}

// holds reports whether the term wants a row, by what exists.
func (n *nameTest) holds(s *whmcs.Service, e *env) bool {
	row := n.field.names(s, e)
	has := n.sure(row) || slices.ContainsFunc(n.wanted, func(w *wantedName) bool {
		return w.isExactly(row) || !w.exists && w.isIn(row)
	})
	return has != n.not
}

// sure reports whether a row has one of the ids or is of one of the patterns.
func (n *nameTest) sure(row rowNames) bool {
	if row.id != 0 && slices.Contains(n.ids, row.id) {
		return true
	}
	return slices.ContainsFunc(n.stars, func(p pattern) bool {
		return slices.ContainsFunc(row.texts[:], func(t string) bool { return t != "" && p.matches(foldedText(t)) })
	})
}

func (w *wantedName) isExactly(row rowNames) bool {
	if w.address.IsValid() {
		return overlap(row.address, []netip.Prefix{w.address})
	}
	for _, t := range row.texts {
		if sameText(t, w.folded) {
			return true
		}
	}
	return sameText(row.label, w.folded)
}

func (w *wantedName) isIn(row rowNames) bool {
	if w.address.IsValid() {
		return false
	}
	for _, t := range row.texts {
		if holdsFolded(t, w.folded) {
			return true
		}
	}
	return false
}

// knowServers learns from the list of all servers which names exist.
func (e *env) knowServers(list []whmcs.Server) {
	for _, n := range e.named {
		if n.field.Name != "server" {
			continue
		}
		n.known = true
		for _, s := range list {
			row := namesOfServer(s)
			for _, w := range n.wanted {
				if w.isExactly(row) {
					w.exists = true
				} else if w.isIn(row) {
					w.note(row)
				}
			}
		}
	}
}

// learnServers asks which servers there are, once a page is full and only the rest of the
// installation could tell whether one has exactly the name asked for. Without an answer
// that rest is read.
func (a *question) learnServers(ctx context.Context) {
	asked := slices.ContainsFunc(a.env.named, func(n *nameTest) bool { return n.field.Name == "server" && n.open() })
	if !asked || a.serversLearned || a.answerNeedsAll() || a.extent.ended || !a.pageFull() {
		return
	}
	a.serversLearned = true
	if list, err := a.f.api.GetServers(ctx); err == nil {
		a.env.knowServers(list)
		a.settle()
	}
}

// namesOpen reports whether all rows must be looked at to know what the query means.
func (e *env) namesOpen() bool {
	return slices.ContainsFunc(e.named, (*nameTest).open)
}

// settle keeps those of the found rows that the query means by what exists, and what is
// counted of them.
func (a *question) settle() {
	if len(a.env.named) == 0 {
		return
	}
	kept := make([]*whmcs.Service, 0, len(a.found))
	rowAt, before := a.rowAt, slices.Clone(a.foundBefore)
	for i, s := range a.found {
		if a.env.holds(s) {
			kept = append(kept, s)
			continue
		}
		if i < a.rowAt {
			rowAt--
		}
		for j, start := range a.foundBefore {
			if i < start {
				before[j]--
			}
		}
	}
	a.found, a.rowAt, a.foundBefore = kept, rowAt, before
	maps.DeleteFunc(a.env.priceless, func(_ int, s whmcs.Service) bool { return !a.env.holds(&s) })
}

// holds reports whether a row is one that the terms with names want, by what exists.
func (e *env) holds(s *whmcs.Service) bool {
	return !slices.ContainsFunc(e.named, func(n *nameTest) bool { return !n.holds(s, e) })
}
