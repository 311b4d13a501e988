package formatting

import (
	"strings"

	"servicesbot/whmcs/query"
)

// Gap says in one plain sentence why an answer is not complete; "" where it is. It is
// text, not Slack's markup.
func Gap(res *query.Result) string {
	g := res.Why
	switch g.Kind {
	case query.GapBudget:
		return "One question looks at " + count(g.Limit, "row") + " at most, and WHMCS has " + number(g.Of) + "."
	case query.GapTime:
		return "The time for one question was over after " + number(g.Looked) + " of " + count(g.Of, "row") + "."
	case query.GapFirstPage:
		return "The search for the first page of this answer ended at row " + number(g.Looked) + " of " + number(g.Of) + ", and its other pages go no further."
	case query.GapMoved:
		return "Services were deleted in WHMCS while they were read, so some may be missing."
	case query.GapFailed:
		return "WHMCS stopped answering after " + number(g.Looked) + " of " + count(g.Of, "row") + ": " + failureOf(g) + "."
	case query.GapFewer:
		return "WHMCS sent " + count(g.Looked, "service") + " and counts " + number(g.Of) + "."
	case query.GapPart:
		return "This is of the rows behind the first " + number(res.Before) + " alone; the answer before has the others."
	case query.GapLost:
		return "WHMCS changed so much since the page before that this page cannot be found. Start again with the first page."
	case query.GapNotAtHand:
		return "This page is one of an answer from " + count(g.Looked, "row") + ", more than one question may read, and they are not in memory any more. Start again with the first page."
	case query.GapDetails:
		return "The details of service " + id(g.Service) + " could not be read: " + failureOf(g) + "."
	case query.GapNoServers:
		return "This WHMCS does not say the names of servers in such an answer, and the bot's API role lacks GetServers. " +
			"Ask by the server's number, server:1."
	case query.GapServerWords:
		return "The names of servers are not known here, so words were not looked for in them."
	}
	return ""
}

// saysLooked are the gaps whose sentences say how many rows were looked at.
var saysLooked = map[query.GapKind]bool{
	query.GapBudget: true, query.GapTime: true, query.GapFirstPage: true, query.GapFailed: true, query.GapFewer: true,
}

// failureOf names a failure of WHMCS by its kind alone.
func failureOf(g query.Gap) string { return or(string(g.Failure), "the reason is not known") }

// changed says that the rows before this page are not those of the page before.
func (d *draft) changed(res *query.Result) {
	if res.Changed && res.Why.Kind != query.GapLost {
		d.section("*WHMCS changed since the page before.* This page goes on behind its last row. To see all rows, start again with the first page.", nil)
	}
}

// leftFirst reports whether an answer is not the first page, or WHMCS changed since that:
// one may want to start again.
func leftFirst(res *query.Result) bool {
	ofRows := res.Query.As == "" || res.Query.As == query.ViewList || res.Query.As == query.ViewTable || res.Query.As == query.ViewClients
	return res.Query.Page > 1 && ofRows || res.Before > 0 || res.Changed
}

// shown is a line as people see it: without its position.
func shown(line string) string {
	if !strings.Contains(line, " pos:") {
		return line
	}
	q, err := query.Parse(line)
	if err != nil || q.Position == "" {
		return line
	}
	q.Position = ""
	return q.String()
}
