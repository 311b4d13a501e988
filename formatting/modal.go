package formatting

import (
	"strconv"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// The callback_ids of our modals.
const (
	CallbackForm    = "services_form"    // the search form: a submission is read by ParseForm
	CallbackDetails = "services_details" // details, and what is shown in their place
	CallbackChoices = "services_choices" // the choices of an answer whose line no menu holds
)

// Checking is what a window shows until it is known whether its asker may ask.
func Checking() slack.ModalViewRequest {
	d := Style{}.draft(View{})
	d.section("Checking …", nil)
	return d.modal("Services")
}

// Loading is what a details modal shows until its data is here. It holds none.
func Loading() slack.ModalViewRequest {
	d := Style{}.draft(View{})
	d.section("Asking WHMCS …", nil)
	return d.modal("Service")
}

// Details shows the one service of a result in a modal, with links into WHMCS,
// all services of its client, and sharing. Where it was opened is for the caller
// to put into PrivateMetadata.
func (s Style) Details(res *query.Result, v View) slack.ModalViewRequest {
	d := s.draft(v)
	if len(res.Services) == 0 {
		d.section(d.headline(res), nil)
		d.foot(res)
		return d.modal("Service")
	}
	service := res.Services[0]
	d.service(service, res.Clients)
	d.rule()
	row := d.whmcsLinks(service)
	row = append(row, d.button(ActionAsk, "All services of this client", clientLine(service.ClientID)))
	if !v.Public && !v.Direct && !v.Shared {
		row = append(row, d.button(ActionShare, "Share", serviceLine(service.ID)))
	}
	d.row(row...)
	if v.Shared {
		d.context("✓ Shared where this window was opened.")
	}
	d.foot(res)
	return d.modal("Service " + strconv.Itoa(service.ID))
}

// Modal shows a message in a modal: a failure or a denial in the place of
// details. The message must hold no table.
func Modal(msg Message) slack.ModalViewRequest {
	d := Style{}.draft(View{})
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
