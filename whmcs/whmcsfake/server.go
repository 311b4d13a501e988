package whmcsfake

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Credentials that the fake takes where Config names no others. They are no
// secrets, but they look like some, so that a test can search logs for them.
const (
	Identifier    = "fakeIdentifier0123456789abcdefAB"
	Secret        = "fakeSecret0123456789abcdefABCDEF"
	AdminUser     = "fakeadmin"
	AdminPassword = "fake-admin-password"
	AccessKey     = "fake-access-key"
)

// Config says what kind of installation the fake is. The zero value is a good
// one.
type Config struct {
	Addr     string    // to listen on; "": a free port of 127.0.0.1
	Services int       // how many there are; 0: DefaultServices; at least the 28 that are fixed
	Now      time.Time // the day that due dates are spread around; zero: today
	Currency string    // of all clients; "": EUR

	// Credentials; "": the constants above.
	Identifier, Secret string
	Username, Password string // a legacy admin login; Password in the clear
	AccessKey          string
	BasicAuth          string // user:password demanded in front of everything; "": none

	Actions []string      // what the API role permits; nil: all that the fake has
	Latency time.Duration // time that every call takes, beside the fault "slow"
	OnCall  func(Call)    // called after every call; nil: nobody
}

// A Server is the fake. It is an http.Handler, and a server of its own between
// Start and Close.
type Server struct {
	cfg  Config
	data atomic.Pointer[installation]
	log  callLog

	mu      sync.Mutex
	addr    string       // what Start got, kept for coming back after "down"
	http    *http.Server // nil: not listening
	faults  []*active
	gone    chan struct{} // closed by Close
	changed chan struct{} // closed and replaced by Clear
}

// New returns a fake that is not listening yet.
func New(cfg Config) *Server {
	cfg.Identifier = cmp.Or(cfg.Identifier, Identifier)
	cfg.Secret = cmp.Or(cfg.Secret, Secret)
	cfg.Username = cmp.Or(cfg.Username, AdminUser)
	cfg.Password = cmp.Or(cfg.Password, AdminPassword)
	cfg.AccessKey = cmp.Or(cfg.AccessKey, AccessKey)
	cfg.Currency = cmp.Or(cfg.Currency, "EUR")
	cfg.Addr = cmp.Or(cfg.Addr, "127.0.0.1:0")
	if cfg.Now.IsZero() {
		cfg.Now = time.Now()
	}
	s := &Server{cfg: cfg, gone: make(chan struct{}), changed: make(chan struct{})}
	s.log.init()
	s.Resize(cfg.Services)
	return s
}

// Resize makes it an installation with n services; 0: DefaultServices. It can be
// called while calls are served. A service keeps its contents at any size.
func (s *Server) Resize(n int) { s.data.Store(newInstallation(n, s.cfg.Now)) }

// Suspend suspends the n active services with the lowest ids on the server of a name, and no
// others that it suspended before; 0: none. Resize undoes it.
func (s *Server) Suspend(server string, n int) {
	was := s.data.Load()
	in := *was
	in.suspended = map[int]bool{}
	for id := 1; id <= in.n && len(in.suspended) < n; id++ {
		if sv := in.asMade(id); sv.server != nil && strings.EqualFold(sv.server.name, server) && sv.status == "Active" {
			in.suspended[id] = true
		}
	}
	s.data.Store(&in)
}

// Services returns how many services there are.
func (s *Server) Services() int { return s.data.Load().n }

// Start listens and serves until Close.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listen()
}

// listen opens the port, the same one after the first time. s.mu is held.
func (s *Server) listen() error {
	if s.http != nil {
		return errors.New("already listening")
	}
	ln, err := net.Listen("tcp", cmp.Or(s.addr, s.cfg.Addr))
	if err != nil {
		return err
	}
	s.addr = ln.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ConnContext: countCalls}
	go s.http.Serve(ln) // ends when unlisten closes the server
	return nil
}

// callsOfConn is where a connection's context has its number of calls.
type callsOfConn struct{}

