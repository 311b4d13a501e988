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
	for _, s := range res.Services {
		d.section(d.twoLines(s, res), described(d.button(ActionDetails, "Details", serviceLine(s.ID)), detailsOf(s)))
	}
	d.controls(res)
	d.foot(res)
	return d.message()
}

// detailsOf is what a screen reader says of a service's Details button.
func detailsOf(s whmcs.Service) string {
	return strings.TrimSuffix("Details of service "+strconv.Itoa(s.ID)+", "+s.Domain, ", ")
}

// announcement stands for rows that come as a file.
func (d *draft) announcement(res *query.Result) Message {
	said := fileSays(res) + d.leftOut(res)
	if d.view.FileElsewhere {
		said += " It is in your direct messages with this bot."
	}
	d.section(said, nil)
	d.context(d.readers())
	d.live(res)
	d.controls(res)
	d.foot(res)
	return d.message()
}
