package formatting

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"servicesbot/whmcs"
)

// The functions of this file put a service's fields into words. What they return
// still holds text of WHMCS as it came: text.go makes it safe.

// signs go with the words of a state. Slack shows them as coloured pictures.
var signs = map[whmcs.Status]string{
	whmcs.StatusActive:     "🟢",
	whmcs.StatusSuspended:  "🟠",
	whmcs.StatusPending:    "🔵",
	whmcs.StatusCompleted:  signEnded,
	whmcs.StatusTerminated: signEnded,
	whmcs.StatusCancelled:  signEnded,
	whmcs.StatusFraud:      signEnded,
}

const (
	signEnded   = "⚪"
	signUnknown = "❔"
)

// statusText says a status by a sign and in words.
func statusText(s whmcs.Status) string {
	if strings.TrimSpace(string(s)) == "" {
		return signUnknown + " Status unknown"
	}
	return or(signs[s], signUnknown) + " " + string(s)
}

// productText says what was bought, and how many where it is not one.
func productText(s whmcs.Service) string {
	name := or(s.Name, fmt.Sprintf("product %d", s.PID))
	if s.Qty > 1 {
		return fmt.Sprintf("%s × %s", number(s.Qty), name)
	}
	return name
}

// plainNumber matches an amount as WHMCS writes it. Longer ones and other
// spellings are shown as they came.
var plainNumber = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,8})?$`)

// amountText writes an amount with its digits grouped and its currency, where one
// is known.
func amountText(a whmcs.Amount, currency string) string {
	text := strings.TrimSpace(string(a))
	if !plainNumber.MatchString(text) {
		d, ok := a.Decimal()
		if !ok || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsSymbol(r) }) {
			return text // it may name a currency of its own
		}
		text = d.StringFixed(2)
	}
	whole, fraction, found := strings.Cut(text, ".")
	text = grouped(whole)
	if found {
		text += "." + fraction
	}
	return strings.TrimSpace(currency + " " + text)
}

// cycles are the billing cycles as a price is followed by them.
var cycles = map[whmcs.Cycle]string{
	whmcs.CycleFree:         "free",
	whmcs.CycleOneTime:      "once",
	whmcs.CycleMonthly:      "monthly",
	whmcs.CycleQuarterly:    "quarterly",
	whmcs.CycleSemiAnnually: "semi-annually",
	whmcs.CycleAnnually:     "annually",
	whmcs.CycleBiennially:   "biennially",
	whmcs.CycleTriennially:  "triennially",
}

// cycleText names a billing cycle; one that we do not know as WHMCS sent it.
func cycleText(c whmcs.Cycle) string { return or(cycles[c], string(c)) }

// priceText says what a service costs and how often: "EUR 24.95 monthly".
func priceText(s whmcs.Service, currency string) string {
	switch s.BillingCycle {
	case whmcs.CycleFree:
		return "free"
	case whmcs.CycleOneTime:
		return strings.TrimSpace(or(amountText(s.FirstPaymentAmount, currency), "price unknown") + " once")
	}
	return strings.TrimSpace(or(amountText(s.RecurringAmount, currency), "price unknown") + " " + cycleText(s.BillingCycle))
}

// charged is the amount that priceText shows.
func charged(s whmcs.Service) whmcs.Amount {
	switch s.BillingCycle {
	case whmcs.CycleFree:
		return "0"
	case whmcs.CycleOneTime:
		return s.FirstPaymentAmount
	}
	return s.RecurringAmount
}

// currencyOf returns the currency of a client: the client's own where it is
// known, else the installation's, which may be unknown, too.
func currencyOf(id int, clients map[int]whmcs.Client, installation string) string {
	return or(clients[id].CurrencyCode, installation)
}

// soon is how near a due date must be to be told in days.
const soon = 60

// dueText says the next due date: how far it is where it is near and the service
// lives, and the date.
func dueText(s whmcs.Service, now time.Time) string {
	near, day := dueWords(s, now), string(s.NextDueDate)
	if strings.HasSuffix(near, day) {
		return near
	}
	return near + " (" + day + ")"
}

// dueWords says the next due date in few words: the days until then where it is near, or since
// then, and the service lives, else the date.
func dueWords(s whmcs.Service, now time.Time) string {
	if s.NextDueDate == "" {
		return ""
	}
	day := string(s.NextDueDate)
	if !lives(s.Status) {
		return "was due " + day
	}
	days, ok := daysUntil(s.NextDueDate, now)
	switch {
	case !ok || days > soon:
		return "due " + day
	case days == 0:
		return "due today"
	case days < 0:
		return count(-days, "day") + " overdue"
	}
	return "due in " + count(days, "day")
}

// pressing is how near a due date must be to stand out, in days.
const pressing = 7

// presses reports whether a due date is past or near, of a service that lives.
func presses(s whmcs.Service, now time.Time) bool {
	days, ok := daysUntil(s.NextDueDate, now)
	return ok && lives(s.Status) && days <= pressing
}

// lives reports whether a service's due date means that something is to be paid: it has not
// ended, as far as is known.
func lives(s whmcs.Status) bool { return signs[s] != signEnded }

// daysUntil counts the calendar days from the day of now to d, in now's location;
// false where d is no date of the calendar or now is not known.
func daysUntil(d whmcs.Date, now time.Time) (int, bool) {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil || now.IsZero() {
		return 0, false
	}
	y, m, today := now.Date()
	return int(day.Sub(time.Date(y, m, today, 0, 0, 0, 0, time.UTC)).Hours() / 24), true
}

// serverText names a server as well as WHMCS does.
func serverText(s whmcs.Service) string {
	name := or(s.ServerName, s.ServerHostname)
	if name == "" && s.ServerID != 0 {
		return fmt.Sprintf("server %d", s.ServerID)
	}
	return name
}

// clientText names a client: "client:1 Jane Doe (Acme)".
func clientText(id int, clients map[int]whmcs.Client) string {
	c := clients[id]
	text := fmt.Sprintf("client:%d", id)
	if name := strings.TrimSpace(c.Name); name != "" {
		text += " " + name
	}
	if company := strings.TrimSpace(c.Company); company != "" {
		text += " (" + company + ")"
	}
	return text
}

// clientName names a client by name and company, else by number.
func clientName(id int, clients map[int]whmcs.Client) string {
	c := clients[id]
	name, company := strings.TrimSpace(c.Name), strings.TrimSpace(c.Company)
	switch {
	case name != "" && company != "":
		return name + " (" + company + ")"
	case name+company != "":
		return name + company
	}
	return fmt.Sprintf("client %d", id)
}

// shortName names a client by name, else by company or number.
func shortName(id int, clients map[int]whmcs.Client) string {
	return or(clients[id].Name, clientName(id, clients))
}

// serviceLine is the question for one service.
func serviceLine(id int) string { return fmt.Sprintf("service:%d", id) }

// clientLine is the question for all services of a client.
func clientLine(id int) string { return fmt.Sprintf("client:%d", id) }

// adminURL returns the address of a page of WHMCS's admin area, "" without one.
func (s Style) adminURL(page string) string {
	if s.AdminURL == "" {
		return ""
	}
	return strings.TrimRight(s.AdminURL, "/") + "/" + page
}

// serviceURL returns the address of a service's admin page.
func (s Style) serviceURL(of whmcs.Service) string {
	return s.adminURL(fmt.Sprintf("clientsservices.php?userid=%d&id=%d", of.ClientID, of.ID))
}

// clientURL returns the address of a client's admin page.
func (s Style) clientURL(id int) string {
	return s.adminURL(fmt.Sprintf("clientssummary.php?userid=%d", id))
}

// bar draws a part of a whole as ten cells, with at least one for more than
// nothing. It must not be called with a whole of 0.
func bar(part, whole int64) string {
	const cells = 10
	full := int(math.Max(0, math.Min(float64(part)/float64(whole), 1)) * cells)
	if full == 0 && part > 0 {
		full = 1
	}
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

// usageText says what is used of a limit, both in megabytes; "" where WHMCS
// says neither. A limit of 0 is unlimited or unknown, so it is not named. More
// than 9,999 % reads as that.
func usageText(used, limit int64) string {
	if limit <= 0 {
		if used <= 0 {
			return ""
		}
		return sizeText(used) + " used"
	}
	used = max(used, 0)
	percent := math.Min(math.Round(float64(used)/float64(limit)*100), 9999)
	return fmt.Sprintf("%s %s %% (%s of %s)", bar(used, limit), number(int(percent)), sizeText(used), sizeText(limit))
}

// sizeText writes megabytes so that they can be read: "512 MB", "1.5 GB".
func sizeText(mb int64) string {
	const step = 1024
	switch {
	case mb < step:
		return fmt.Sprintf("%s MB", grouped(strconv.FormatInt(mb, 10)))
	case mb < step*step:
		return decimals(float64(mb)/step) + " GB"
	}
	return decimals(float64(mb)/step/step) + " TB"
}

// decimals writes v with one decimal, or none where it is 0.
func decimals(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}
