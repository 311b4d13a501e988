package whmcsfake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// defaultLimit is the documented number of rows a page.
const defaultLimit = 25

// The shapes that the list of services comes in.
const (
	containerList = iota
	containerSingle
	containerKeyed
	containerFlat
)

// A shape is how a reply deviates from the documentation's. The zero value, but
// for empty, does not.
type shape struct {
	container  int
	empty      string
	lost       bool
	unfiltered bool
	times      int // of the rows asked for
	most       int // rows a page
	repeat     int // rows of the page before
	gone       int // rows at the front that are no longer there
	grow       int // added to the total, but not to the rows

	native     bool
	allStrings bool
	unreadable int
	malformed  int // every service whose id is a multiple has text that is not UTF-8
	oddName    int
	oddMoney   bool
	noStatus   bool
	oddDates   bool
	oddOptions bool
	hostile    bool
	noServer   bool
}

// shapeOf lets the faults that act bend the documented shape.
func shapeOf(faults []*active) *shape {
	sh := &shape{empty: "array"}
	for _, f := range faults {
		if f.def.shape != nil {
			f.def.shape(sh, f.Fault, f.seen)
		}
	}
	return sh
}

// act runs an action that is known and permitted.
func (s *Server) act(action string, form url.Values, sh *shape) *reply {
	in := s.data.Load()
	if !strings.EqualFold(form.Get("responsetype"), "json") {
		sh.container = containerFlat
	}
	switch action {
	case "GetClientsProducts":
		return in.getClientsProducts(form, sh)
	case "GetClientsDetails":
		return in.getClientsDetails(form, s.cfg.Currency)
	case "GetClients":
		return in.getClients(form)
	default:
		return in.getServers()
	}
}

// A filter is what GetClientsProducts can select by. Parameters that it does not
// know, status and serverid among them, have no effect, as on a real one.
type filter struct {
	client, service, product int
	domain, username         string
}

// filterOf reads the filter; 0 and "" do not filter.
func filterOf(form url.Values) filter {
	return filter{
		client: phpInt(form.Get("clientid")), service: phpInt(form.Get("serviceid")), product: phpInt(form.Get("pid")),
		domain: form.Get("domain"), username: form.Get("username2"),
	}
}

// phpInt reads the digits at the start of text as PHP does; 0 where there are
// none.
func phpInt(text string) int {
	text = strings.TrimLeft(text, " \t\r\n")
	i := 0
	for i < len(text) && (text[i] >= '0' && text[i] <= '9' || i == 0 && text[i] == '-') {
		i++
	}
	n, _ := strconv.Atoi(text[:i])
	return n
}

// limit returns the rows that a page is to have. What WHMCS does with 0 or less
// is not known; the default is assumed.
func limit(form url.Values) int {
	if n := phpInt(form.Get("limitnum")); n > 0 {
		return n
	}
	return defaultLimit
}

// getClientsProducts makes one page of the services that match form.
func (in *installation) getClientsProducts(form url.Values, sh *shape) *reply {
	f := filterOf(form)
	if sh.unfiltered {
		f = filter{}
	}
	m := in.find(f).without(sh.gone)
	start, n := max(0, phpInt(form.Get("limitstart"))), limit(form)
	from := start
	if start > 0 {
		from = max(0, start-sh.repeat)
	}
	if sh.times > 1 {
		n *= sh.times
	}
	if sh.most > 0 {
		n = min(n, sh.most)
	}
	from = min(from, m.len())
	to := min(from+n, m.len())
	if sh.lost {
		to = from
	}
	sent := to - from
	w := writer{b: make([]byte, 0, 512+sent*1300), sh: sh, noServer: sh.noServer && f.client == 0}
	w.frame(form, max(0, m.len()+sh.grow), start, sent)
	w.list(in, m, from, to)
	if w.malformed {
		return &reply{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}},
			body: []byte("Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded")}
	}
	w.b = append(w.b, '}')
	p := jsonReply(http.StatusOK, w.b)
	p.rows = sent
	return p
}

// getClientsDetails describes one client, by id or by e-mail.
func (in *installation) getClientsDetails(form url.Values, currency string) *reply {
	id := phpInt(form.Get("clientid"))
	if id == 0 {
		id = in.clientByEmail(form.Get("email"))
	}
	if !in.hasClient(id) {
		return failure(http.StatusOK, "Client Not Found")
	}
	c := clientOf(id)
	w := writer{b: make([]byte, 0, 2048), sh: &shape{}}
	w.b = append(w.b, `{"result":"success"`...)
	w.clientFields(c, currency) // once more at the top: deprecated, but still sent
	w.b = append(w.b, `,"client":{`...)
	start := len(w.b)
	w.clientFields(c, currency)
	w.b = append(w.b[:start], w.b[start+1:]...) // the comma
	w.b = append(w.b, "}}"...)
	return jsonReply(http.StatusOK, w.b)
}

// getServers lists the servers: a plain array, unlike every other list.
func (in *installation) getServers() *reply {
	w := writer{b: []byte(`{"result":"success","servers":[`), sh: &shape{}}
	for i, sv := range servers {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"id":`...)
		w.b = strconv.AppendInt(w.b, int64(sv.id), 10)
		w.text("name", sv.name)
		w.text("hostname", sv.host)
		w.text("ipaddress", sv.ip)
		w.b = append(w.b, `,"active":true,"activeServices":`...)
		w.b = strconv.AppendInt(w.b, int64(in.onServer(i)), 10)
		w.b = append(w.b, `,"maxAllowedServices":20000,"module":"cpanel"}`...)
	}
	w.b = append(w.b, "]}"...)
	return jsonReply(http.StatusOK, w.b)
}
