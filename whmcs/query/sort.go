package query

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// A sortKey is a row's place in an order, worked out once.
type sortKey struct {
	none   bool // it has no such value and comes last, whichever way round
	number int64
	text   string
}

// A sortRow is a row with its key.
type sortRow struct {
	sortKey
	service *whmcs.Service
}

// sorted returns the first n rows, in an order.
func sorted(rows iter.Seq[sortRow], order func(a, b sortRow) int, n int) []*whmcs.Service {
	var kept []sortRow
	var last sortRow // of the best n so far
	full := false
	for row := range rows {
		if n == 0 || full && order(row, last) > 0 {
			continue
		}
		kept = append(kept, row)
		if len(kept) >= 2*n {
			slices.SortFunc(kept, order)
			kept, last, full = kept[:n], kept[n-1], true
		}
	}
	slices.SortFunc(kept, order)
	out := make([]*whmcs.Service, min(n, len(kept)))
	for i := range out {
		out[i] = kept[i].service
	}
	return out
}

// order returns what compares rows: those without a value last, equal ones by id.
func (s Sort) order() func(a, b sortRow) int {
	return func(a, b sortRow) int {
		switch {
		case a.none && b.none:
			return cmp.Compare(a.service.ID, b.service.ID)
		case a.none:
			return 1
		case b.none:
			return -1
		}
		c := cmp.Compare(a.number, b.number)
		if c == 0 {
			c = cmp.Compare(a.text, b.text)
		}
		if s.Desc {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.service.ID, b.service.ID))
	}
}

// rowFor works out a row's place in the order of a sort key.
func rowFor(r *whmcs.Service, key string) sortRow {
	row := sortRow{service: r}
	switch key {
	case "":
		row.number = min(statusRank(r.Status), othersRank)
	case "id":
		row.number = int64(r.ID)
	case "due":
		row.text, row.none = string(r.NextDueDate), !inCalendar(r.NextDueDate)
	case "registered":
		row.text, row.none = string(r.RegDate), !inCalendar(r.RegDate)
	case "amount":
		n, ok := money(r.RecurringAmount)
		row.number, row.none = n, !ok
	case "product":
		row.text, row.none = strings.ToLower(r.Name), r.Name == ""
	case "domain":
		row.text, row.none = strings.ToLower(r.Domain), r.Domain == ""
	case "status":
		row.number = statusRank(r.Status)
	}
	return row
}

// statusOrder is how states follow each other in an answer: what runs or should run first.
var statusOrder = []string{"active", "suspended", "pending", "completed", "terminated", "cancelled", "fraud", "unknown"}

// Ranks in statusOrder.
const (
	othersRank  = 3 // the first of "the others"
	unknownRank = 7
)

// statusRank returns a status's place in statusOrder.
func statusRank(st whmcs.Status) int64 {
	switch st {
	case whmcs.StatusActive:
		return 0
	case whmcs.StatusSuspended:
		return 1
	case whmcs.StatusPending:
		return 2
	case whmcs.StatusCompleted:
		return 3
	case whmcs.StatusTerminated:
		return 4
	case whmcs.StatusCancelled:
		return 5
	case whmcs.StatusFraud:
		return 6
	}
	return unknownRank
}

// countStatuses counts rows by status, most first.
func countStatuses(rows []*whmcs.Service) []Count {
	var n [unknownRank + 1]int
	for _, r := range rows {
		n[statusRank(r.Status)]++
	}
	t := tally{}
	for i, n := range n {
		if n > 0 {
			t[statusOrder[i]] = n
		}
	}
	return t.counts()
}
