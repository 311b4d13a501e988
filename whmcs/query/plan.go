package query

import (
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"servicesbot/whmcs"
)

// maxPushed is the most values of a term that WHMCS is asked for, one call each,
// or two and more for a host name. A longer list is tested here instead.
const maxPushed = 10

// A plan is what WHMCS is asked for a query.
type plan struct {
	requests  []whmcs.GetClientsProductsRequest // one without a filter: the whole installation
	needsScan bool                              // every service is read and tested here
	pushed    []int                             // places of the terms that WHMCS is asked for
	nobody    bool                              // an e-mail address belongs to no client: nothing can match
}

// A push is a term as requests.
type push struct {
	term     int
	requests []whmcs.GetClientsProductsRequest
}

// planFor chooses what to ask WHMCS: the shortest list of requests that a term
// gives, narrowed by all terms that add one parameter to each. Nothing rests on
// WHMCS heeding them, as every row is tested.
func planFor(q Query, e *env) plan {
	var best *push
	var single []push
	for i, t := range q.Terms {
		if t.Not || len(t.Values) > maxPushed {
			continue
		}
		p := push{term: i}
		ok := false
		if p.requests, ok = requestsFor(t, e); !ok {
			continue
		}
		if len(p.requests) == 0 {
			return plan{nobody: true}
		}
		if len(p.requests) == 1 {
			single = append(single, p)
		}
		if best == nil || len(p.requests) < len(best.requests) {
			best = &p
		}
	}
	if best == nil {
		return plan{needsScan: true, requests: make([]whmcs.GetClientsProductsRequest, 1)}
	}
	pl := plan{requests: best.requests, pushed: []int{best.term}}
	for _, p := range single {
		if p.term != best.term && pl.narrow(p.requests[0]) {
			pl.pushed = append(pl.pushed, p.term)
		}
	}
	return pl
}

// requestsFor returns the requests that find all rows of a term, one a value.
// It is false for what WHMCS cannot be asked.
func requestsFor(t Term, e *env) ([]whmcs.GetClientsProductsRequest, bool) {
	var all []whmcs.GetClientsProductsRequest
	for _, v := range t.Values {
		var req whmcs.GetClientsProductsRequest
		n, _ := strconv.Atoi(v)
		switch t.Key {
		case "client":
			for _, id := range e.clientIDs([]string{v}) {
				all = append(all, whmcs.GetClientsProductsRequest{ClientID: id})
			}
			continue
		case "service":
			req.ServiceID = n
		case "product":
			if !isNumber(v) {
				return nil, false
			}
			req.PID = n
		case "email":
			if req.ClientID = e.emails[v]; req.ClientID == 0 {
				continue
			}
		case "username":
			req.Username2 = v
		case "domain":
			if strings.HasPrefix(v, "*.") {
				return nil, false
			}
			all = append(all, domainRequests(v)...)
			continue
		default:
			return nil, false
		}
		all = append(all, req)
	}
	return all, len(all) <= maxPushed || t.Key != "client"
}

// domainRequests asks for a host name in each way that WHMCS may have it
// written: with www. or without, and an international one in both forms.
func domainRequests(host string) []whmcs.GetClientsProductsRequest {
	names := []string{withoutWWW(host)}
	ascii := asciiHost(names[0])
	if shown, err := idna.Lookup.ToUnicode(ascii); err == nil && shown != names[0] {
		names = append(names, shown)
	}
	if ascii != names[0] {
		names = append(names, ascii)
	}
	var all []whmcs.GetClientsProductsRequest
	for _, name := range names {
		all = append(all, whmcs.GetClientsProductsRequest{Domain: name})
		if strings.Contains(name, ".") {
			all = append(all, whmcs.GetClientsProductsRequest{Domain: "www." + name})
		}
	}
	return all
}

// narrow adds another request's one parameter to all of the plan's, where they
// leave it open.
func (p *plan) narrow(by whmcs.GetClientsProductsRequest) bool {
	for _, r := range p.requests {
		if by.ClientID != 0 && r.ClientID != 0 || by.ServiceID != 0 && r.ServiceID != 0 || by.PID != 0 && r.PID != 0 ||
			by.Username2 != "" && r.Username2 != "" || by.Domain != "" {
			return false
		}
	}
	for i := range p.requests {
		r := &p.requests[i]
		r.ClientID = max(r.ClientID, by.ClientID)
		r.ServiceID = max(r.ServiceID, by.ServiceID)
		r.PID = max(r.PID, by.PID)
		r.Username2 += by.Username2
	}
	return true
}

// asked says in WHMCS's parameters what a request asks for; "" for everything.
func asked(r whmcs.GetClientsProductsRequest) string {
	var parts []string
	number := func(name string, n int) {
		if n != 0 {
			parts = append(parts, name+"="+strconv.Itoa(n))
		}
	}
	text := func(name, s string) {
		if s != "" {
			parts = append(parts, name+"="+s)
		}
	}
	number("clientid", r.ClientID)
	number("serviceid", r.ServiceID)
	number("pid", r.PID)
	text("domain", r.Domain)
	text("username2", r.Username2)
	return strings.Join(parts, " ")
}
