package formatting

import (
	"fmt"
	"strings"

	"servicesbot/whmcs/query"
)

// Problem says in one plain sentence what is wrong with a line, with the nearest right
// word where there is one. It is text, not Slack's markup.
func Problem(p query.Problem) string {
	if say, ok := problemSentences[p.Reason]; ok {
		return say(p)
	}
	return "This cannot be read."
}

// problemSentences make the sentence of each reason.
var problemSentences = map[query.Reason]func(query.Problem) string{
	query.UnknownKey:   func(p query.Problem) string { return suggested("There is no key "+quote(p.Value), p) },
	query.UnknownTopic: func(p query.Problem) string { return suggested("There is no key "+quote(p.Value)+" to explain", p) },
	query.NotListed: func(p query.Problem) string {
		return suggested(quote(p.Value)+" is not "+or(listed[p.Key], "a value of "+quote(p.Key)), p)
	},

	query.TooManyTopics:      fixed("Help explains one key at a time."),
	query.NothingBeforeComma: fixed("There is nothing before this comma."),
	query.NothingAfterComma:  fixed("There is nothing after the last comma."),
	query.LoneMinus:          fixed("A - alone excludes nothing: put it right before what it excludes."),
	query.QuoteNotClosed:     fixed("The quote is not closed."),
	query.NoSpaceAfterQuote:  fixed("A closing quote is followed by a space or a comma."),
	query.EmptyQuotes:        fixed("There is nothing between the quotes."),
	query.NotPage:            fixed("A page is a number from 1 on."),
	query.NotLive:            fixed("An answer is kept current for 1h to 8h; live:yes is 2h."),
	query.NotRows:            fixed("A page of a list has 1 to 10 rows."),
	query.OpenRange:          fixed("A range needs a beginning or an end: 2026-12-01..2026-12-31."),
	query.OverdueRegistered:  fixed(`"overdue" is a value of "due", not of "registered".`),
	query.BadPosition:        fixed("The place of this page is damaged, or belongs to another question. Start again with the first page."),
	query.HelpNotSearched:    fixed("Help is explained, not searched for."),
	query.EmailsNotShown:     fixed("E-mail addresses are not shown here. Whoever runs this bot can choose to show them, to one person alone."),
	query.EmailsNotPermitted: fixed("WHMCS does not let this bot find clients by e-mail: its API role lacks GetClientsDetails. Ask by client number or by domain."),

	query.NoValue:           func(p query.Problem) string { return quote(p.Key) + " needs a value right after the colon." },
	query.NoColon:           func(p query.Problem) string { return "Join a key and its value with a colon: " + meant(p) + "." },
	query.MinusBeforeValue:  func(p query.Problem) string { return "To exclude, put - before the key: " + meant(p) + "." },
	query.ControlExcluded:   func(p query.Problem) string { return quote(p.Key) + " is not a filter, so it cannot be excluded." },
	query.ControlTwice:      func(p query.Problem) string { return quote(p.Key) + " is given twice." },
	query.ControlManyValues: func(p query.Problem) string { return quote(p.Key) + " takes one value." },
	query.LoneNumber:        loneNumber,

	query.NotID:           func(p query.Problem) string { return quote(p.Value) + " is not a number." },
	query.NotWHMCSID:      func(p query.Problem) string { return clipped(p.Value) + " is not a number that WHMCS gives." },
	query.NotEmail:        func(p query.Problem) string { return quote(p.Value) + " is not an e-mail address." },
	query.NotHost:         func(p query.Problem) string { return quote(p.Value) + " is not a host name." },
	query.OnlyStars:       fixed("A star stands for a part of a name: web*, *.example.com."),
	query.NotAddress:      notAddress,
	query.NotOrder:        func(p query.Problem) string { return quote(p.Value) + " is not an order's id or number." },
	query.AmbiguousNumber: eitherOf,
	query.AmbiguousDate:   eitherOf,
	query.AmbiguousKey: func(p query.Problem) string {
		return "Is " + quote(p.Value) + " a client's name or a product's? Write " + choice(p) + "."
	},
	query.NotInCalendar:  func(p query.Problem) string { return clipped(p.Value) + " is not in the calendar." },
	query.NotDate:        notDate,
	query.RangeBackwards: rangeBackwards,
	query.RegisteredAhead: func(p query.Problem) string {
		return clipped(p.Value) + " is in the future: registered counts back from today."
	},
	query.NotDistance: func(p query.Problem) string {
		return quote(p.Value) + " is not a distance; write 30d, 4w, 3m or 1y."
	},
	query.NotQuantity: func(p query.Problem) string { return quote(p.Value) + " is not a number; write 2, >1 or 5..10." },
	query.NotAmount: func(p query.Problem) string {
		return quote(p.Value) + " is not a number with at most 4 decimals; write 24.95, >100 or 10..20."
	},

	query.TooManyValues: func(p query.Problem) string {
		return fmt.Sprintf("A list may have %d values, this one has %d.", p.Most, p.Count)
	},
	query.OrBetweenKeys: fixed(`"or" works between values of one key: status:active,suspended. Ask the rest in two questions.`),
	query.TooManyNames: func(p query.Problem) string {
		return fmt.Sprintf("One question may be about %d clients' names, this one is about %d.", p.Most, p.Count)
	},
	query.ManyClients: func(p query.Problem) string {
		return fmt.Sprintf("%d clients have a name or company that begins with %s. Choose one, or write more of the name.", p.Count, quote(p.Value))
	},
	query.NamesNotPermitted: func(p query.Problem) string {
		return "Clients' names are not searched, so " + quote(p.Value) + " was not looked for: this bot's API role lacks GetClients. Ask by client number, e-mail or domain."
	},
	query.TooManyEmails: func(p query.Problem) string {
		return fmt.Sprintf("One question may be about %d e-mail addresses, this one is about %d.", p.Most, p.Count)
	},
}

