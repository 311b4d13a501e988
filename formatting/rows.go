package formatting

import (
	"strings"

	"github.com/rivo/uniseg"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// A row of a list has two lines. What a line has no room for is shortened or left out, the
// least important first: Details shows all of it.

const (
	// rowColumns is how wide a line of a row is at most. In a window of 900 pixels some 510 are
	// beside the button, and a column of Slack's text takes less than 8.
	rowColumns    = 66
	domainColumns = 40
	besideReason  = 26 // of a domain, where the reason of a suspension is in its line
	factColumns   = 32 // of a due date or a price
	nameColumns   = 24 // of a product, a server or a client in the second line
	fewColumns    = 9  // a text that is cut shorter says nothing
)

// A telling says which facts a row shows, of those that can be left out.
type telling struct{ date, server, product bool }

// tellings are tried in this order until all that a row shows has room.
var tellings = []telling{{true, true, true}, {false, true, true}, {false, false, true}, {}}

// twoLines shows a service in a list.
func (d *draft) twoLines(s whmcs.Service, res *query.Result) markup {
	first, product := d.firstLine(s)
	var second markup
	for _, tells := range tellings {
		tells.server = tells.server && !names(res.Query, "server")
		var fits bool
		if second, fits = d.secondLine(s, product, res, tells); fits {
			break
		}
	}
	return join("\n", first, second)
}

// firstLine shows a service's state and domain, then why it is suspended, or else its product,
// which without room is for the second line. The reason is not bold, so that it is whole more
// often: the state's sign is what stands out.
func (d *draft) firstLine(s whmcs.Service) (first markup, product string) {
	why, limit := suspendedFor(s), domainColumns
	if why != "" {
		limit = besideReason
	}
	l := line{most: rowColumns}
	l.put("", short(statusText(s.Status), 60))
	l.put(gap, bold(link(d.style.serviceURL(s), narrow(knownAs(s), limit))))
	if oneLine(s.Domain) != "" {
		product = productText(s)
	}
	if why != "" {
		l.add(gap, why)
		return l.text, product
	}
	if l.room(gap) >= fewColumns || columnsOf(product) <= l.room(gap) {
		l.add(gap, product)
		product = ""
	}
	return l.text, product
}

// secondLine shows what a service costs and when, and where and whose it is.
func (d *draft) secondLine(s whmcs.Service, product string, res *query.Result, tells telling) (second markup, fits bool) {
	l := line{most: rowColumns}
	due := dueText(s, d.view.Now)
	if !tells.date {
		due = dueWords(s, d.view.Now)
	}
	due = narrow(due, factColumns)
	if presses(s, d.view.Now) {
		fits = l.addBold("", due)
	} else {
		fits = l.add("", due)
	}
	price := narrow(priceText(s, currencyOf(s.ClientID, res.Clients, d.style.Currency)), factColumns)
	if tells.product && product != "" {
		price = narrow(product, nameColumns) + ", " + price
	}
	fits = l.add(dot, price) && fits
	if tells.server {
		fits = l.add(dot, narrow(serverText(s), nameColumns)) && fits
	}
	if _, one := theClient(res); !one {
		fits = l.add(dot, narrow(shortName(s.ClientID, res.Clients), nameColumns)) && fits
	}
	return l.text, fits
}

// knownAs is what a service is known by: its domain, or its product.
func knownAs(s whmcs.Service) string {
	return or(oneLine(s.Domain), or(oneLine(productText(s)), serviceLine(s.ID)))
}

// suspendedFor is why a service is suspended; "" where it is not, or nobody knows.
func suspendedFor(s whmcs.Service) string {
	if s.Status != whmcs.StatusSuspended {
		return ""
	}
	return oneLine(s.SuspensionReason)
}

// A line is being written; columns is how wide it is, most how wide it may be.
type line struct {
	text          markup
	columns, most int
}

// room is how many columns are left behind what goes between.
func (l *line) room(between markup) int {
	if l.text == "" {
		return l.most
	}
	return l.most - l.columns - columnsOf(string(between))
}

// add appends a text, shortened to the room that is left, or left out, and reports whether
// all of it is there.
func (l *line) add(between markup, text string) (whole bool) {
	return l.fit(between, text, l.room(between), literal)
}

// addBold is add in bold, which is wider.
func (l *line) addBold(between markup, text string) (whole bool) {
	return l.fit(between, text, l.room(between)*bolder/(bolder+1), inBold)
}

func (l *line) fit(between markup, text string, room int, write func(string) markup) (whole bool) {
	text = oneLine(text)
	shown := narrow(text, room)
	if shown == text || room >= fewColumns {
		l.put(between, write(shown))
	}
	return shown == text
}

// put appends what is written already.
func (l *line) put(between, text markup) {
	if text == "" {
		return
	}
	l.columns = l.most - l.room(between) + width(text)
	l.text = join(between, l.text, text)
}

// inBold is a text in bold.
func inBold(s string) markup { return bold(literal(s)) }

// bolder is how many columns of text are one column wider in bold.
const bolder = 4

// width is how wide markup is, in columns; what is all bold is wider.
func width(m markup) int {
	n := columnsOf(words(mrkdwn(m)))
	if strings.HasPrefix(string(m), "*") && strings.HasSuffix(string(m), "*") {
		n += (n + bolder - 1) / bolder
	}
	return n
}

// columnsOf is how wide a text is in the widths of letters, of which some scripts take two.
func columnsOf(s string) int { return uniseg.StringWidth(s) }

// narrow shortens a text to so many columns.
func narrow(s string, most int) string {
	return cut(cut(oneLine(s), 200, escapedUnits), most, columnsOf)
}
