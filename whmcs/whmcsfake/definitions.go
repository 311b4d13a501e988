package whmcsfake

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// faultDown is the one fault that acts on the listener and not on a call.
const faultDown = "down"

// A definition is one row of the table of faults.
type definition struct {
	name, about string
	n           int // defaults of what Set takes
	text        string
	latency     time.Duration

	instead func(r *http.Request, f Fault, s *Server) *reply // replies in the API's place; nil reply: does not act
	shape   func(sh *shape, f Fault, seen int)               // bends the rows and the frame around them; seen counts the calls from 1
	after   func(p *reply, f Fault)                          // spoils the finished reply

	lasting bool // when it is used up, things stay as they are then
}

// delay returns the time by which a call is made longer.
func (d *definition) delay(f Fault) time.Duration {
	if d.name == "slow" {
		return f.Latency
	}
	return 0
}

// end makes a fault that lets the connection end badly.
func end(e ending) func(p *reply, f Fault) {
	return func(p *reply, _ Fault) { p.ending = e }
}

// always makes a fault that replies the same to every call.
func always(p func(f Fault) *reply) func(*http.Request, Fault, *Server) *reply {
	return func(_ *http.Request, f Fault, _ *Server) *reply { return p(f) }
}

// before puts text before the body, after puts it behind.
func before(text string) func(p *reply, f Fault) {
	return func(p *reply, _ Fault) { p.body = append([]byte(text), p.body...) }
}

