package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"servicesbot/whmcs"
)

const (
	questionWorkers = 64
	questionQueue   = 512
	modalWorkers    = 16 // what a trigger waits for never queues behind searches
	modalQueue      = 128
	refusalWorkers  = 4 // "busy" and "too fast", for those who are turned away
	refusalQueue    = 256
	auditQueue      = 4096 // lines about who was turned away

	detailsLimit  = 60 * time.Second  // a window that waits for its services
	questionLimit = 125 * time.Second // the search ends at 120 s by itself

	finishWithin = 7 * time.Second // after SIGTERM; containers are killed at 10 s
	tellWithin   = 1 * time.Second // for telling the rest to ask again
	flushAcks    = 200 * time.Millisecond
	auditWithin  = 500 * time.Millisecond

	quietFor    = 500 * time.Millisecond // without a frame, before the last connection is ended
	leaveWithin = 2 * time.Second
)

// Config is what a Bot needs.
type Config struct {
	AppToken, BotToken Secret // xapp-… and xoxb-…
	SlackURL           string // API base; "": Slack's own
	Allow              Allow
	Contact            string // user id whom a denied member can ask for access; grants nothing; "": nobody
	Answers            *Answers
	UserRate           int                 // questions per user and minute; 0: no limit
	WHMCSState         func() string       // for /readyz; nil: unknown
	LeaveWHMCS         func(whmcs.Trouble) // called when another replica leaves WHMCS alone; nil: nobody wants to know
	Store              *Store              // what replicas share; nil: this process is the only one
	Status             *Status             // nil: its own

	Log   *slog.Logger
	Audit *slog.Logger // one line a request
}

// A Bot is the Slack side: it takes requests off the sockets, has them answered
// and sends what came of them.
type Bot struct {
	cfg      Config
	log      *slog.Logger
	slack    *slack.Client
	web      *web
	opener   *opener
	acks     *acks
	status   *Status
	access   *access
	poster   *poster
	seen     *seen   // keys of requests
	memory   *memory // of this process
	store    *Store  // of all replicas; nil: there is one
	rates    *rates
	versions *versions
	history  *history
	pins     *pins
	hinted   *seen // who was shown a shorter way to ask, lately
	answers  *Answers
	blocks   newBlocks

	inProgress  *inProgress
	corrections *corrections
	notesLimit  *rate.Limiter // notes of progress, all questions together

	deadAfter time.Duration // of a socket without a ping

	questions, modals, refusals, audits *lane

	me         identity // set by Run before the first socket opens
	sockets    []*socket
	draining   atomic.Bool
	receiving  sync.RWMutex   // held for reading while a frame is received
	left       bool           // the sockets: what comes now cannot be acknowledged
	journaling sync.WaitGroup // requests on their way into the journal
	besides    sync.WaitGroup // what meanwhile began

	liveShown   sync.Map      // *liveShown, by the reference of the updates
	replies     sync.Map      // of other replicas, by question: chan news
	wantSockets atomic.Int32  // sockets that this process is to hold
	lookNow     chan struct{} // lookSoon sends: look at the other replicas
	endBeats    func()        // says no more to them that this one lives; set where there is a store
	lastFrame   atomic.Int64  // unix nano: when the last frame came
}

