// Package whmcs reads services out of a WHMCS installation through its external
// API. It only reads.
package whmcs

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config says how to reach an installation and how gently.
type Config struct {
	URL string // with or without /includes/api.php; https unless loopback

	Identifier, Secret   Secret // API credentials, or
	Username, Password   Secret // a legacy admin login; Password in the clear, sent as its MD5
	AccessKey, BasicAuth Secret // optional; BasicAuth is user:password

	Timeout       time.Duration // one HTTP call; 0: 30 s
	PageSize      int           // rows a call; 0: 100
	MaxConcurrent int           // calls at once; 0: 4
	CacheTTL      time.Duration // 0: no cache

	Log       *slog.Logger      // nil: none
	Transport http.RoundTripper // nil: the package's own
}

// The defaults of Config.
const (
	defaultTimeout       = 30 * time.Second
	defaultPageSize      = 100
	defaultMaxConcurrent = 4
)

// An API is a handle on one WHMCS installation, for the whole process and for
// any number of goroutines.
type API struct {
	endpoint string
	creds    *credentials
	hc       *http.Client
	log      *slog.Logger

	timeout       time.Duration
	pageSize      int
	maxConcurrent int
}

// New checks cfg and returns a handle. It makes no call. The error joins all
// problems of cfg, each led by the field's name and without its value.
func New(cfg Config) (*API, error) {
	endpoint, err := endpointOf(cfg.URL)
	if err := errors.Join(err, cfg.checkCredentials(), cfg.checkNumbers()); err != nil {
		return nil, err
	}
	a := &API{
		endpoint:      endpoint,
		creds:         newCredentials(cfg),
		log:           cfg.Log,
		timeout:       cmp.Or(cfg.Timeout, defaultTimeout),
		pageSize:      cmp.Or(cfg.PageSize, defaultPageSize),
		maxConcurrent: cmp.Or(cfg.MaxConcurrent, defaultMaxConcurrent),
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport(a.maxConcurrent)
	}
	a.hc = &http.Client{Transport: transport, CheckRedirect: refuseRedirect}
	return a, nil
}

// String names the handle without its credentials.
func (a *API) String() string { return "whmcs.API(" + a.endpoint + ")" }

// GoString is String, so that no verb prints what the handle holds.
func (a *API) GoString() string { return a.String() }

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
	TotalResults int // rows that WHMCS counts for the request, over all pages
	StartNumber  int
	Services     []Service
	Foreign      int       // rows dropped because they are not what was asked for
	Unreadable   int       // rows that could not be read
	AsOf         time.Time // when WHMCS answered; older than now where it came from the cache
	Calls        int       // HTTP calls made for it, tries included; 0: from the cache
}

// GetClientsProducts reads one page of services.
func (a *API) GetClientsProducts(ctx context.Context, req GetClientsProductsRequest) (*Page, error) {
	return a.products(ctx, req)
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

// params returns r as WHMCS's parameters, without those that are not set.
func (r GetClientsProductsRequest) params() url.Values {
	v := url.Values{"limitnum": {strconv.Itoa(r.LimitNum)}}
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

// A Client is a customer, as GetClientsDetails tells.
type Client struct {
	ID           int
	Name         string // first and last name
	Company      string
	Email        string
	CurrencyCode string // EUR
}

// GetClientsDetails reads one client by id or, where id is 0, by exact e-mail
// address. Without the permission for it the error is ErrActionNotPermitted;
// this is asked once and remembered.
func (a *API) GetClientsDetails(ctx context.Context, id int, email string) (*Client, error) {
	return nil, errors.New("not yet")
}

// A Server is a machine that services live on.
type Server struct {
	ID       int
	Name     string
	Hostname string
	IP       string
}

// GetServers reads all servers. Without the permission for it the error is
// ErrActionNotPermitted; this is asked once and remembered.
func (a *API) GetServers(ctx context.Context) ([]Server, error) {
	return nil, errors.New("not yet")
}