// definitions is the table of faults.
var definitions = []definition{
	// The network.
	{name: "slow", about: "every call takes Latency longer (3s)", latency: 3 * time.Second},
	{name: faultDown, about: "connections are refused"},
	{name: "reset", about: "the connection is closed without a reply", after: end(endReset)},
	{name: "hang", about: "no reply, the connection stays open", after: end(endHang)},
	{name: "stall", about: "the headers are sent, then nothing", after: end(endStall)},
	{name: "cut", about: "the connection is closed after half of the reply", after: end(endCut)},

	// What is in front of WHMCS.
	{name: "redirect", about: "status N (301) to Text (the same over https)", n: http.StatusMovedPermanently, instead: redirect},
	{name: "waf", about: "a firewall's page with status N (403)", n: http.StatusForbidden, instead: always(waf)},
	{name: "challenge", about: "202 with an empty page and SiteGround's header SG-Captcha", instead: always(func(Fault) *reply {
		p := htmlReply(http.StatusAccepted, "")
		p.header.Set("SG-Captcha", "challenge")
		return p
	})},
	{name: "bot-protection", about: "Imunify360's refusal in JSON, with status N (415)", n: http.StatusUnsupportedMediaType, instead: always(func(f Fault) *reply {
		return jsonReply(f.N, []byte(`{"message":"Access denied by Imunify360 bot-protection. IPs used for automation should be whitelisted"}`))
	})},
	{name: "license", about: "302 to licenseerror.php: the license of WHMCS is not valid", instead: always(func(Fault) *reply {
		p := htmlReply(http.StatusFound, "Found")
		p.header.Set("Location", "licenseerror.php")
		return p
	})},
	{name: "flagged", about: "a firewall's page for a connection that has had N (1) calls; a new one works", n: 1, instead: flagged},
	{name: "rate-limited", about: "429 with Retry-After: N (1) seconds", n: 1, instead: always(rateLimited)},
	{name: "server-error", about: "status N (500) with an HTML page", n: http.StatusInternalServerError, instead: always(func(f Fault) *reply {
		return htmlReply(f.N, http.StatusText(f.N))
	})},
	{name: "blank", about: "an empty body with status N (200)", n: http.StatusOK, instead: always(func(f Fault) *reply {
		return &reply{status: f.N, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}}
	})},
	{name: "maintenance", about: "the maintenance page with status N (200)", n: http.StatusOK, instead: always(func(f Fault) *reply {
		return htmlReply(f.N, "Down for Maintenance", "We are currently performing maintenance and will be back shortly.")
	})},

	// Access.
	{name: "invalid-ip", about: "status N (403), Invalid IP Text (203.0.113.7), unless the access key is sent", n: http.StatusForbidden, text: "203.0.113.7", instead: invalidIP},
	{name: "bad-credentials", about: "403 with the message Text (Authentication Failed)", text: "Authentication Failed", instead: always(func(f Fault) *reply {
		return failure(http.StatusForbidden, f.Text)
	})},
	{name: "not-permitted", about: "the API role lacks the action", instead: func(r *http.Request, _ Fault, _ *Server) *reply {
		return notPermitted(r.PostForm.Get("action"))
	}},
	{name: "admin-required", about: "200, An admin user is required: what a doubled path gives", instead: always(func(Fault) *reply {
		return failure(http.StatusOK, "An admin user is required")
	})},

	// Errors of an action.
	{name: "error", about: "200 with an error whose message is Text", text: "Client ID Not Found", instead: always(func(f Fault) *reply {
		return failure(http.StatusOK, f.Text)
	})},
	{name: "status-error", about: "200 with the error under the key status", text: "Client ID Not Found", instead: always(func(f Fault) *reply {
		return jsonReply(http.StatusOK, []byte(`{"status":"error","message":`+quoted(f.Text)+`}`))
	})},
	{name: "warning", about: "200 with a warning and no result", text: "Please Reload and Try Again", instead: always(func(f Fault) *reply {
		return jsonReply(http.StatusOK, []byte(`{"warning":`+quoted(f.Text)+`}`))
	})},

	// PHP.
	{name: "emitted", about: "500, Output has been emitted previously: a hook printed something", instead: always(emitted)},
	{name: "memory", about: "pages of more than N (50) rows exhaust PHP's memory; Text: 500, blank or cut-off", n: 50, text: "500", instead: memory},
	{name: "bom", about: "a byte order mark before the JSON", after: before("\ufeff")},
	{name: "blank-lines", about: "two blank lines before the JSON", after: before("\r\n\n")},
	{name: "php-warning", about: "a PHP warning before the JSON", after: before("<br />\n<b>Warning</b>:  Undefined variable $x in <b>hook.php</b> on line <b>3</b><br />\n")},
	{name: "comment", about: "an HTML comment behind the JSON", after: func(p *reply, _ Fault) {
		p.body = append(p.body, "\n<!-- 0.2s -->"...)
	}},
	{name: "trace", about: "a piece of a PHP trace, with braces, before and behind the JSON", after: func(p *reply, _ Fault) {
		p.body = append(append([]byte("#1 {closure}\n"), p.body...), "\n#0 {main}\n  thrown"...)
	}},
	{name: "twice", about: "the JSON, then an error as a second JSON", after: func(p *reply, _ Fault) {
		p.body = append(p.body, `{"result":"error","message":"Client ID Not Found"}`...)
	}},
	{name: "truncated", about: "the body ends after N percent (50), as if that were all", n: 50, after: func(p *reply, f Fault) {
		p.body = p.body[:len(p.body)*f.N/100]
	}},
	{name: "oversized", about: "the body is longer by N MiB (17)", n: 17, after: func(p *reply, f Fault) {
		p.pad = int64(f.N) << 20
	}},

	// The list of services.
	{name: "single", about: "a list of one row is the row itself", shape: func(sh *shape, _ Fault, _ int) { sh.container = containerSingle }},
	{name: "keyed", about: "the list is an object keyed by id, in no order", shape: func(sh *shape, _ Fault, _ int) { sh.container = containerKeyed }},
	{name: "nvp", about: "flat keys, as if JSON had not been asked for", shape: func(sh *shape, _ Fault, _ int) { sh.container = containerFlat }},
	{name: "empty", about: "an empty list is Text: string (default), array, missing, null, inner-null, inner-array or inner-string", text: "string", shape: func(sh *shape, f Fault, _ int) { sh.empty = f.Text }},
	{name: "lost-rows", about: "the total counts rows, but none is sent", shape: func(sh *shape, _ Fault, _ int) { sh.lost = true }},
	{name: "counts-more", about: "the total counts N (2) rows that are never sent", n: 2, shape: func(sh *shape, f Fault, _ int) { sh.grow = f.N }},
	{name: "filter-ignored", about: "all filters are ignored: everybody's services", shape: func(sh *shape, _ Fault, _ int) { sh.unfiltered = true }},
	{name: "more-rows", about: "N (2) times the rows that were asked for", n: 2, shape: func(sh *shape, f Fault, _ int) { sh.times = f.N }},
	{name: "fewer-rows", about: "at most N (10) rows, whatever was asked for", n: 10, shape: func(sh *shape, f Fault, _ int) { sh.most = f.N }},
	{name: "duplicates", about: "a page begins with the last N (1) rows of the page before", n: 1, shape: func(sh *shape, f Fault, _ int) { sh.repeat = f.N }},
	{name: "rows-go", about: "N (1) rows go away from the front after each call, for good", n: 1, lasting: true, shape: func(sh *shape, f Fault, seen int) { sh.gone = f.N * (seen - 1) }},
	{name: "total-changes", about: "the total grows by N (1) at each call", n: 1, shape: func(sh *shape, f Fault, seen int) { sh.grow = f.N * seen }},

	// The rows.
	{name: "numbers", about: "ids and counts are numbers, and there is no qty: an older version", shape: func(sh *shape, _ Fault, _ int) { sh.native = true }},
	{name: "strings", about: "every number is a string", shape: func(sh *shape, _ Fault, _ int) { sh.allStrings = true }},
	{name: "unreadable", about: "every Nth (3rd) row is text in the place of a row", n: 3, shape: func(sh *shape, f Fault, _ int) { sh.unreadable = f.N }},
	{name: "malformed", about: "services whose id is a multiple of N (2) have text that is not UTF-8: WHMCS refuses each page that holds one", n: 2, shape: func(sh *shape, f Fault, _ int) { sh.malformed = f.N }},
	{name: "odd-money", about: "recurring amounts in other spellings, some of which cannot be read, and cycles that nobody knows", shape: func(sh *shape, _ Fault, _ int) { sh.oddMoney = true }},
	{name: "odd-names", about: "every Nth (3rd) row has a list for a name", n: 3, shape: func(sh *shape, f Fault, _ int) { sh.oddName = f.N }},
	{name: "no-status", about: "the status is absent in rows with an odd id and blank in the others", shape: func(sh *shape, _ Fault, _ int) { sh.noStatus = true }},
	{name: "odd-dates", about: "zero dates and days that no calendar has", shape: func(sh *shape, _ Fault, _ int) { sh.oddDates = true }},
	{name: "odd-options", about: "options with number, text and true as values; custom fields are an empty string", shape: func(sh *shape, _ Fault, _ int) { sh.oddOptions = true }},
	{name: "hostile", about: "names and domains hold mentions, links and entities", shape: func(sh *shape, _ Fault, _ int) { sh.hostile = true }},
	{name: "no-server", about: "the server's fields are empty when no client is asked for", shape: func(sh *shape, _ Fault, _ int) { sh.noServer = true }},
}

