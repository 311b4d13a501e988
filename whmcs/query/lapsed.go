package query

import (
	"slices"

	"servicesbot/whmcs"
)

// due:overdue means services that have not ended. Those that have, and are past their date
// all the same, are counted apart.

// lapsed is q for the services that due:overdue leaves out because they have ended; false
// where q does not ask for it.
func (q Query) lapsed() (Query, bool) {
	i := slices.IndexFunc(q.Terms, func(t Term) bool { return t.Key == "due" && !t.Not && slices.Contains(t.Values, overdue) })
	if i < 0 {
		return q, false
	}
	q = q.Lasting().WithPage(1)
	past := Term{Key: "due", Values: []string{"<today"}}
	q.Terms = append(q.withTerm(i, past).Terms, Term{Key: "status", Values: slices.Clone(endedStatuses())})
	return q, true
}

// endedStatuses are the statuses of services that are over.
func endedStatuses() []string { return statusOrder[othersRank:unknownRank] }

// seekLapsed makes the test for the services that due:overdue leaves out.
func (a *question) seekLapsed() {
	q, ok := a.q.lapsed()
	if !ok {
		return
	}
	named := a.env.named
	test := compile(q, a.env)
	a.env.named = named
	a.isLapsed = func(s *whmcs.Service) bool {
		_, noted := a.env.priceless[s.ID]
		is := test(s)
		if !noted {
			delete(a.env.priceless, s.ID) // it would be left out whatever its price
		}
		return is
	}
}

// countLapsed puts into the result how many services due:overdue left out, and the line that
// asks for them.
func (a *question) countLapsed() {
	n := 0
	for _, s := range a.lapsed {
		if a.env.holds(s) {
			n++
		}
	}
	if n > 0 && a.res.Counted {
		q, _ := a.q.lapsed()
		a.res.Lapsed = &Offer{Line: q.String(), Found: n, Counted: true}
	}
}
