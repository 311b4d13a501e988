package formatting

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	maxOptions  = 20  // configurable options, and custom fields, of a card
	maxFieldLen = 500 // units of a field's value
)

// card shows of the one service that matched what decides: whose it is, its state, and four
// facts. Its details have the rest.
func (d *draft) card(res *query.Result) Message {
	d.head(res)
	s := res.Services[0]
	if d.view.Whole {
		d.service(s, res.Clients)
	} else {
		d.section(d.title(s), nil)
		d.fields(d.facts(s, currencyOf(s.ClientID, res.Clients, d.style.Currency)))
	}
	d.cardControls(res)
	d.foot(res)
	return d.message()
}

// title is a service's state, its domain, or where it has none its product, with a link to its
// page in WHMCS, and why it is suspended.
func (d *draft) title(s whmcs.Service) markup {
	name := bold(link(d.style.serviceURL(s), cut(knownAs(s), 80, escapedUnits)))
	return join(gap, short(statusText(s.Status), 60), name, bold(short(suspendedFor(s), 300)))
}

// facts are what one wants to know of a service first.
func (d *draft) facts(s whmcs.Service, currency string) []markup {
	return []markup{
		field("Product", productText(s)+", "+priceText(s, currency)),
		dueField(s, d.view.Now),
		field("Server", addressText(s)),
		d.login(s),
	}
}

// login is the control panel's login of a service, which what others read leaves out.
func (d *draft) login(s whmcs.Service) markup {
	if d.view.Public {
		return ""
	}
	return copied("Login", s.Username)
}

// addressText names a service's server and, where it has one, its own address, else the
// server's.
func addressText(s whmcs.Service) string {
	parts := []string{serverText(s)}
	switch {
	case s.DedicatedIP != "":
		parts = append(parts, "own address "+s.DedicatedIP)
	case s.ServerIP != "":
		parts = append(parts, s.ServerIP)
	}
	return strings.TrimPrefix(strings.Join(parts, ", "), ", ")
}

// cardControls offers the details, the client's other services, sharing, and the menu.
func (d *draft) cardControls(res *query.Result) {
	q, s := res.Query.Lasting(), res.Services[0]
	row := []*slack.ButtonBlockElement{described(d.button(ActionDetails, "Details", serviceLine(s.ID)), detailsOf(s))}
	if line := clientLine(s.ClientID); line != q.String() {
		row = append(row, d.button(ActionAsk, "All services of this client", line))
	}
	if d.view.Whole { // elsewhere the title and the details lead there
		row = append(row, d.open("Open in WHMCS", d.style.serviceURL(s)))
	}
	d.beside(res, row, d.posting(res))
}

// whmcsLinks opens the service and its client in WHMCS's admin area.
func (d *draft) whmcsLinks(s whmcs.Service) []*slack.ButtonBlockElement {
	return []*slack.ButtonBlockElement{
		d.open("Open in WHMCS", d.style.serviceURL(s)),
		d.open("Client in WHMCS", d.style.clientURL(s.ClientID)),
	}
}

// service shows all fields of a service in groups.
func (d *draft) service(s whmcs.Service, clients map[int]whmcs.Client) {
	d.section(join(gap, short(statusText(s.Status), 60), bold(short(productText(s), 200)), short(s.Domain, 300)), nil)
	if reason := strings.TrimSpace(s.SuspensionReason); reason != "" {
		d.section(suspended(s)+" "+short(reason, 1000), nil)
	}
	fields := d.serviceFields(s, clients)
	if d.style.Emails() && !d.view.Public {
		fields = append(fields, copied("E-mail address", clients[s.ClientID].Email))
	}
	d.group("", fields)
	d.group("Billing", billingFields(s, currencyOf(s.ClientID, clients, d.style.Currency), d.view.Now))
	d.group("Server", serverFields(s))
	d.group("Usage", usageFields(s))
	d.group("Options", optionFields(s))
	if !d.view.Public {
		d.group("More", d.privateFields(s))
	}
}

// suspended introduces a suspension reason, which WHMCS may keep after the
// suspension has ended.
func suspended(s whmcs.Service) markup {
	if s.Status == whmcs.StatusSuspended {
		return "*Suspended:*"
	}
	return "*Suspension reason on record:*"
}

// group appends a group of fields with its title, if it has one, or nothing for
// no fields.
func (d *draft) group(title string, fields []markup) {
	fields = slices.DeleteFunc(fields, func(m markup) bool { return m == "" })
	if len(fields) == 0 {
		return
	}
	d.context(bold(literal(title)))
	d.fields(fields)
}

// field is a label with its value below, or nothing where there is no value.
func field(label, value string) markup {
	if strings.TrimSpace(value) == "" {
		return ""
	}
	return bold(short(label, 100)) + "\n" + paragraph(value, maxFieldLen)
}

// copied is a field whose value is there to be copied.
func copied(label, value string) markup {
	value = oneLine(value)
	if value == "" {
		return ""
	}
	return bold(short(label, 100)) + "\n" + code(value, maxFieldLen)
}

