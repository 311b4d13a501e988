package formatting

import (
	"strings"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// list shows the rows of a page one below the other, with a Details button each.
func (d *draft) list(res *query.Result) Message {
	d.head(res)
	d.filters(res)
	for _, s := range res.Services {
		b := d.button(ActionDetails, "Details", serviceLine(s.ID))
		d.section(d.lines(s, res), described(b, "Details of "+serviceLine(s.ID)))
	}
	d.navigation(res)
	d.foot(res)
	return d.message()
}

// lines tells one service in two lines, or three where it is suspended for a
// reason.
func (d *draft) lines(s whmcs.Service, res *query.Result) markup {
	first := join("   ", short(statusText(s.Status), 60), bold(short(productText(s), 200)), short(s.Domain, 300))
	due := short(dueText(s, d.view.Now), 80)
	if overdue(s, d.view.Now) {
		due = bold(due)
	}
	client := clientText(s.ClientID, res.Clients)
	if asksOneClient(res.Query) {
		client = ""
	}
	second := join("  ·  ",
		short(priceText(s, currencyOf(s.ClientID, res.Clients, d.style.Currency)), 80),
		due,
		short(serverText(s), 100),
		short(client, 150),
		link(d.style.serviceURL(s), serviceLine(s.ID)))
	third := markup("")
	if reason := strings.TrimSpace(s.SuspensionReason); reason != "" && s.Status == whmcs.StatusSuspended {
		third = "Suspended: " + short(reason, 300)
	}
	return join("\n", first, second, third)
}

// announcement stands for rows that come as a file.
func (d *draft) announcement(res *query.Result) Message {
	said := csvSays(res)
	if d.view.FileElsewhere {
		said += " It is in your direct messages with this bot."
	}
	d.section(said, nil)
	d.readers()
	d.filters(res)
	d.navigation(res)
	d.foot(res)
	return d.message()
}