func quoted(s string) string { return string(appendString(nil, s)) }

// redirect sends the caller elsewhere.
func redirect(r *http.Request, f Fault, _ *Server) *reply {
	to := f.Text
	if to == "" {
		to = "https://" + r.Host + r.URL.Path
	}
	p := htmlReply(f.N, http.StatusText(f.N))
	p.header.Set("Location", to)
	return p
}

// waf is the page by which a firewall wants to see a browser.
func waf(f Fault) *reply {
	p := htmlReply(f.N, "Just a moment...", `<span class="cf-browser-verification">Checking your browser before accessing the site.</span>`)
	p.header.Set("Server", "cloudflare")
	return p
}

// flagged refuses a connection that a firewall has condemned, whoever calls.
func flagged(r *http.Request, f Fault, _ *Server) *reply {
	calls, ok := r.Context().Value(callsOfConn{}).(*atomic.Int64)
	if !ok || calls.Add(1) <= int64(f.N) {
		return nil
	}
	return htmlReply(http.StatusForbidden, "Access denied")
}

// rateLimited is what a proxy says; WHMCS itself has no limit.
func rateLimited(f Fault) *reply {
	p := htmlReply(http.StatusTooManyRequests, "Too Many Requests")
	p.header.Set("Retry-After", strconv.Itoa(f.N))
	return p
}

// invalidIP refuses the caller's address. The access key goes past this check.
func invalidIP(r *http.Request, f Fault, s *Server) *reply {
	if r.PostForm.Get("accesskey") == s.cfg.AccessKey {
		return nil
	}
	return failure(f.N, "Invalid IP "+f.Text)
}

// emitted is the page of builds that refuse to reply once a hook has printed
// something. It holds a stack trace with a path and a piece of a payload, neither
// of which anybody should quote.
func emitted(Fault) *reply {
	return htmlReply(http.StatusInternalServerError, "Oops!",
		"Output has been emitted previously; cannot emit response",
		"#0 /home/billing/public_html/vendor/emitter.php(42): emit(&quot;"+PlantedPassword+"-trace&quot;)")
}

// memory breaks on pages that are too long, in one of the ways in which PHP does.
func memory(r *http.Request, f Fault, _ *Server) *reply {
	if limit(r.PostForm) <= f.N {
		return nil
	}
	switch f.Text {
	case "blank":
		return &reply{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}}
	case "cut-off":
		return jsonReply(http.StatusOK, []byte(`{"result":"success","totalresults":"4312","startnumber":0,"products":{"product":[{"id":"1","cli`))
	}
	return htmlReply(http.StatusInternalServerError, "Fatal error",
		fmt.Sprintf("<b>Fatal error</b>:  Allowed memory size of %d bytes exhausted (tried to allocate 20480 bytes)", 128<<20),
		strings.Repeat(" ", 16))
}
