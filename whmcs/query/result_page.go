package query

import (
	"iter"
	"slices"
	"sort"

	"servicesbot/whmcs"
)

// A resultPage is which of the rows found are shown.
type resultPage struct {
	rows   []*whmcs.Service // in their order
	first  int              // rows found before them
	digest uint64           // of the ids of those
}

// order is the order of the rows found. It never depends on what happens to be remembered.
// Without sort: rows go by their status if the first replies, or the page, hold all of them.
func (a *question) order() order {
	switch {
	case a.pos.row.id != 0:
		return a.pos.order
	case a.q.Sort.Key != "":
		return orderSort
	case a.needsAll(), a.extent.inFirstReplies, a.extent.ended && len(a.found) <= a.pageRows():
		return orderStatus
	}
	return orderWHMCS
}

// cutPage cuts the page asked for out of the rows found, and notes where what was before
// it is not what it was when the position was written.
func (a *question) cutPage() resultPage {
	var p resultPage
	switch {
	case a.q.As.ofAll() && a.q.As != ViewCSV:
		return resultPage{}
	case a.pos.row.id == 0:
		return a.numberedPage()
	case a.order() == orderWHMCS:
		p = a.listedPage()
	default:
		p = a.sortedPage()
	}
	return p
}

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

// firstRow is the place of the first row of the page that page: counts.
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

// numberedPage is the page that page: counts, from where the search began.
func (a *question) numberedPage() resultPage {
	n := len(a.found)
	first, last := min(a.firstRow(), n), min(a.firstRow()+a.pageRows(), n)
	if a.q.As == ViewCSV {
		first, last = 0, n
	}
	rows := a.found
	if a.order() != orderWHMCS {
		rows = sorted(a.sortRows(), a.q.Sort.order(), last)
	}
	return resultPage{rows[first:last], first, digestOf(rows[:first])}
}

// listedPage is the page next to the position's row in WHMCS's order.
func (a *question) listedPage() resultPage {
	at, ok := a.boundary(true)
	if !ok {
		a.pageGap = GapLost
		return resultPage{}
	}
	a.compare(at, digestOf(a.found[:at]))
	first, last := at, min(at+a.pageRows(), len(a.found))
	if a.pos.before {
		first, last = max(0, at-a.pageRows()), at
	}
	return resultPage{a.found[first:last], first, digestOf(a.found[:first])}
}

// sortedPage is the page next to the position's row in another order.
func (a *question) sortedPage() resultPage {
	order := a.q.Sort.order()
	at := sortRow{a.pos.key, &whmcs.Service{ID: a.pos.row.id}}
	if len(at.text) == maxKeyText { // it may have been cut; the row itself, if it is there, has all of it
		if i := slices.IndexFunc(a.found, func(s *whmcs.Service) bool { return s.ID == a.pos.row.id }); i >= 0 {
			if row := rowFor(a.found[i], a.q.Sort.Key); row.text[:min(len(row.text), maxKeyText)] == at.text {
				at = row
			}
		}
	}
	before, digest := 0, uint64(0)
	beside := func(yield func(sortRow) bool) { // the rows on the page's side of that one
		for row := range a.sortRows() {
			c := order(row, at)
			isBefore := c < 0 || c == 0 && !a.pos.before
			if isBefore {
				before++
				digest += mixed(uint64(row.service.ID))
			}
			if isBefore == a.pos.before && !yield(row) {
				return
			}
		}
	}
	if !a.pos.before {
		rows := sorted(beside, order, a.pageRows())
		a.compare(before, digest)
		return resultPage{rows, before, digest}
	}
	rows := sorted(beside, func(a, b sortRow) int { return order(b, a) }, a.pageRows())
	slices.Reverse(rows)
	a.compare(before, digest)
	return resultPage{rows, before - len(rows), digest - digestOf(rows)}
}

// sortRows are the rows found, with their keys.
func (a *question) sortRows() iter.Seq[sortRow] {
	return func(yield func(sortRow) bool) {
		for _, s := range a.found {
			if !yield(rowFor(s, a.q.Sort.Key)) {
				return
			}
		}
	}
}

// compare notes where what was before a page is not what the position says.
func (a *question) compare(count int, digest uint64) {
	if count != a.pos.count || digest != a.pos.digest {
		a.res.Changed = true
	}
}

// boundary is how many of the rows found are before the place of the position's row, in
// WHMCS's order. A row that is gone was before the first one with a higher id, in a
// list that goes by id; whether it is gone is known when as many rows as were before
// it have come, or when no more will come.
func (a *question) boundary(over bool) (n int, ok bool) {
	if a.rowMet {
		return a.rowAt, true
	}
	if !over && len(a.found) <= a.pos.count {
		return 0, false
	}
	part := a.pos.row.request
	if part >= len(a.foundBefore) {
		return len(a.found), true
	}
	end := len(a.found)
	if part+1 < len(a.foundBefore) {
		end = a.foundBefore[part+1]
	}
	rows := a.found[a.foundBefore[part]:end]
	if !slices.IsSortedFunc(rows, func(x, y *whmcs.Service) int { return x.ID - y.ID }) {
		return 0, false
	}
	return a.foundBefore[part] + sort.Search(len(rows), func(i int) bool { return rows[i].ID > a.pos.row.id }), true
}

// links puts the lines of the pages before and behind p into the result.
func (a *question) links(p resultPage) {
	if a.q.As.ofAll() || len(p.rows) == 0 {
		return
	}
	last := p.first + len(p.rows)
	n := max(a.q.Page, 1)
	if last < len(a.found) {
		a.res.Next = a.line(n+1, a.beside(p.rows[len(p.rows)-1], false, last, p.digest+digestOf(p.rows)))
	}
	if p.first > 0 {
		a.res.Previous = a.line(n-1, a.beside(p.rows[0], true, p.first, p.digest))
	}
}

// beside is the position next to a row.
func (a *question) beside(s *whmcs.Service, before bool, count int, digest uint64) position {
	p := position{order: a.order(), from: a.pos.from, looked: a.pos.looked, matched: a.pos.matched, asOf: a.pos.asOf,
		before: before, count: count, digest: digest}
	p.row = place{id: s.ID}
	if p.order == orderWHMCS {
		p.row.request = a.requestOf(s)
	} else {
		p.key = rowFor(s, a.q.Sort.Key).sortKey
		if !a.extent.ended {
			p.until = a.res.Looked
		}
	}
	if a.extent.ended && a.res.Looked > a.f.cfg.ScanRows { // a page of rows at hand alone
		p.until = a.res.Looked
	}
	return p
}

// requestOf is the request that found a row.
func (a *question) requestOf(s *whmcs.Service) int {
	i := slices.Index(a.found, s)
	part, exact := slices.BinarySearch(a.foundBefore, i)
	if exact {
		for part+1 < len(a.foundBefore) && a.foundBefore[part+1] == i { // parts without a match
			part++
		}
		return part
	}
	return part - 1
}

// onward is the line that goes on with the search where this answer's search ended.
func (a *question) onward() string {
	if a.res.Looked == 0 {
		return a.again()
	}
	from := position{from: a.end, looked: a.pos.looked + a.res.Looked, matched: a.pos.matched + len(a.found), asOf: a.res.AsOf.Unix()}
	return a.line(max(a.q.Page, 1)+1, from)
}

// again is the line of this answer.
func (a *question) again() string { return a.q.Again().String() }

// line is the question's line at a position, as page n for people.
func (a *question) line(n int, p position) string {
	q := a.q.Lasting().WithPage(n)
	p.question = q.questionDigest()
	q.Position = p.String()
	return q.String()
}
