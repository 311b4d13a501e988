package formatting

import (
	"slices"
	"strconv"
	"strings"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// Whose services match, for those whom an incident concerns: a line a client, and domains
// and e-mail addresses to be copied.

const (
	holderLines = 10    // clients in one block
	maxCopied   = 9_000 // units of what is to be copied in a message; more goes as a file
	maxChunk    = 2_900 // units of it in one block
)

// clients shows a line a client: whose services match, how many, and in which states.
func (d *draft) clients(res *query.Result) Message {
	d.head(res)
	lines := make([]markup, len(res.ByClient))
	for i, h := range res.ByClient {
		lines[i] = d.holder(h)
	}
	for len(lines) > 0 {
		n := min(holderLines, len(lines))
		d.section(join("\n", lines[:n]...), nil)
		lines = lines[n:]
	}
	d.unnamed(res)
	d.controls(res)
	d.foot(res)
	return d.message()
}

// holder shows a client in one line.
func (d *draft) holder(h query.Holder) markup {
	states := make([]string, 0, len(h.Statuses))
	for _, c := range h.Statuses {
		if status, ok := knownStatus(c.Value); ok && c.N > 0 {
			states = append(states, or(signs[status], signUnknown)+" "+number(c.N)+" "+strings.ToLower(or(string(status), "unknown")))
		}
	}
	howMany := ""
	if len(states) > 1 {
		howMany = count(h.Services, "service")
	}
	label := "client " + strconv.Itoa(h.ID)
	name := clientName(h.ID, map[int]whmcs.Client{h.ID: h.Client})
	who := bold(link(d.style.clientURL(h.ID), cut(oneLine(name), 120, escapedUnits)))
	if name == label {
		label = ""
	}
	return join(dot, who, literal(label), literal(howMany), literal(strings.Join(states, ", ")))
}

// unnamed says of how many clients WHMCS gave neither name nor address.
func (d *draft) unnamed(res *query.Result) {
	if res.Unnamed > 0 {
		d.context(literal("Not complete: the names and addresses of " + count(res.Unnamed, "client") + " are not known, as WHMCS did not give them."))
	}
}

// toCopy are the lines of an answer that is there to be copied: domains, or e-mail
// addresses. Addresses are for one person alone.
func toCopy(res *query.Result) []string {
	if res.Query.As == query.ViewDomains {
		return oneLines(res.Domains)
	}
	var all []string
	for _, h := range res.ByClient {
		if !slices.Contains(all, h.Email) {
			all = append(all, h.Email)
		}
	}
	return oneLines(all)
}

// oneLines makes a line of each text, and drops those of which nothing is left.
func oneLines(texts []string) []string {
	var lines []string
	for _, t := range texts {
		if t = oneLine(t); t != "" {
			lines = append(lines, t)
		}
	}
	return lines
}

// toBeCopied shows lines to be copied, in chunks that Slack takes.
func (d *draft) toBeCopied(res *query.Result) Message {
	if d.view.Public && res.Query.As == query.ViewEmails {
		d.section("E-mail addresses are for the asker alone.", nil)
		return d.message()
	}
	d.head(res)
	chunk := ""
	for _, line := range toCopy(res) {
		if units(chunk)+units(line) > maxChunk {
			d.preformatted(strings.TrimSuffix(chunk, "\n"))
			chunk = ""
		}
		chunk += cut(line, maxChunk, units) + "\n"
	}
	if chunk != "" {
		d.preformatted(strings.TrimSuffix(chunk, "\n"))
	}
	if res.Query.As == query.ViewEmails {
		d.unnamed(res)
	}
	d.controls(res)
	d.foot(res)
	return d.message()
}

// lengthOf is how many units lines have together, with their ends.
func lengthOf(lines []string) int {
	n := 0
	for _, line := range lines {
		n += units(line) + 1
	}
	return n
}
