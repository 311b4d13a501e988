package whmcsfake

import "strconv"

// row writes one service. nth is its place on the page, from 1.
func (w *writer) row(sv service, nth int) {
	if w.sh.unreadable > 0 && nth%w.sh.unreadable == 0 {
		w.b = appendString(w.b, "unexpected text")
		return
	}
	w.malformed = w.malformed || w.sh.malformed > 0 && sv.id%w.sh.malformed == 0
	w.b = append(w.b, `{"id":`...)
	w.plainNumber(sv.id)
	if !w.sh.native {
		w.number("qty", sv.qty)
	}
	w.number("clientid", sv.client)
	w.number("orderid", sv.order)
	if sv.orderNumber != "" {
		w.text("ordernumber", sv.orderNumber)
	}
	w.number("pid", sv.product.id)
	w.names(sv, nth)
	w.text("dedicatedip", sv.dedicatedIP)
	w.server(sv)
	w.stored("suspensionreason", sv.reason)
	w.billing(sv)
	w.status(sv)
	w.text("username", sv.username)
	w.text("password", sv.password())
	w.text("subscriptionid", sv.subscription)
	w.number("promoid", sv.promo)
	w.overide(sv)
	w.text("ns1", sv.ns1)
	w.text("ns2", sv.ns2)
	w.text("assignedips", sv.assigned)
	w.stored("notes", sv.notes)
	w.number("diskusage", sv.disk)
	w.number("disklimit", sv.diskLimit)
	w.number("bwusage", sv.bw)
	w.number("bwlimit", sv.bwLimit)
	w.text("lastupdate", sv.lastUpdate)
	w.customFields(sv)
	w.configOptions(sv)
	w.b = append(w.b, '}')
}

// names writes what the service is called.
func (w *writer) names(sv service, nth int) {
	if w.sh.oddDates {
		w.text("regdate", "2026-02-30")
	} else {
		w.text("regdate", sv.regDate)
	}
	p := sv.product
	if w.sh.hostile {
		name := hostileTexts[sv.id%len(hostileTexts)]
		w.stored("name", name)
		w.stored("translated_name", name)
		w.text("groupname", "R&amp;D") // once encoded
		w.text("translated_groupname", name)
		w.stored("domain", hostileTexts[(sv.id+1)%len(hostileTexts)])
		return
	}
	if w.sh.oddName > 0 && nth%w.sh.oddName == 0 {
		w.key("name")
		w.b = append(w.b, `["not","a","text"]`...)
	} else {
		w.stored("name", p.name)
	}
	if !w.sh.native {
		w.stored("translated_name", p.name)
	}
	w.stored("groupname", p.group)
	if !w.sh.native {
		w.stored("translated_groupname", p.group)
	}
	w.stored("domain", sv.domain)
}

// server writes where the service lives; without a server two of the fields are
// null.
func (w *writer) server(sv service) {
	switch {
	case w.noServer:
		w.number("serverid", sv.serverID())
		w.text("servername", "")
		w.text("serverip", "")
		w.text("serverhostname", "")
	case sv.server == nil:
		w.number("serverid", 0)
		w.text("servername", "")
		w.null("serverip")
		w.null("serverhostname")
	default:
		w.number("serverid", sv.server.id)
		w.text("servername", sv.server.name)
		w.text("serverip", sv.server.ip)
		w.text("serverhostname", sv.server.host)
	}
}

// billing writes what it costs, how it is paid and when.
func (w *writer) billing(sv service) {
	if w.sh.oddMoney {
		sv.recurring = oddAmounts[sv.id%len(oddAmounts)]
		switch {
		case sv.id%10 == 0:
			sv.cycle = "Every 10 Years"
		case sv.id%5 == 0:
			sv.cycle = "Hourly"
		}
	}
	w.text("firstpaymentamount", sv.first)
	w.text("recurringamount", sv.recurring)
	w.text("paymentmethod", sv.gateway.module)
	if sv.gateway.name == "" {
		w.null("paymentmethodname") // the gateway was removed
	} else {
		w.stored("paymentmethodname", sv.gateway.name)
	}
	w.text("billingcycle", sv.cycle)
	if w.sh.oddDates {
		w.text("nextduedate", zeroDate)
		return
	}
	w.text("nextduedate", sv.nextDue)
}

// oddAmounts are spellings of money that hooks, modules and conversions leave behind; the
// last is none that can be read.
var oddAmounts = []string{"24.949999999999999", "1,234.56", "1.234,56", "$12.95 USD", "1.0E+3", "on request"}

func (w *writer) status(sv service) {
	switch {
	case w.sh.noStatus && sv.id%2 == 1:
	case w.sh.noStatus:
		w.text("status", "")
	default:
		w.text("status", sv.status)
	}
}

// overide writes the two fields that WHMCS spells with one r.
func (w *writer) overide(sv service) {
	switch {
	case w.sh.native && sv.overide == "":
		w.b = append(w.b, `,"overideautosuspend":0`...)
	case w.sh.native:
		w.b = append(w.b, `,"overideautosuspend":1`...)
	default:
		w.text("overideautosuspend", sv.overide)
	}
	w.text("overidesuspenduntil", sv.until)
}

func (w *writer) customFields(sv service) {
	if w.sh.oddOptions {
		w.text("customfields", "")
		return
	}
	w.b = append(w.b, `,"customfields":{"customfield":[`...)
	for i, f := range sv.fields {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"id":`...)
		w.plainNumber(f.id)
		w.stored("name", f.name)
		w.stored("translated_name", f.name)
		w.stored("value", f.value)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, "]}"...)
}

// oddOptions are options whose values have a type each.
const oddOptions = `{"id":1,"option":"Extra IPs","type":"quantity","value":3},` +
	`{"id":2,"option":"Location","type":"dropdown","value":"Oslo"},` +
	`{"id":3,"option":"Backups","type":"yesno","value":true}`

func (w *writer) configOptions(sv service) {
	w.b = append(w.b, `,"configoptions":{"configoption":[`...)
	if w.sh.oddOptions {
		w.b = append(w.b, oddOptions...)
		w.b = append(w.b, "]}"...)
		return
	}
	for i, o := range sv.options {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"id":`...)
		w.plainNumber(o.id)
		w.stored("option", o.name)
		w.text("type", o.kind)
		if o.kind == "quantity" {
			w.key("value")
			w.b = strconv.AppendInt(w.b, int64(o.n), 10)
		} else {
			w.stored("value", o.value)
		}
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, "]}"...)
}
