package whmcs

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// actionProducts is the action that lists services.
const actionProducts = "GetClientsProducts"

// A GetClientsProductsRequest names the services to be read. Zero fields are not
// sent; all that are sent must match.
type GetClientsProductsRequest struct {
	LimitStart int // offset of the first row
	LimitNum   int // rows a page; 0: Config.PageSize

	ClientID  int
	ServiceID int
	PID       int
	Domain    string // exact
	Username2 string // the service's username, exact

	Fresh bool // not sent: goes past the cache
}

// A Page is one reply to GetClientsProducts.
type Page struct {
	Coverage
	StartNumber int       // offset of its first row, as it was asked for
	Next        int       // offset behind its last row, as WHMCS sent it
	LastID      int       // id of that row; 0: there is none, or it could not be read
	LimitNum    int       // rows asked for in the end: fewer than wanted where WHMCS broke on more
	Services    []Service // the caller's own, but for the slices in them, which are shared

	counted bool // WHMCS said how many rows there are
}

// ErrNoRows is the cause of the error of a page that should have rows: WHMCS counts
// more than it sends.
var ErrNoRows = errors.New("no rows")

// GetClientsProducts reads one page of services. No services and no error means
// that WHMCS answered and has none. Where WHMCS has no such client or service it
// may also say ErrNotFound.
func (a *API) GetClientsProducts(ctx context.Context, req GetClientsProductsRequest) (*Page, error) {
	return a.products(ctx, req, false)
}

// products is GetClientsProducts with the cache; scan is for pages that others
// may overtake.
func (a *API) products(ctx context.Context, req GetClientsProductsRequest, scan bool) (*Page, error) {
	if err := req.check(); err != nil {
		return nil, a.named(actionProducts, err)
	}
	req.LimitStart = max(0, req.LimitStart)
	if req.LimitNum <= 0 {
		req.LimitNum = a.pageSize
	}
	fresh := req.Fresh
	req.Fresh = false
	shared, from, err := a.pages.get(ctx, req, fresh, func(ctx context.Context) (*Page, error) {
		return a.loadPage(ctx, req, scan)
	})
	a.noteUncalled(actionProducts, from, err)
	if err != nil {
		return nil, a.ended(ctx, actionProducts, err)
	}
	p := *shared
	p.Services = slices.Clone(p.Services)
	if from != fromCall {
		p.Calls = 0
	}
	return &p, nil
}

// check refuses ids that no row has: left out, they would ask for everybody's
// services.
func (r GetClientsProductsRequest) check() error {
	if r.ClientID < 0 || r.ServiceID < 0 || r.PID < 0 {
		return &Error{Kind: ErrNotFound, Detail: DetailNoID}
	}
	return nil
}

// matches reports whether s is what r asks for: WHMCS ignores parameters that it
// does not know, and then answers with everybody's services. Texts compare
// without case, as WHMCS's database does.
func (r GetClientsProductsRequest) matches(s *Service) bool {
	return (r.ClientID == 0 || r.ClientID == s.ClientID) &&
		(r.ServiceID == 0 || r.ServiceID == s.ID) &&
		(r.PID == 0 || r.PID == s.PID) &&
		(r.Domain == "" || strings.EqualFold(r.Domain, s.Domain)) &&
		(r.Username2 == "" || strings.EqualFold(r.Username2, s.Username))
}

// params returns r as WHMCS's parameters, without those that are not set and
// without limitnum, which each try sets.
func (r GetClientsProductsRequest) params() url.Values {
	v := url.Values{}
	for name, n := range map[string]int{"limitstart": r.LimitStart, "clientid": r.ClientID, "serviceid": r.ServiceID, "pid": r.PID} {
		if n != 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	if r.Domain != "" {
		v.Set("domain", r.Domain)
	}
	if r.Username2 != "" {
		v.Set("username2", r.Username2)
	}
	return v
}

// loadPage asks WHMCS for a page, and reads around rows that WHMCS cannot encode.
func (a *API) loadPage(ctx context.Context, req GetClientsProductsRequest, scan bool) (*Page, error) {
	p, err := a.readPage(ctx, req, scan)
	if errors.Is(err, ErrMalformed) {
		return a.readAround(ctx, req, scan)
	}
	return p, err
}

// readPage asks WHMCS for a page.
func (a *API) readPage(ctx context.Context, req GetClientsProductsRequest, scan bool) (*Page, error) {
	ans, err := a.ask(ctx, question{
		action: actionProducts, params: req.params(), scan: scan,
		limit: req.LimitNum, fixed: req.ServiceID != 0,
	})
	if err != nil {
		return nil, err
	}
	p, err := decodePage(ans.frame, req)
	if err != nil {
		return nil, a.named(actionProducts, err)
	}
	if p.Looked == 0 && p.Of > req.LimitStart {
		return nil, a.named(actionProducts, &Error{
			Kind: ErrWHMCS, Detail: DetailNoRows, cause: ErrNoRows,
			Message: strconv.Itoa(p.Of) + " rows, from row " + strconv.Itoa(req.LimitStart),
		})
	}
	p.LimitNum, p.AsOf, p.Calls = ans.limit, ans.at, ans.calls
	if p.Foreign > 0 || p.Unreadable > 0 {
		a.log.Warn("rows were dropped", "foreign", p.Foreign, "unreadable", p.Unreadable, "asked", slices.Sorted(maps.Keys(req.params())))
	}
	return p, nil
}

// weight returns about how many bytes p takes.
func (p *Page) weight() uint32 {
	n := int(unsafe.Sizeof(*p))
	for i := range p.Services {
		n += p.Services[i].weight()
	}
	return uint32(n)
}

// weight returns about how many bytes s takes.
func (s *Service) weight() int {
	n := int(unsafe.Sizeof(*s)) + textBytes(s.OrderNumber, string(s.RegDate), s.Name, s.TranslatedName, s.GroupName,
		s.TranslatedGroupName, s.Domain, s.DedicatedIP, s.ServerName, s.ServerIP, s.ServerHostname, s.SuspensionReason,
		string(s.FirstPaymentAmount), string(s.RecurringAmount), s.PaymentMethod, s.PaymentMethodName,
		string(s.NextDueDate), s.Username, s.SubscriptionID, string(s.OverideSuspendUntil), s.NS1, s.NS2,
		s.AssignedIPs, s.Notes, string(s.LastUpdate))
	for _, f := range s.CustomFields {
		n += int(unsafe.Sizeof(f)) + textBytes(f.Name, f.TranslatedName, f.Value)
	}
	for _, o := range s.ConfigOptions {
		n += int(unsafe.Sizeof(o)) + textBytes(o.Option, o.Type, o.Value)
	}
	return n
}

func textBytes(texts ...string) (n int) {
	for _, t := range texts {
		n += len(t)
	}
	return n
}
