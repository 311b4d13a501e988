package query

import (
	"cmp"
	"slices"
	"strings"

	"servicesbot/whmcs"
)

// A sortRow is a row with its place in an order, worked out once.
type sortRow struct {
	service *whmcs.Service
	none    bool // it has no such value and stands last, whichever way round
	number  int64
	text    string
}

// sorted returns rows in the order s, equal ones by id. The zero order is
// active, suspended, pending, the others.
func sorted(rows []*whmcs.Service, s Sort) []*whmcs.Service {
	keyed := make([]sortRow, len(rows))
	for i, r := range rows {
		keyed[i] = rowFor(r, s.Key)
	}
	slices.SortFunc(keyed, func(a, b sortRow) int {
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
	})
	out := make([]*whmcs.Service, len(keyed))
	for i, k := range keyed {
		out[i] = k.service
	}
	return out
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
		n, ok := fixed(string(r.RecurringAmount))
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

// statusOrder is how states stand in an answer: what runs or should run first.
var statusOrder = []string{"active", "suspended", "pending", "completed", "terminated", "cancelled", "fraud", "unknown"}

// othersRank is the rank of the first of "the others".
const othersRank = 3

func statusRank(st whmcs.Status) int64 { return int64(slices.Index(statusOrder, statusKey(st))) }
