package query

import (
	"slices"

	"servicesbot/whmcs"
)

// A cut leaves in the pages of a request only the rows behind a mark: the row that the
// fetcher begins behind or resumes behind. Where rows were deleted that one has come nearer to the start.
// One that is gone itself was before the first row with a higher id, in a list that goes
// by id.
type cut struct {
	mark  int  // its id; 0: it is met, or there is none
	exact bool // it is the first row of the list, or rows were deleted
	late  bool // the list does not begin with the first row that there is
	last  int  // id of the row met last; 0: none
}

// cut returns what cuts the pages of l.
func (f *fetcher) cut(l *requestPages) *cut {
	if l.request != f.at.request {
		return &cut{}
	}
	return &cut{mark: f.at.id, exact: f.begun || f.back == 0, late: l.start > 0}
}

// apply cuts a page.
func (c *cut) apply(page *whmcs.Page) error {
	if c.mark == 0 {
		return nil
	}
	n, err := c.pass(page.Services)
	page.Looked -= n
	page.Services = page.Services[n:]
	return err
}

// pass goes through rows and returns how many of them are not behind the mark. It notes how
// far it has come, for the next page.
func (c *cut) pass(rows []whmcs.Service) (int, error) {
	i := slices.IndexFunc(rows, func(s whmcs.Service) bool { return s.ID == c.mark })
	switch {
	case c.exact && i != 0:
		return 0, errMoved
	case i >= 0:
		c.mark = 0
		return i + 1, nil
	}
	for n, s := range rows {
		switch {
		case s.ID < c.last, s.ID > c.mark && c.last == 0 && c.late: // not by id, or begun too late
			return 0, errMoved
		case s.ID > c.mark:
			c.mark = 0
			return n, nil
		}
		c.last = s.ID
	}
	return len(rows), nil
}

// end is the error of a list that ended before the mark was met, if that is one.
func (c *cut) end() error {
	if c.mark != 0 && (c.exact || c.last == 0 && c.late) {
		return errMoved
	}
	return nil
}
