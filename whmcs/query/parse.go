package query

// Parse reads a line. A failure is an *Error with every problem found.
func Parse(line string) (Query, error) { return Query{}, nil }

// An Error tells all that is wrong with a line and how to mend it.
type Error struct {
	Line     string
	Problems []Problem
	// Corrected are whole lines that parse, best first: the line mended, or, for
	// a lone number, "client:1" and "service:1".
	Corrected []string
}

// A Problem is one thing wrong with a line.
type Problem struct {
	Start, End int      // byte offsets of the offending word
	Says       string   // one plain sentence with the nearest right word
	Valid      []string // what would be valid there, where it is a short list
}

// Error returns the first problem's sentence.
func (e *Error) Error() string { return e.Problems[0].Says }
