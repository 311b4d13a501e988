package formatting

import (
	"slices"

	"servicesbot/whmcs/query"
)

// The next questions that an answer offers. All of them start at the first page
// and leave out what was of one request only.

// withPage returns q at page n.
func withPage(q query.Query, n int) query.Query {
	q = q.Lasting()
	q.Page = n
	return q
}

// withAs returns q in another view.
func withAs(q query.Query, v query.View) query.Query {
	q = withPage(q, 0)
	q.As = v
	return q
}

// without returns q without its term at i.
func without(q query.Query, i int) query.Query {
	q = withPage(q, 0)
	q.Terms = slices.Delete(slices.Clone(q.Terms), i, i+1)
	return q
}

// with returns q with one more term.
func with(q query.Query, t query.Term) query.Query {
	q = withPage(q, 0)
	q.Terms = append(slices.Clone(q.Terms), t)
	return q
}
