package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
)

// What the report says a WHMCS check is about. The first four are stages of one
// call: where one fails, those after it cannot be judged.
const (
	aboutReach    = "address"
	aboutTLS      = "certificate"
	aboutAccess   = "access"
	aboutProducts = "GetClientsProducts"
	aboutDetails  = "GetClientsDetails"
	aboutNames    = "names, GetClients"
	aboutServers  = "GetServers"
	aboutReplies  = "replies"
	aboutTimes    = "times"
)

const (
	certificateSoon = 14 * 24 * time.Hour // an expiry that is reported
	nobodysClient   = 2_000_000_011       // an id that no installation has reached
	largestPage     = 100                 // of those that are timed
)

// placeholder is sent as a credential where there is none, to check what comes before
// credentials: WHMCS refuses an identifier that it does not know.
const placeholder = "servicesbot-doctor"

// whmcs checks the installation through the client that the bot uses.
func (d *doctor) whmcs(ctx context.Context) {
	d.area = "WHMCS"
	if len(d.cfg.worker.Command) > 0 {
		d.localAPI(ctx)
		return
	}
	cfg := d.cfg.whmcs
	lacks := d.lacksCredentials()
	if lacks != "" {
		cfg.Identifier, cfg.Secret, cfg.Username, cfg.Password = placeholder, placeholder, "", ""
	}
	wire := newWire()
	cfg.Transport, cfg.Log, cfg.CacheTTL = wire, nil, 0
	api, err := whmcs.New(cfg)
	if err != nil {
		why := d.absent("WHMCS_URL")
		if cfg.URL != "" {
			why = "the settings of WHMCS are not right"
		}
		d.skip(why, aboutReach, aboutTLS, aboutAccess, aboutProducts, aboutTimes, aboutReplies, aboutDetails, aboutNames, aboutServers)
		return
	}
	defer api.Close()
	defer wire.CloseIdleConnections()
	v := &visit{doctor: d, api: api, wire: wire, lacks: lacks}
	if !v.access(ctx) {
		d.skip(cmp.Or(lacks, "GetClientsProducts does not work"), aboutTimes, aboutReplies, aboutDetails, aboutNames, aboutServers)
		return
	}
	v.examine(ctx)
}

// examine looks at what an installation that answers does.
func (v *visit) examine(ctx context.Context) {
	v.times(ctx)
	v.replies(ctx)
	v.details(ctx)
	v.names(ctx)
	v.servers(ctx)
}

// absent says why a setting has no value.
func (d *doctor) absent(setting string) string {
	if slices.Contains(d.cfg.unread, setting) {
		return setting + "_FILE gives no value"
	}
	return setting + " is not set"
}

// lacksCredentials says why WHMCS cannot be asked with credentials, "" where it can.
func (d *doctor) lacksCredentials() string {
	c := d.cfg.whmcs
	credential, login := c.Identifier != "" || c.Secret != "", c.Username != "" || c.Password != ""
	switch {
	case credential && login:
		return "WHMCS_IDENTIFIER and WHMCS_USERNAME are both set"
	case !credential && !login:
		return "WHMCS_IDENTIFIER and WHMCS_SECRET are not set"
	case credential && c.Identifier == "":
		return d.absent("WHMCS_IDENTIFIER")
	case credential && c.Secret == "":
		return d.absent("WHMCS_SECRET")
	case login && c.Username == "":
		return d.absent("WHMCS_USERNAME")
	case login && c.Password == "":
		return d.absent("WHMCS_PASSWORD")
	}
	return ""
}

// A visit is the doctor at one installation.
type visit struct {
	*doctor
	api   *whmcs.API
	wire  *wire
	lacks string // why there are no credentials; "": there are

	page  *whmcs.Page // the largest that could be had
	shape shape       // of that page
}

// get asks for a page, past the cache, within the time of two calls.
func (v *visit) get(ctx context.Context, req whmcs.GetClientsProductsRequest) (*whmcs.Page, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*v.timeout())
	defer cancel()
	req.Fresh = true
	return v.api.GetClientsProducts(ctx, req)
}

// timeout is the time limit of one call: the default where WHMCS_TIMEOUT is not right.
func (v *visit) timeout() time.Duration { return cmp.Or(v.cfg.whmcs.Timeout, 30*time.Second) }

// access makes the smallest useful call, and reports every stage before an answer, up to
// the first that fails.
func (v *visit) access(ctx context.Context) bool {
	p, err := v.get(ctx, whmcs.GetClientsProductsRequest{LimitNum: 1})
	v.page = p
	failed := v.stageOf(err)
	stages := []string{aboutReach, aboutTLS, aboutAccess, aboutProducts}
	for i, about := range stages {
		switch {
		case about == aboutAccess && v.lacks != "" && errors.Is(err, whmcs.ErrBadCredentials):
			v.skip(v.lacks, stages[i:]...)
			return false
		case about == failed:
			v.trouble(about, err)
			rest := stages[i+1:]
			if state, _, _ := v.wire.seen(); about == aboutReach && state != nil {
				v.certificate() // the reply came over TLS
				rest = rest[1:]
			}
			v.skip("the check before it failed", rest...)
			return false
		case about == aboutReach:
			v.ok(about, "%s answers", hostOf(v.cfg.whmcs.URL))
		case about == aboutTLS:
			v.certificate()
		case about == aboutAccess:
			v.ok(about, "WHMCS accepts the credentials, and this machine's address")
		case about == aboutProducts:
			v.ok(about, "permitted; WHMCS counts %d services", p.Of)
		}
	}
	return true
}

