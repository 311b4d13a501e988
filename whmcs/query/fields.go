package query

// A Key is a row of the table of keys, as help, the search form, the README and
// shell completion need it.
type Key struct {
	Name    string
	Aliases []string
	Kind    string   // what values are: id, text, date, number, one of a list ...
	Values  []string // the valid values, where they are a list
	Pushed  string   // the WHMCS parameter it is asked as; "": tested here
	Control bool     // sort, page, rows, as, in, fresh: no filter
	Help    string   // one line
	Example string   // a line that parses
}

// Keys returns the table of keys in the order of help.
func Keys() []Key { return nil }