func countCalls(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, callsOfConn{}, new(atomic.Int64))
}

// unlisten closes the port and every connection. s.mu is held.
func (s *Server) unlisten() error {
	if s.http == nil {
		return nil
	}
	err := s.http.Close()
	s.http = nil
	return err
}

// URL returns the base address, without a path and without a slash at its end;
// "" before Start.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.addr == "" {
		return ""
	}
	return "http://" + s.addr
}

// Close stops listening and ends every call that hangs. It may be called again.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.gone:
	default:
		close(s.gone)
	}
	return s.unlisten()
}

// Serve runs a fake until ctx ends, for a process of its own. It calls ready with
// the base address as soon as it listens.
func Serve(ctx context.Context, cfg Config, ready func(url string)) error {
	s := New(cfg)
	if err := s.Start(); err != nil {
		return err
	}
	ready(s.URL())
	<-ctx.Done()
	return s.Close()
}

// maxForm is the largest request body that is read, in bytes; no call needs more
// than a few hundred.
const maxForm = 64 << 10

// ServeHTTP answers any path that ends in /includes/api.php, so that an
// installation in a subdirectory can be played as well.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handle(r.Context(), w, r).write(w, r, s)
}

// handle works one request out, up to the reply that is to be written.
func (s *Server) handle(ctx context.Context, w http.ResponseWriter, r *http.Request) *reply {
	const api = "/includes/api.php"
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		r.ParseMultipartForm(maxForm)
	} else {
		r.ParseForm()
	}
	before, after, found := strings.Cut(r.URL.Path, api)
	switch user, pass, _ := r.BasicAuth(); {
	case s.cfg.BasicAuth != "" && user+":"+pass != s.cfg.BasicAuth:
		rep := htmlReply(http.StatusUnauthorized, "Authorization Required")
		rep.header.Set("WWW-Authenticate", `Basic realm="billing"`)
		return rep
	case !found || strings.Contains(before, ".php"):
		return htmlReply(http.StatusNotFound, "Not Found")
	case after != "":
		// A doubled path: PHP runs the script all the same, which then finds
		// itself called from inside.
		return failure(http.StatusOK, "An admin user is required")
	}
	return s.call(ctx, r)
}

// call answers one call of the API and keeps its record.
func (s *Server) call(ctx context.Context, r *http.Request) *reply {
	c := &Call{Action: actionName(r.PostForm.Get("action")), Form: without(r.PostForm), Start: time.Now()}
	end := s.log.begin(c)
	rep := s.reply(ctx, r, c)
	c.Status, c.Rows, c.Took = rep.status, rep.rows, time.Since(c.Start)
	end()
	if s.cfg.OnCall != nil {
		s.cfg.OnCall(c.copy())
	}
	return rep
}

// reply lets the faults and the action make the reply, in the order in which the
// parts of a real installation would: network, server, access, action, PHP.
func (s *Server) reply(ctx context.Context, r *http.Request, c *Call) *reply {
	faults, changed := s.acting(c)
	wait := s.cfg.Latency
	for _, f := range faults {
		c.Faults = append(c.Faults, f.Name)
		wait += f.def.delay(f.Fault)
	}
	if !s.pause(ctx, wait) {
		return &reply{ending: endReset}
	}
	rep := s.instead(r, faults)
	if rep == nil {
		rep = s.access(r)
	}
	if rep == nil {
		rep = s.act(c.Action, r.PostForm, shapeOf(faults))
	}
	for _, f := range faults {
		if f.def.after != nil {
			f.def.after(rep, f.Fault)
		}
	}
	rep.release = changed
	return rep
}

// instead returns the reply of the first fault that replies in the API's place,
// nil if none does.
func (s *Server) instead(r *http.Request, faults []*active) *reply {
	for _, f := range faults {
		if f.def.instead == nil {
			continue
		}
		if rep := f.def.instead(r, f.Fault, s); rep != nil {
			return rep
		}
	}
	return nil
}

// pause waits for d; it returns false if the caller or the server went away.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.gone:
	}
	return false
}