// stageOf returns the check of access that an error belongs to; "" for none. The IP
// address and the credentials are one check: which WHMCS looks at first is not known.
func (v *visit) stageOf(err error) string {
	e, ok := errors.AsType[*whmcs.Error](err)
	if _, untrusted, _ := v.wire.seen(); err != nil && untrusted != nil {
		return aboutTLS
	}
	switch {
	case err == nil:
		return ""
	case !ok:
		return aboutReach
	}
	switch e.Kind {
	case whmcs.ErrIPNotAllowed, whmcs.ErrBadCredentials:
		return aboutAccess
	case whmcs.ErrActionNotPermitted, whmcs.ErrNotFound, whmcs.ErrWHMCS:
		return aboutProducts
	}
	return aboutReach
}

// trouble reports a failed call and what to do about it.
func (v *visit) trouble(about string, err error) {
	says, fix := v.inWords(err)
	v.problem(about, says, fix)
}

func (v *visit) inWords(err error) (says, fix string) {
	if _, untrusted, _ := v.wire.seen(); untrusted != nil {
		return "not trusted: " + untrusted.Unwrap().Error(),
			"Let the web server of WHMCS send a valid certificate with its whole chain, or name the authority's file in SSL_CERT_FILE."
	}
	e, ok := errors.AsType[*whmcs.Error](err)
	if !ok {
		return err.Error(), ""
	}
	return failureInWords(e), formatting.Advice(e)
}

// failureInWords says what a failed call met.
func failureInWords(e *whmcs.Error) string {
	says := string(e.Kind)
	switch {
	case e.IP != "":
		return "WHMCS refuses this machine, whose address it sees as " + e.IP
	case e.Location != "":
		return says + ": it redirects to " + e.Location
	case e.Detail == whmcs.DetailNotHTTPS:
		return "that port does not speak https"
	case e.Last != nil:
		return says + ": " + failureInWords(e.Last)
	}
	for _, more := range []string{string(e.Detail), e.Message} {
		if more != "" {
			says += ": " + more
		}
	}
	return says
}

// certificate reports on the TLS connection of the last reply.
func (v *visit) certificate() {
	state, _, _ := v.wire.seen()
	if state == nil || len(state.PeerCertificates) == 0 {
		v.ok(aboutTLS, "none, as WHMCS is on this machine")
		return
	}
	until := state.PeerCertificates[0].NotAfter
	day := until.UTC().Format(time.DateOnly)
	if time.Until(until) < certificateSoon {
		v.note(aboutTLS, "trusted, but only until "+day, "Renew the certificate of the web server of WHMCS.")
		return
	}
	v.ok(aboutTLS, "trusted, until %s", day)
}

// times reports how long pages take, and what follows for a question that looks at
// every service.
func (v *visit) times(ctx context.Context) {
	var says []string
	var took time.Duration
	for _, n := range []int{1, 25, largestPage} {
		began := time.Now()
		p, err := v.get(ctx, whmcs.GetClientsProductsRequest{LimitNum: n})
		took = time.Since(began)
		if err != nil {
			v.trouble(fmt.Sprintf("%s, a page of %d", aboutTimes, n), err)
			return
		}
		says = append(says, fmt.Sprintf("%d in %s", len(p.Services)+p.Unreadable, took.Round(time.Millisecond)))
		v.page = p
		_, _, v.shape = v.wire.seen()
		if p.LimitNum < n { // the failed tries are not the time of a page
			began = time.Now()
			if again, err := v.get(ctx, whmcs.GetClientsProductsRequest{LimitNum: p.LimitNum}); err == nil {
				took, v.page = time.Since(began), again
			}
			v.note(aboutTimes, fmt.Sprintf("WHMCS failed on a page of %d services and managed one of %d", n, p.LimitNum),
				fmt.Sprintf("Raise PHP's memory_limit on the server of WHMCS, or set WHMCS_PAGE_SIZE=%d.", p.LimitNum))
		}
	}
	if took > v.timeout()/2 {
		v.note(aboutTimes, "the last page took more than half of WHMCS_TIMEOUT", "Lower WHMCS_PAGE_SIZE or raise WHMCS_TIMEOUT.")
	}
	v.ok(aboutTimes, "services: %s%s", strings.Join(says, ", "), v.scanTime(took))
}

