package formatting

import (
	"strconv"
	"strings"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// list shows the rows of a page one below the other, with a Details button each.
func (d *draft) list(res *query.Result) Message {
	d.head(res)
	if res.Query.As == query.ViewDomains && res.Matched > 0 {
		d.section("None of them has a domain.", nil)
	}
	_, one := theClient(res)
	for _, s := range res.Services {
		b := d.button(ActionDetails, "Details", serviceLine(s.ID))
		d.section(d.lines(s, res, !one), described(b, detailsOf(s)))
	}
	d.controls(res)
	d.foot(res)
	return d.message()
}

// detailsOf is what a screen reader says of a service's Details button.
func detailsOf(s whmcs.Service) string {
	return strings.TrimSuffix("Details of service "+strconv.Itoa(s.ID)+", "+s.Domain, ", ")
}

// lines shows one service in two lines; client: and whose it is.
func (d *draft) lines(s whmcs.Service, res *query.Result, client bool) markup {
	first := d.title(s)
	if oneLine(s.Domain) != "" {
		first = join(gap, first, short(productText(s), 60))
	}
	second := []markup{
		dueMarkup(s, d.view.Now),
		short(priceText(s, currencyOf(s.ClientID, res.Clients, d.style.Currency)), 80),
	}
	if !names(res.Query, "server") {
		second = append(second, short(serverText(s), 60))
	}
	if client {
		second = append(second, short(shortName(s.ClientID, res.Clients), 40))
	}
	return join("\n", join(gap, first, reason(s, 60)), join(dot, second...))
}

// title is a service's state, and its domain, or where it has none its product, in bold,
// with a link to its page in WHMCS.
func (d *draft) title(s whmcs.Service) markup {
	name := or(oneLine(s.Domain), or(oneLine(productText(s)), serviceLine(s.ID)))
	return join(gap, short(statusText(s.Status), 60), bold(link(d.style.serviceURL(s), cut(name, 80, escapedUnits))))
}

// reason says in bold why a service is suspended; "" where it is not, or nobody knows.
func reason(s whmcs.Service, limit int) markup {
	if s.Status != whmcs.StatusSuspended {
		return ""
	}
	return bold(short(s.SuspensionReason, limit))
}

// announcement stands for rows that come as a file.
func (d *draft) announcement(res *query.Result) Message {
	said := fileSays(res) + d.leftOut(res)
	if d.view.FileElsewhere {
		said += " It is in your direct messages with this bot."
	}
	d.section(said, nil)
	d.readers()
	d.controls(res)
	d.foot(res)
	return d.message()
}
