package whmcsfake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// getClients makes one page of the clients whose first, last, full or company name or
// e-mail address begins with the text searched for.
func (in *installation) getClients(form url.Values) *reply {
	text := strings.ToLower(form.Get("search"))
	var found []client
	for id := 1; id <= in.clients; id++ {
		if c := clientOf(id); c.begins(text) {
			found = append(found, c)
		}
	}
	start := min(max(0, phpInt(form.Get("limitstart"))), len(found))
	page := found[start:min(start+limit(form), len(found))]
	w := writer{b: make([]byte, 0, 4096), sh: &shape{}}
	w.b = append(w.b, `{"result":"success"`...)
	w.count("totalresults", len(found))
	w.count("startnumber", start)
	w.count("numreturned", len(page))
	w.b = append(w.b, `,"clients":{"client":[`...)
	for i, c := range page {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"id":`...)
		w.b = strconv.AppendInt(w.b, int64(c.id), 10)
		w.stored("firstname", c.first)
		w.stored("lastname", c.last)
		w.stored("companyname", c.company)
		w.text("email", c.email)
		w.text("datecreated", "2024-05-01")
		w.count("groupid", 0)
		w.text("status", "Active")
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, "]}}"...)
	return jsonReply(http.StatusOK, w.b)
}

// begins reports whether one of the texts that a search looks at begins with a text in
// lower case.
func (c client) begins(text string) bool {
	for _, s := range []string{c.first, c.last, c.first + " " + c.last, c.company, c.email} {
		if strings.HasPrefix(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}