// id writes an id, "" for none.
func id(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (d *draft) serviceFields(s whmcs.Service, clients map[int]whmcs.Client) []markup {
	order := id(s.OrderID)
	if s.OrderNumber != "" {
		order = strings.TrimSpace(order + " (number " + s.OrderNumber + ")")
	}
	return []markup{
		copied("Service", serviceLine(s.ID)),
		field("Client", clientText(s.ClientID, clients)),
		field("Product", strings.TrimSpace(s.Name+" (product:"+strconv.Itoa(s.PID)+")")),
		field("Group", s.GroupName),
		copied("Domain", s.Domain),
		d.login(s),
		copied("Dedicated IP", s.DedicatedIP),
		copied("Assigned IPs", strings.Join(strings.Fields(s.AssignedIPs), ", ")),
		field("Registered", string(s.RegDate)),
		field("Order", order),
	}
}

func billingFields(s whmcs.Service, currency string, now time.Time) []markup {
	first := amountText(s.FirstPaymentAmount, currency)
	if first == amountText(s.RecurringAmount, currency) || s.BillingCycle == whmcs.CycleOneTime {
		first = ""
	}
	return []markup{
		field("Price", priceText(s, currency)),
		dueField(s, now),
		field("First payment", first),
		field("Payment method", or(s.PaymentMethodName, s.PaymentMethod)),
		field("Promotion", id(s.PromoID)),
		field("Automatic suspension", suspension(s)),
	}
}

// dueField says the next due date of a service that lives, and the last of one that
// does not.
func dueField(s whmcs.Service, now time.Time) markup {
	if s.NextDueDate != "" && !lives(s.Status) {
		return field("Was due", string(s.NextDueDate))
	}
	return field("Next due", or(upperFirst(strings.TrimPrefix(dueText(s, now), "due ")), "None"))
}

// suspension says where staff switched WHMCS's own suspending off.
func suspension(s whmcs.Service) string {
	switch {
	case !s.OverideAutoSuspend:
		return ""
	case s.OverideSuspendUntil == "":
		return "Off"
	}
	return "Off until " + string(s.OverideSuspendUntil)
}

func serverFields(s whmcs.Service) []markup {
	return []markup{
		field("Server", serverText(s)),
		copied("Host name", s.ServerHostname),
		copied("Server IP", s.ServerIP),
		copied("Name servers", strings.Join(strings.Fields(s.NS1+" "+s.NS2), ", ")),
	}
}

// usageFields shows disk and bandwidth. WHMCS gives the moment of the figures in
// its own, unnamed time zone.
func usageFields(s whmcs.Service) []markup {
	disk, bandwidth := usageText(s.DiskUsage, s.DiskLimit), usageText(s.BWUsage, s.BWLimit)
	if disk == "" && bandwidth == "" {
		return nil
	}
	if s.LastUpdate == "" && s.DiskUsage == 0 && s.BWUsage == 0 {
		disk, bandwidth = unread(s.DiskLimit), unread(s.BWLimit)
	}
	asOf := "Never read from the server"
	if s.LastUpdate != "" {
		asOf = string(s.LastUpdate) + " (WHMCS's clock)"
	}
	return []markup{field("Disk", disk), field("Bandwidth", bandwidth), field("As of", asOf)}
}

// unread names a limit whose usage nobody has read: not that nothing is used.
func unread(limit int64) string {
	if limit <= 0 {
		return ""
	}
	return "Not read yet (limit " + sizeText(limit) + ")"
}

func optionFields(s whmcs.Service) []markup {
	var fields []markup
	for i, option := range s.ConfigOptions {
		if i == maxOptions {
			return append(fields, field("And more", count(len(s.ConfigOptions)-i, "option")+" in WHMCS"))
		}
		fields = append(fields, field(or(option.Option, "Option "+id(option.ID)), or(option.Value, dash)))
	}
	return fields
}

// privateFields are those that the operator chose to show: notes, subscription id
// and custom fields.
func (d *draft) privateFields(s whmcs.Service) []markup {
	var fields []markup
	for i, f := range chosen(s, d.style.Fields) {
		if i == maxOptions {
			break
		}
		fields = append(fields, field(f.title, f.value))
	}
	return fields
}

// An extra is a field that BOT_FIELDS names, with its value, which may be empty.
type extra struct{ title, value string }

// chosen reads the fields that BOT_FIELDS names from a service.
func chosen(s whmcs.Service, names []string) []extra {
	var out []extra
	for _, name := range names {
		kind, custom, _ := strings.Cut(strings.TrimSpace(name), ":")
		switch strings.ToLower(kind) {
		case "notes":
			out = append(out, extra{"Notes", s.Notes})
		case "subscriptionid":
			out = append(out, extra{"Subscription", s.SubscriptionID})
		case "custom":
			out = append(out, extra{strings.TrimSpace(custom), customField(s, custom)})
		}
	}
	return out
}

// customField returns the value of a service's custom field by its name, in any
// case of letters.
func customField(s whmcs.Service, name string) string {
	for _, f := range s.CustomFields {
		if strings.EqualFold(strings.TrimSpace(f.Name), strings.TrimSpace(name)) {
			return f.Value
		}
	}
	return ""
}

// upperFirst returns our own words s with a capital.
func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
