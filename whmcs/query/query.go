package query

import (
	"slices"
	"strconv"
	"strings"
)

// A Query is a parsed line. The zero value asks for every service.
type Query struct {
	Terms []Term // all must match
	Sort  Sort
	Page  int  // from 1; 0 is 1
	Rows  int  // rows on a page of a list, 1 to 10; 0: the configured number
	As    View // "": list, or card for one match

	// Of one request only: Lasting and Again drop them.
	InChannel bool // in:channel, share the answer at once
	Fresh     bool // fresh:yes, past cache and snapshot
	Live      int  // live:4h, hours for which a public answer is kept current, 1 to 8; 0: it is not

	// Position is where the page goes on, as pos: has it in the lines of a result's
	// Next, Previous and Continue. Page only numbers the page then. Nobody types it, and
	// Lasting drops it from what is shown.
	Position string

	Help  bool   // "help": explains instead of asking
	Topic string // "help status": the key to be explained, "" for all
}

// A Term is one filter. Its values are alternatives, in canonical form.
type Term struct {
	Not    bool
	Key    string // a name of the table of keys; "" for a bare word
	Values []string
}

// A Sort is an order of the rows; the zero value leaves it to the search.
type Sort struct {
	Key  string // id, due, amount, product, domain, status, registered
	Desc bool
}

// A View is a way to show an answer.
type View string

// The views that as: names.
const (
	ViewList    View = "list"
	ViewTable   View = "table"
	ViewSummary View = "summary"
	ViewCSV     View = "csv"
	ViewClients View = "clients" // a line a client
	ViewDomains View = "domains" // the domains, to be copied
	ViewEmails  View = "emails"  // the clients' e-mail addresses, to be copied
)

// ofAll reports whether a view is of all matches rather than of a page of rows.
func (v View) ofAll() bool { return v != "" && v != ViewList && v != ViewTable }

// TableRows is how many rows a page of as:table has.
const TableRows = 100

// maxListRows is the most rows that a page of a list may have: each is a block
// with a button, and a Slack message holds 50 blocks.
const maxListRows = 10

// String returns the canonical line: Parse(q.String()) == q.
func (q Query) String() string {
	if q.Help {
		return strings.TrimSuffix("help "+q.Topic, " ")
	}
	var b strings.Builder
	for _, t := range q.Terms {
		t.write(&b)
	}
	if q.Sort.Key != "" {
		b.WriteString(" sort:")
		if q.Sort.Desc {
			b.WriteByte('-')
		}
		b.WriteString(q.Sort.Key)
	}
	if q.Page != 0 {
		b.WriteString(" page:" + strconv.Itoa(q.Page))
	}
	if q.Rows != 0 {
		b.WriteString(" rows:" + strconv.Itoa(q.Rows))
	}
	if q.As != "" {
		b.WriteString(" as:" + string(q.As))
	}
	if q.InChannel {
		b.WriteString(" in:channel")
	}
	if q.Fresh {
		b.WriteString(" fresh:yes")
	}
	if q.Live != 0 {
		b.WriteString(" live:" + strconv.Itoa(q.Live) + "h")
	}
	if q.Position != "" {
		b.WriteString(" " + positionKey + ":" + q.Position)
	}
	return strings.TrimPrefix(b.String(), " ")
}

// String returns the term as a line has it.
func (t Term) String() string {
	var b strings.Builder
	t.write(&b)
	return strings.TrimPrefix(b.String(), " ")
}

// write appends a space and the term.
func (t Term) write(b *strings.Builder) {
	b.WriteByte(' ')
	if t.Not {
		b.WriteByte('-')
	}
	if t.Key != "" {
		b.WriteString(t.Key)
		b.WriteByte(':')
	}
	for i, v := range t.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		if bare(v) && (t.Key != "" || plainWord(v)) {
			b.WriteString(v)
		} else {
			quote(b, v)
		}
	}
}

// place returns where term i is in the canonical line.
func (q Query) place(i int) (start, end int) {
	start = len(Query{Terms: q.Terms[:i]}.String())
	if i > 0 {
		start++
	}
	return start, start + len(q.Terms[i].String())
}

// Filtered reports whether q has a filter; without one it asks for every service.
func (q Query) Filtered() bool { return len(q.Terms) > 0 }

// Lasting returns q without in:channel, fresh:yes and live:, for every line made from it, and
// without its position: as it is shown and kept.
func (q Query) Lasting() Query {
	q.Position = ""
	return q.Again()
}

// Again returns q without in:channel, fresh:yes and live:, at the same position: the line that
// gives the same answer again. It is for the values of buttons, not to be shown.
func (q Query) Again() Query {
	q.InChannel, q.Fresh, q.Live = false, false, 0
	return q
}

// WithPage returns q at page n, counted from 1; below that it is the first. Like all
// changes below, it drops the position.
func (q Query) WithPage(n int) Query {
	q.Page, q.Position = n, ""
	if n <= 1 {
		q.Page = 0
	}
	return q
}

// WithAs returns q shown as v, from the first page on. Where q has no filter and v lists
// services, all:yes says that all of them are meant: a line with nothing to look for runs nothing.
func (q Query) WithAs(v View) Query {
	q.As, q.Page, q.Position = v, 0, ""
	if v != "" && !q.asksSomething() {
		return q.With(Term{Key: "all", Values: []string{"yes"}})
	}
	return q
}

// WithSort returns q in the order s, from the first page on.
func (q Query) WithSort(s Sort) Query {
	q.Sort, q.Page, q.Position = s, 0, ""
	return q
}

// With returns q with one more term, from the first page on. NewTerm makes terms
// of free text.
func (q Query) With(t Term) Query {
	q.Terms, q.Page, q.Position = append(slices.Clone(q.Terms), t), 0, ""
	return q
}

// Without returns q without its term i, from the first page on.
func (q Query) Without(i int) Query {
	q.Terms, q.Page, q.Position = slices.Delete(slices.Clone(q.Terms), i, i+1), 0, ""
	if len(q.Terms) == 0 {
		q.Terms = nil
	}
	return q
}

// WithStatus returns q with values, in any case, in the place of all that it
// says about the status; with none it asks for every status. A word that is no
// status of WHMCS's stands for unknown.
func (q Query) WithStatus(values ...string) Query {
	terms := slices.DeleteFunc(slices.Clone(q.Terms), func(t Term) bool { return t.Key == "status" })
	var canonical []string
	for _, v := range values {
		if v = statusValue(v); !slices.Contains(canonical, v) {
			canonical = append(canonical, v)
		}
	}
	if len(canonical) > 0 {
		terms = append(terms, Term{Key: "status", Values: canonical})
	}
	if len(terms) == 0 {
		terms = nil
	}
	q.Terms, q.Page, q.Position = terms, 0, ""
	return q
}
