// Package whmcs reads services out of a WHMCS installation through its external
// API. It only reads.
package whmcs

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
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

// An API is a handle on one WHMCS installation, for the whole process and for
// any number of goroutines.
type API struct{}

// New checks cfg and returns a handle. It makes no call.
func New(cfg Config) (*API, error) { return &API{}, nil }

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
	return nil, errors.New("not yet")
}

// Pages reads all pages from req.LimitStart on, in WHMCS's order, without
// duplicate ids. It stops when the caller stops and always ends. An error is the
// last thing it yields.
func (a *API) Pages(ctx context.Context, req GetClientsProductsRequest) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {}
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
