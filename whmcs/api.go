package whmcs

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// Config says how to reach an installation and how gently. It is reached over HTTP,
// with a URL and credentials, or by a Way that needs neither.
type Config struct {
	URL string // with or without /includes/api.php; https unless loopback

	Identifier, Secret   Secret // API credentials, or
	Username, Password   Secret // a legacy admin login; Password in the clear, sent as its MD5
	AccessKey, BasicAuth Secret // optional; BasicAuth is user:password

	Timeout       time.Duration // one call; 0: 30 s
	PageSize      int           // rows a call; 0: 100
	MaxConcurrent int           // calls at once; 0: 4
	Places        Places        // of all processes together that call the installation; nil: this is the only one
	CacheTTL      time.Duration // 0: no cache

	Log       *slog.Logger      // nil: none
	LeftAlone func(Trouble)     // called when the installation is left alone after failures; must be quick; nil: none
	Observe   func(Call)        // called after each call and cache hit; must be quick; nil: none
	Transport http.RoundTripper // nil: the package's own

	Way Way // in place of URL, credentials and Transport; nil: HTTP
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
	way      Way
	creds    *credentials
	log      *slog.Logger
	observer func(Call)
	tells    func(Trouble)

	timeout       time.Duration
	pageSize      int
	maxConcurrent int

	gate    gate
	places  Places
	hold    hold
	breaker breaker
	size    pageSize
	denied  denials
	broken  brokenRows

	pages   *cache[GetClientsProductsRequest, *Page]
	clients *cache[clientKey, *Client]
	found   *cache[string, Clients] // by the text searched for, in lower case
	servers *cache[struct{}, []Server]
}

// New checks cfg and returns a handle. It makes no call. The error joins all
// problems of cfg, each a *FieldError.
func New(cfg Config) (*API, error) {
	var problems []error
	for _, wrong := range cfg.Problems() {
		problems = append(problems, wrong)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	a := &API{
		way:           cfg.Way,
		creds:         newCredentials(cfg),
		log:           cfg.Log,
		observer:      cfg.Observe,
		tells:         cfg.LeftAlone,
		timeout:       cmp.Or(cfg.Timeout, defaultTimeout),
		pageSize:      cmp.Or(cfg.PageSize, defaultPageSize),
		maxConcurrent: cmp.Or(cfg.MaxConcurrent, defaultMaxConcurrent),
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.gate.free, a.places = a.maxConcurrent, cfg.Places
	if err := a.newCaches(cfg.CacheTTL); err != nil {
		return nil, err
	}
	if a.way == nil {
		transport := cfg.Transport
		if transport == nil {
			transport = newTransport(a.maxConcurrent)
		}
		endpoint, _ := endpointOf(cfg.URL) // checked above
		a.way = newOverHTTP(endpoint, a.creds, transport)
	}
	return a, nil
}

// How many bytes of answers are kept, by the size of their texts and structures.
const (
	pageCacheBytes   = 2 << 20 // a scan's rows are kept elsewhere
	clientCacheBytes = 4 << 20
	serverCacheBytes = 1 << 20
)

func (a *API) newCaches(ttl time.Duration) error {
	var problems [4]error
	a.pages, problems[0] = newCache[GetClientsProductsRequest](ttl, pageCacheBytes, (*Page).weight)
	a.clients, problems[1] = newCache[clientKey](ttl, clientCacheBytes, (*Client).weight)
	a.servers, problems[2] = newCache[struct{}](ttl, serverCacheBytes, weightOfServers)
	a.found, problems[3] = newCache[string](ttl, clientCacheBytes, weightOfClients)
	return errors.Join(problems[:]...)
}

// Close lets go of what is idle, such as connections. The handle can still be used.
func (a *API) Close() { a.way.Rest() }

// String names the handle without its credentials.
func (a *API) String() string { return "whmcs.API(" + a.way.String() + ")" }

// GoString is String, so that no verb prints what the handle holds.
func (a *API) GoString() string { return a.String() }
