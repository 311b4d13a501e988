package slackfake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Config sets a workspace up. The zero value is a good workspace: Slack's own times,
// the command /services, every scope and event that the bot's manifest asks for.
type Config struct {
	Addr      string     // where to listen; loopback only; "": 127.0.0.1 and a free port
	Command   string     // the slash command; "": /services
	Shortcuts []Shortcut // nil: DefaultShortcuts
	Scopes    []string   // of the bot token; nil: DefaultScopes
	AppScopes []string   // of the app token; nil: connections:write
	Events    []string   // subscribed events; nil: DefaultEvents

	Enterprise string // the organisation (Enterprise Grid) that the workspace belongs to, E…; "": none
	OrgInstall bool   // the app is installed for all of it

	ShouldEscape bool // the manifest's should_escape for the slash command

	Ping           time.Duration // between two pings of a socket; 0: 5 s
	ConnectionTime time.Duration // a socket's life, announced in hello; 0: 18060 s, as seen live
	History        int           // messages kept in one conversation; 0: 10,000
	StrictAcks     bool          // an ack counts only on the socket that delivered the envelope
}

// A Shortcut is one entry of the app's shortcut menus.
type Shortcut struct {
	CallbackID string
	Name       string
	Message    bool // in the menu of a message; else in the global one
}

// What an app of this workspace has if Config does not say otherwise.
var (
	DefaultScopes = []string{
		"commands", "chat:write", "app_mentions:read", "im:history", "im:read", "im:write",
		"channels:read", "groups:read", "mpim:read", "users:read", "usergroups:read", "files:write",
	}
	DefaultEvents = []string{
		"app_mention", "message.im", "app_home_opened",
		"channel_shared", "channel_unshared", "channel_id_changed",
	}
	DefaultShortcuts = []Shortcut{
		{CallbackID: "find_services", Name: "Find services"},
		{CallbackID: "find_services_here", Name: "Find services here", Message: true},
	}
)

// The ids of the app.
const (
	TeamID   = "T0ACME"
	AppID    = "A0SERVICES"
	BotID    = "B0SERVICES" // the bot as the author of a message
	BotUser  = "U0SERVICES" // the bot as a member of channels
	BotName  = "servicesbot"
	teamName = "acme"
)

// A Workspace is one Slack workspace with one app installed. All methods may be
// called from any goroutine.
type Workspace struct {
	cfg       Config
	botToken  string
	appToken  string
	listener  net.Listener
	server    *http.Server
	closed    chan struct{}
	closeOnce sync.Once
	work      sync.WaitGroup // every goroutine that the workspace started
	change    broadcast

	mu       sync.Mutex
	clock    clock
	ids      int
	lastTS   int64 // microseconds
	users    map[string]*User
	people   []string // user ids as they were added
	channels map[string]*Channel
	order    []string // channel ids as they were added
	groups   map[string]*Group
	talk     map[string]*conversation // by channel id
	homes    map[string]*View         // by user id
	modals   map[string][]*View       // by user id, the top view last
	files    map[string]*upload
	triggers map[string]*trigger
	hooks    map[string]*hook // response_urls by secret
	hookKeys []string         // the secrets in the order they were made
	answered map[string]*hook // by envelope id
	tickets  map[string]ticket
	sockets  []*socket
	next     int // the socket that gets the next envelope
	pending  map[string]*delivery
	notices  []Notice
	faults   faults
	switches []Switch
	caption  string // see Caption
	viewers  int    // see Viewers
	counts   Counts
	acks     []time.Duration
	trace    trace
}

// New makes a workspace that does not listen yet: add people and channels, then Start.
func New(cfg Config) (*Workspace, error) {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", cfg.Addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("address %q is not on loopback", cfg.Addr)
	}
	w := &Workspace{
		cfg:      withDefaults(cfg),
		botToken: "xoxb-fake-" + secret(),
		appToken: "xapp-fake-" + secret(),
		closed:   make(chan struct{}),
		users:    map[string]*User{}, channels: map[string]*Channel{}, groups: map[string]*Group{},
		talk: map[string]*conversation{}, homes: map[string]*View{}, modals: map[string][]*View{},
		files: map[string]*upload{}, triggers: map[string]*trigger{}, hooks: map[string]*hook{},
		answered: map[string]*hook{}, tickets: map[string]ticket{}, pending: map[string]*delivery{},
	}
	w.change.init()
	w.clock.init()
	w.faults.init()
	w.counts.init()
	w.furnish()
	w.builtinSwitches()
	return w, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Command == "" {
		cfg.Command = "/services"
	}
	if cfg.Shortcuts == nil {
		cfg.Shortcuts = DefaultShortcuts
	}
	if cfg.Scopes == nil {
		cfg.Scopes = DefaultScopes
	}
	if cfg.AppScopes == nil {
		cfg.AppScopes = []string{"connections:write"}
	}
	if cfg.Events == nil {
		cfg.Events = DefaultEvents
	}
	if cfg.Ping <= 0 {
		cfg.Ping = 5 * time.Second
	}
	if cfg.ConnectionTime <= 0 {
		cfg.ConnectionTime = 18060 * time.Second
	}
	if cfg.History <= 0 {
		cfg.History = 10_000
	}
	return cfg
}

// Start listens and serves until Close.
func (w *Workspace) Start() error {
	l, err := net.Listen("tcp", w.cfg.Addr)
	if err != nil {
		return err
	}
	w.listener = l
	w.server = &http.Server{
		Handler:           w.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	w.spawn(func() { _ = w.server.Serve(sniffingListener{l}) })
	w.spawn(w.runClock)
	return nil
}

// Close hangs up every socket, stops listening and waits for all goroutines.
func (w *Workspace) Close() error {
	var err error
	w.closeOnce.Do(func() {
		close(w.closed)
		w.mu.Lock()
		for _, s := range w.sockets {
			s.cut()
		}
		w.mu.Unlock()
		if w.server != nil {
			err = w.server.Close()
		}
		w.work.Wait()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// spawn runs f in a goroutine that Close waits for.
func (w *Workspace) spawn(f func()) {
	w.work.Go(f)
}

// URL is the base of the Web API and ends in "/api/"; it is "" before Start.
func (w *Workspace) URL() string { return w.base() + "/api/" }

// PageURL is the address of the page that shows the workspace in a browser.
func (w *Workspace) PageURL() string { return w.base() + "/" }

func (w *Workspace) base() string {
	if w.listener == nil {
		return ""
	}
	return "http://" + w.listener.Addr().String()
}

// BotToken is the token for the Web API (xoxb-…).
func (w *Workspace) BotToken() string { return w.botToken }

// AppToken is the token that opens sockets (xapp-…).
func (w *Workspace) AppToken() string { return w.appToken }