// listed are what the values of a key with a list are called.
var listed = map[string]string{
	"status": "a status", "cycle": "a billing cycle", "sort": "an order", "as": "a view", "in": "a place",
	"fresh": "an answer", "live": "a time",
}

func fixed(sentence string) func(query.Problem) string {
	return func(query.Problem) string { return sentence }
}

// suggested closes a sentence, with the nearest right word where there is one.
func suggested(sentence string, p query.Problem) string {
	if len(p.Meant) == 0 {
		return sentence + "."
	}
	return sentence + "; did you mean " + meant(p) + "?"
}

// meant quotes what was probably meant.
func meant(p query.Problem) string {
	if len(p.Meant) == 0 {
		return `""`
	}
	return quote(p.Meant[0])
}

// loneNumber asks what a number counts.
func loneNumber(p query.Problem) string {
	what := " a client, a service or an order?"
	if len(p.Meant) == 2 {
		what = " a service or an order?"
	}
	return "Is " + clipped(p.Value) + what + " Write " + choice(p) + "."
}

// eitherOf asks which of its readings a value has.
func eitherOf(p query.Problem) string {
	return quote(p.Value) + " can be read in two ways. Write " + choice(p) + "."
}

// choice lists what may be meant.
func choice(p query.Problem) string {
	all := make([]string, len(p.Meant))
	for i, m := range p.Meant {
		all[i] = quote(m)
	}
	if len(all) < 3 {
		return strings.Join(all, " or ")
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

func notAddress(p query.Problem) string {
	if len(p.Meant) > 0 {
		return suggested(quote(p.Value)+" is not an IP address", p)
	}
	return quote(p.Value) + " is not an IP address; write 203.0.113.7, 203.0.113.0/24 or 203.0.113.*."
}

func notDate(p query.Problem) string {
	words := "today, overdue, <30d or none"
	if p.Key == "registered" {
		words = "today, <30d or none"
	}
	return quote(p.Value) + " is not a date; write 2026-12-01, 2026-12, <2026-12-01, 2026-12-01..2026-12-31, " + words + "."
}

func rangeBackwards(p query.Problem) string {
	low, high, _ := strings.Cut(p.Value, "..")
	if p.Key == "due" || p.Key == "registered" {
		return clipped(low) + " is after " + clipped(high) + ": a range begins with the earlier."
	}
	return clipped(low) + " is more than " + clipped(high) + ": a range begins with the smaller."
}

// quote puts quotes around a word, cut where it is long.
func quote(s string) string { return fmt.Sprintf("%q", clipped(s)) }

// clipped cuts a long word, which a sentence only quotes.
func clipped(s string) string { return cut(s, 40, units) }
