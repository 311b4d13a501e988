// Package query is the language in which services are asked for, and the search
// that answers it.
package query

// A Query is a parsed line. The zero value asks for every service.
type Query struct {
	Terms []Term // all must match
	Sort  Sort
	Page  int  // from 1; 0 is 1
	Rows  int  // rows on a page of a list, 1 to 10; 0: the configured number
	As    View // "": list, or card for one match

	// Of one request only: Lasting drops them.
	InChannel bool // in:channel, share the answer at once
	Fresh     bool // fresh:yes, past cache and snapshot

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
)

// String returns the canonical line: Parse(q.String()) == q.
func (q Query) String() string { return "" }

// Lasting returns q without in:channel and fresh:yes, for every line made from it.
func (q Query) Lasting() Query {
	q.InChannel, q.Fresh = false, false
	return q
}