// New checks cfg and returns a Bot. It makes no call; Run connects.
func New(cfg Config) (*Bot, error) {
	switch {
	case cfg.AppToken == "" || cfg.BotToken == "":
		return nil, errors.New("both the app token and the bot token are needed")
	case cfg.Answers == nil:
		return nil, errors.New("nothing to answer with")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Audit == nil {
		cfg.Audit = slog.New(slog.DiscardHandler)
	}
	if cfg.Status == nil {
		cfg.Status = NewStatus("")
	}
	b := &Bot{
		cfg: cfg, log: cfg.Log, answers: cfg.Answers,
		status: cfg.Status, acks: &acks{status: cfg.Status}, seen: newSeen(seenFor), memory: newMemory(), store: cfg.Store, lookNow: make(chan struct{}, 1),
		versions: newVersions(), hinted: newSeen(hintsEvery), inProgress: newInProgress(), corrections: newCorrections(), notesLimit: newNotesLimit(),
		deadAfter: deadAfter,
		questions: newLane("questions", questionWorkers, questionQueue),
		modals:    newLane("modals", modalWorkers, modalQueue),
		refusals:  newLane("refusals", refusalWorkers, refusalQueue),
		audits:    newLane("audits", 1, auditQueue),
	}
	b.wantSockets.Store(sockets)
	b.rates = newRates(cfg.UserRate, b.memory)
	b.history, b.pins = &history{own: b.memory}, &pins{now: b.answers.now}
	if b.store != nil {
		b.history.shared, b.pins.shared = b.store, b.store
		answers := *cfg.Answers
		answers.Style.Pins = true
		b.answers = &answers
	}
	for _, l := range b.lanes() {
		b.status.watch(l)
	}
	base := strings.TrimSuffix(cmp.Or(cfg.SlackURL, slack.APIURL), "/") + "/"
	b.opener = newOpener(func() bool { return b.status.greeted.Load() > 0 })
	b.web = newWeb(base, b.status, b.log)
	b.slack = slack.New(cfg.BotToken.Reveal(), slack.OptionAPIURL(base), slack.OptionAppLevelToken(cfg.AppToken.Reveal()), slack.OptionHTTPClient(b.web))
	b.access = newAccess(cfg.Allow, b.slack, func() identity { return b.me }, b.log)
	b.access.contact = cfg.Contact
	if b.store != nil {
		b.access.outsideAt = b.outsideElsewhere
	}
	b.poster = newPoster(b.slack, b.web)
	return b, nil
}

// Run connects and answers until ctx ends, then finishes what it can within 9 s. It
// returns nil after such an end, and a *Refusal where Slack refuses a token for good.
func (b *Bot) Run(ctx context.Context) error {
	whmcs.OnPanic(b.panicked)
	if err := b.signIn(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	work, endWork := context.WithCancelCause(context.Background())
	defer endWork(nil)
	b.poster.ending = work
	for _, l := range b.lanes() {
		l.start(work)
	}
	conns, hangUp := context.WithCancelCause(context.Background())
	defer hangUp(nil)
	defer b.besides.Wait()
	defer b.joinReplicas()()
	open := b.openSockets(conns, hangUp)
	stopRenewing := b.keepCurrent()

	select {
	case <-ctx.Done():
	case <-conns.Done():
	}
	stopRenewing()
	b.finish(endWork)
	hangUp(nil)
	for _, ended := range open {
		<-ended
	}
	if cause := context.Cause(conns); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// meanwhile runs do while the caller goes on. Run waits for it before it returns.
func (b *Bot) meanwhile(do func()) {
	b.besides.Add(1)
	whmcs.Go(func() error {
		defer b.besides.Done()
		do()
		return nil
	})
}

// panicked logs and counts a panic. The log of a question that ends by one has its
// reference too.
func (b *Bot) panicked(p *whmcs.PanicError) {
	b.status.panics.Inc()
	b.log.Error("recovered from a panic", "reason", p.Reason, "stack", p.Stack)
}

// openSockets starts the sockets and returns their ends. A refusal for good ends conns
// with it as cause.
func (b *Bot) openSockets(conns context.Context, hangUp context.CancelCauseFunc) (ended []<-chan error) {
	up := make([]*socket, sockets)
	for n := range up {
		up[n] = newSocket(n, b)
		if n > 0 {
			up[n].other = up[n-1]
		}
	}
	b.sockets = up
	for _, s := range up {
		ended = append(ended, whmcs.Go(func() error {
			if err := whmcs.Recovered(func() error { return s.run(conns, b.receive) }); err != nil {
				hangUp(err)
			}
			return nil
		}))
	}
	return ended
}
