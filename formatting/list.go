package formatting

import (
	"strings"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// list shows the rows of a page one below the other.
func list(res *query.Result, o Options) Message {
	d := newDraft(o)
	d.head(res)
	for _, s := range res.Services {
		d.section(d.row(s), d.button(ActionDetails, "Details", "service:"+number2(s.ID)))
	}
	d.navigation(res)
	d.foot(res)
	return d.message()
}

// head tells the question and how many matched.
func (d *draft) head(res *query.Result) {
	line := res.Query.Lasting().String()
	switch {
	case res.Counted && res.Matched == 0, len(res.Services) == 0 && !res.More:
		d.section(join(" ", bold("Nothing found"), "for", code(line)), nil)
	case res.Counted:
		d.section(join(" ", bold(literal(count(res.Matched, "service"))), "for", code(line)), nil)
	default:
		d.section(join(" ", bold("Services"), "for", code(line)), nil)
	}
}

// row tells one service in two lines.
func (d *draft) row(s whmcs.Service) markup {
	first := join("  ", statusWords(s.Status), bold(short(or(s.Name, "unnamed product"), 200)), short(s.Domain, 260))
	second := join(" · ", price(s, d.o.Currency), due(s, d.o.Now), short(s.ServerName, 100), literal("service:"+number2(s.ID)))
	return first + "\n" + second
}

// navigation offers the pages and the other views.
func (d *draft) navigation(res *query.Result) {
	q := res.Query.Lasting()
	d.buttons(
		d.previous(q),
		d.next(q, res.More),
		d.button(ActionAsk, "Table", asView(q, query.ViewTable).String()),
		d.button(ActionAsk, "Summary", asView(q, query.ViewSummary).String()),
		d.button(ActionShare, "Share", q.String()),
		d.button(ActionRefresh, "Refresh", q.String()),
	)
}

// foot tells the command to copy, as of when the answer is, and whether it is
// complete.
func (d *draft) foot(res *query.Result) {
	command := strings.TrimSpace(d.o.Command + " " + res.Query.Lasting().String())
	parts := []markup{code(command), "as of " + date(res.AsOf)}
	if res.Looked > 0 {
		parts = append(parts, literal("looked at "+number(res.Looked)+" of "+number(res.Of)))
	}
	if !res.Complete && res.Why != "" {
		parts = append(parts, literal("not complete: "+res.Why))
	}
	d.context(join(" · ", parts...))
}
