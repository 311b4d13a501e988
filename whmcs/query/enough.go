package query

// wantsAll reports whether the question needs every match, however few it shows.
func (a *question) wantsAll() bool {
	return a.q.Sort.Key != "" || a.q.As.ofAll() || a.pos.order == orderStatus
}

// greedy reports whether every match is needed, also to know what a name means.
func (a *question) greedy() bool { return a.wantsAll() || a.env.namesOpen() || a.opt.Since != nil }

// enough reports whether nothing more has to be read for the page asked for.
func (a *question) enough() bool { return !a.greedy() && !a.extent.inFirstReplies && a.pageFull() }

// pageFull reports whether the page asked for is full and known to be followed.
func (a *question) pageFull() bool {
	if a.pos.row.id == 0 {
		return len(a.found) > a.first()+a.pageRows()
	}
	at, ok := a.boundary(false)
	if !a.pos.before {
		at += a.pageRows()
	}
	return ok && len(a.found) > at
}

// first is the place of the first row of the page that page: counts.
func (a *question) first() int {
	if a.q.Position != "" {
		return 0
	}
	return max(a.q.Page-1, 0) * a.pageRows()
}

// pageRows returns how many rows a page has.
func (a *question) pageRows() int {
	switch {
	case a.q.As == ViewTable:
		return TableRows
	case a.q.Rows > 0:
		return min(a.q.Rows, maxListRows)
	}
	return a.f.cfg.Rows
}

// over reports whether what was read is enough, or all that the question may look at.
func (a *question) over() (bool, error) {
	switch {
	case a.extent.ended, a.enough():
		return true, nil
	case a.full() && (a.extent.rowsLeft || a.beyond):
		return true, errBudget
	}
	return false, nil
}

// full reports whether the question has looked at all rows that it may look at.
func (a *question) full() bool { return a.res.Looked >= a.limit }

// rowsWanted is up to how many rows a scan should read next.
func (a *question) rowsWanted(has int) int {
	if a.greedy() {
		return max(has+1, a.limit)
	}
	return has + 1
}
