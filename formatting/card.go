package formatting

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// card shows the one service that matched.
func card(res *query.Result, o Options) Message {
	d := newDraft(o)
	d.head(res)
	s := res.Services[0]
	d.section(d.row(s), d.button(ActionDetails, "Details", "service:"+number2(s.ID)))
	d.navigation(res)
	d.foot(res)
	return d.message()
}

// number2 writes an id.
func number2(id int) string { return strconv.Itoa(id) }

// statusWords tells a status by a sign and in words.
func statusWords(s whmcs.Status) markup {
	switch s {
	case whmcs.StatusUnknown:
		return "? Status unknown"
	case whmcs.StatusActive:
		return "● Active"
	}
	return "○ " + short(string(s), 40)
}

// price tells the recurring amount and the cycle.
func price(s whmcs.Service, currency string) markup {
	return join(" ", literal(currency), short(string(s.RecurringAmount), 30), short(string(s.BillingCycle), 40))
}

// due tells the next due date, within 60 days also how far it is.
func due(s whmcs.Service, now time.Time) markup {
	if s.NextDueDate == "" {
		return ""
	}
	return "due " + short(string(s.NextDueDate), 40)
}

// asView returns q with another view.
func asView(q query.Query, v query.View) query.Query { q.As, q.Page = v, 0; return q }

// page returns q at another page.
func page(q query.Query, n int) query.Query { q.Page = n; return q }

// previous is the button to the page before.
func (d *draft) previous(q query.Query) *slack.ButtonBlockElement {
	if q.Page <= 1 {
		return nil
	}
	return d.button(ActionAsk, "‹ Previous", page(q, q.Page-1).String())
}

// next is the button to the page after.
func (d *draft) next(q query.Query, more bool) *slack.ButtonBlockElement {
	if !more {
		return nil
	}
	return d.button(ActionAsk, "Next ›", page(q, max(q.Page, 1)+1).String())
}