// scanTime is about how long a question takes that WHMCS cannot filter for, if each page
// has as many rows as the last and takes as long.
func (v *visit) scanTime(page time.Duration) string {
	rows := len(v.page.Services) + v.page.Unreadable
	total := min(v.page.Of, v.cfg.scanRows)
	at := v.cfg.whmcs.MaxConcurrent
	if rows == 0 || total <= rows || at < 1 {
		return ""
	}
	rounds := (total + rows*at - 1) / (rows * at)
	return fmt.Sprintf("; a question that looks at %d takes about %s", total, (time.Duration(rounds) * page).Round(time.Millisecond))
}

// replies reports how this installation writes its replies, as far as answers depend on it.
func (v *visit) replies(ctx context.Context) {
	if v.shape.number != "" {
		says := fmt.Sprintf("the services are %s, an id is %s", v.shape.container, v.shape.number)
		if !v.shape.qty {
			says += "; there are no quantities (they came with WHMCS 8.12), so each counts as 1"
		}
		v.ok(aboutReplies, "%s", says)
	}
	var placed, named, stateless int
	for i := range v.page.Services {
		s := &v.page.Services[i]
		if s.ServerID != 0 {
			placed++
		}
		if s.ServerID != 0 && s.ServerName+s.ServerHostname+s.ServerIP != "" {
			named++
		}
		if s.Status == whmcs.StatusUnknown {
			stateless++
		}
	}
	switch {
	case placed == 0:
		v.skip("no service of the page is on a server", aboutReplies+", servers")
	case named == 0:
		v.note(aboutReplies+", servers", "services come without their server's name unless a client is asked for", "Permit GetServers in the API role, so that server:NAME works without a client.")
	default:
		v.ok(aboutReplies+", servers", "services come with their server's name")
	}
	if stateless > 0 {
		v.note(aboutReplies+", status", fmt.Sprintf("%d of %d services have none and are shown as unknown", stateless, len(v.page.Services)), "Update WHMCS: old versions leave the status out.")
	}
	if n := v.page.Unreadable; n > 0 {
		v.note(aboutReplies+", rows", fmt.Sprintf("%d of %d cannot be read; answers say so", n, n+len(v.page.Services)), "Look for a hook or addon that changes the replies of the API.")
	}
	v.filters(ctx)
}

// filters asks for a client that does not exist: WHMCS must have nothing for it.
func (v *visit) filters(ctx context.Context) {
	const about = aboutReplies + ", filters"
	p, err := v.get(ctx, whmcs.GetClientsProductsRequest{ClientID: nobodysClient, LimitNum: 1})
	_, _, shape := v.wire.seen()
	switch {
	case errors.Is(err, whmcs.ErrNotFound):
		v.ok(about, "a client that does not exist is an error")
	case err != nil:
		v.trouble(about, err)
	case p.Foreign > 0:
		v.problem(about, "WHMCS ignores the filter clientid and sends the services of other clients, which the bot leaves out",
			"Look for a hook or addon that changes the API's parameters.")
	default:
		v.ok(about, "a client that does not exist has no services (%s)", shape.container)
	}
}

// details checks whether clients can be read; it keeps nothing of what it reads.
func (v *visit) details(ctx context.Context) {
	id := 1
	if len(v.page.Services) > 0 {
		id = v.page.Services[0].ClientID
	}
	c, err := v.api.GetClientsDetails(ctx, id, "")
	v.optional(aboutDetails, err, "email: finds clients, and answers about one client show its name",
		"email: does not work, and clients are shown as numbers")
	if want := v.cfg.currency; err == nil && want != "" && c.CurrencyCode != "" && c.CurrencyCode != want {
		v.note("WHMCS_CURRENCY", fmt.Sprintf("is %s, and there is a client with %s", want, c.CurrencyCode), "Leave it unset if clients have several currencies.")
	}
}

// names looks whether clients can be found by name; what is found is dropped.
func (v *visit) names(ctx context.Context) {
	_, err := v.api.GetClients(ctx, "a")
	v.optional(aboutNames, err, "client:NAME finds clients by the beginning of a name or company",
		"clients cannot be found by their names")
}

// servers checks whether servers can be read.
func (v *visit) servers(ctx context.Context) {
	_, err := v.api.GetServers(ctx)
	v.optional(aboutServers, err, "server:NAME works even where services come without the name",
		"where services come without their server's name, server: takes only its number")
}

// optional reports on an action that the bot can do without.
func (v *visit) optional(action string, err error, with, without string) {
	switch {
	case err == nil, errors.Is(err, whmcs.ErrNotFound):
		v.ok(action, "permitted: %s", with)
	case errors.Is(err, whmcs.ErrActionNotPermitted):
		v.note(action, "not permitted: "+without, "Tick "+action+" in the API role if you want that.")
	default:
		v.trouble(action, err)
	}
}

// hostOf is the host of a URL that whmcs.New took.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "it"
	}
	return u.Host
}
