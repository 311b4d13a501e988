package formatting

import (
	"strconv"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// The callback_ids of our modals.
const (
	CallbackForm    = "services_form"    // the search form: a submission is read by ParseForm
	CallbackDetails = "services_details" // details, and what stands in their place
)

// Loading is what a details modal shows until its data is here. It holds none.
func Loading() slack.ModalViewRequest {
	d := newDraft(Options{})
	d.section("Asking WHMCS …", nil)
	return d.modal("Service")
}

// Details shows the one service of a result in a modal, with links into WHMCS,
// all services of its client, and sharing. Where it was opened is for the caller
// to put into PrivateMetadata.
func Details(res *query.Result, o Options) slack.ModalViewRequest {
	d := newDraft(o)
	if len(res.Services) == 0 {
		d.section(headline(res), nil)
		d.foot(res)
		return d.modal("Service")
	}
	s := res.Services[0]
	d.service(s, res.Clients)
	d.rule()
	row := d.whmcsLinks(s)
	row = append(row, d.button(ActionAsk, "All services of this client", clientLine(s.ClientID)))
	if !o.Public && !o.Direct && !o.Shared {
		row = append(row, d.button(ActionShare, "Share", serviceLine(s.ID)))
	}
	d.row(row...)
	if o.Shared {
		d.context("✓ Shared where this window was opened.")
	}
	d.foot(res)
	return d.modal("Service " + strconv.Itoa(s.ID))
}

// Modal shows a message in a modal: a failure or a denial in the place of
// details. The message must hold no table.
func Modal(msg Message) slack.ModalViewRequest {
	d := newDraft(Options{})
	d.blocks = msg.Blocks
	return d.modal("Service")
}

// modal ends a draft as a modal without inputs.
func (d *draft) modal(title string) slack.ModalViewRequest {
	d.apologise()
	return slack.ModalViewRequest{
		Type:       slack.VTModal,
		Title:      plainText(title, maxTitle),
		Close:      plainText("Close", maxTitle),
		CallbackID: CallbackDetails,
		Blocks:     slack.Blocks{BlockSet: d.blocks},
	}
}
