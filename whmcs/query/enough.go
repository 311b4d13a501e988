package query

// answerNeedsAll reports whether the question needs every match, however few it shows.
func (a *question) answerNeedsAll() bool {
	return a.q.Sort.Key != "" || a.q.As.ofAll() || a.pos.order == orderStatus
}

// needsAll reports whether every match is needed, also to know what a name means.
func (a *question) needsAll() bool {
	return a.answerNeedsAll() || a.env.namesOpen() || a.opt.Since != nil
}

// hasEnough reports whether nothing more has to be read for the page asked for.
func (a *question) hasEnough() bool { return !a.needsAll() && !a.extent.inFirstReplies && a.pageFull() }

// pageFull reports whether the page asked for is full and known to be followed.
func (a *question) pageFull() bool {
	if a.pos.row.id == 0 {
		return len(a.found) > a.firstRow()+a.pageRows()
	}
	at, ok := a.boundary(false)
	if !a.pos.before {
		at += a.pageRows()
	}
	return ok && len(a.found) > at
}

// firstRow is the place of the firstRow row of the page that page: counts.
func (a *question) firstRow() int {
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

// done reports whether what was read is enough, or all that the question may look at.
func (a *question) done() (bool, error) {
	switch {
	case a.extent.ended, a.hasEnough():
		return true, nil
	case a.limitReached() && (a.extent.rowsLeft || a.moreRows):
		return true, errBudget
	}
	return false, nil
}

// limitReached reports whether the question has looked at all rows that it may look at.
func (a *question) limitReached() bool { return a.res.Looked >= a.limit }

// rowsWanted is up to how many rows a scan should read next.
func (a *question) rowsWanted(has int) int {
	if a.needsAll() {
		return max(has+1, a.limit)
	}
	return has + 1
}
