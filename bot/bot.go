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

	"servicesbot/formatting"
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

	signInFirst  = 1 * time.Second // between two tries to sign in; it doubles
	signInAtMost = 15 * time.Second

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
	cfg     Config
	log     *slog.Logger
	slack   *slack.Client
	web     *web
	opener  *opener
	acks    *acks
	status  *Status
	access  *access
	poster  *poster
	seen    *seen   // keys of requests
	memory  *memory // of this process
	store   *Store  // of all replicas; nil: there is one
	rates   *rates
	versions   *versions
	history *history
	pins    *pins
	hinted  *seen // who was shown a shorter way to ask, lately
	answers *Answers
	blocks  newBlocks

	inProgress  *inProgress
	corrections *corrections
	notesLimit  *rate.Limiter // notes of progress, all questions together

	deadAfter time.Duration // of a socket without a ping

	questions, modals, refusals, audits *lane

	me       identity // set by Run before the first socket opens
	sockets  []*socket
	draining atomic.Bool
	leaving  sync.RWMutex   // held for reading while a request is taken
	left     bool           // the sockets: what comes now cannot be acknowledged
	entering sync.WaitGroup // requests on their way into the journal
	besides  sync.WaitGroup // what meanwhile began

	liveShown sync.Map      // *liveShown, by the reference of the updates
	replies   sync.Map      // of other replicas, by question: chan news
	want      atomic.Int32  // sockets that this process is to hold
	soon      chan struct{} // look at the other replicas at once
	endBeats  func()        // says no more to them that this one lives; set where there is a store
	heard     atomic.Int64  // unix nano: when the last frame came
}

// identity is what auth.test says of the app.
type identity struct {
	team       string // the workspace that it is installed in
	enterprise string // the organisation (Enterprise Grid) that the workspace belongs to; "": none
	user       string
	botID      string
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
		status: cfg.Status, acks: &acks{status: cfg.Status}, seen: newSeen(seenFor), memory: newMemory(), store: cfg.Store, soon: make(chan struct{}, 1),
		versions: newVersions(), hinted: newSeen(hintsEvery), inProgress: newInProgress(), corrections: newCorrections(), notesLimit: newNotesLimit(),
		deadAfter: deadAfter,
		questions: newLane("questions", questionWorkers, questionQueue),
		modals:    newLane("modals", modalWorkers, modalQueue),
		refusals:  newLane("refusals", refusalWorkers, refusalQueue),
		audits:    newLane("audits", 1, auditQueue),
	}
	b.want.Store(sockets)
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

// signIn learns who the bot is. While Slack cannot be asked it tries again, since a
// restart would not help; it gives up where Slack refuses for good.
func (b *Bot) signIn(ctx context.Context) error {
	alive, done := context.WithCancel(ctx)
	turning := whmcs.Go(func() error { b.status.turnUntil(alive); return nil })
	defer func() {
		done()
		<-turning
	}()
	for pause := signInFirst; ; pause = min(2*pause, signInAtMost) {
		me, err := b.web.authTest(ctx, b.cfg.BotToken)
		if err == nil {
			b.me = me
			b.log.Info("slack: signed in", "team", me.team, "enterprise", me.enterprise, "bot_user", me.user)
			return nil
		}
		if refusal := refused("bot", err); refusal != nil {
			return refusal
		}
		b.log.Warn("slack cannot be asked who this bot is; trying again", "error", scrubbed(err), "seconds", pause.Seconds())
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
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
			if err := whmcs.Recovered(func() error { return s.run(conns, b.take) }); err != nil {
				hangUp(err)
			}
			return nil
		}))
	}
	return ended
}

// take is the four local steps of the event loop: make a request of the frame,
// look whether it came before, queue it, hand its acknowledgement over.
func (b *Bot) take(f frame, by *connection) {
	now := time.Now()
	b.heard.Store(now.UnixNano())
	b.leaving.RLock()
	defer b.leaving.RUnlock()
	if b.left { // it cannot be acknowledged: Slack sends an event again, and tells a user
		b.status.dropped.WithLabelValues("after the end").Inc()
		return
	}
	t := intake(f, b.me.user, now)
	tells := b.tellSharing(t)
	if t.req == nil {
		if t.dropped != "" {
			b.status.dropped.WithLabelValues(t.dropped).Inc()
		}
		b.after(tells, func() { b.acks.send(by, f.Envelope, formErrors(t.errs), now) })
		return
	}
	if !b.seen.first(t.req.Received, t.req.keys...) {
		b.status.duplicates.Inc()
		b.acks.send(by, f.Envelope, nil, now)
		return
	}
	b.accepting(t.req)
	acknowledge := func(payload any) { b.acks.send(by, f.Envelope, payload, now) }
	switch payload, became := b.offer(t.req); became {
	case queued:
		b.enter(t.req, acknowledge)
	case leftToReplicas:
		b.enterForOthers(t.req, acknowledge)
	case told:
		t.req.stays()
		acknowledge(payload)
	default:
		t.req.stays()
		b.status.dropped.WithLabelValues("no room, unacknowledged").Inc()
	}
}

// A reception is what became of a request in the loop.
type reception int

const (
	notTaken reception = iota // there was no room, not even to say so
	told                      // the asker is told that it is not answered
	queued
	leftToReplicas // they are to answer it, as this one ends
)

// formErrors is the acknowledgement that marks wrong input at its field.
func formErrors(errs map[string]string) any {
	if len(errs) == 0 {
		return nil
	}
	return map[string]any{"response_action": "errors", "errors": errs}
}

// offer queues req on its lane and returns what the acknowledgement says. Where the
// lane is full, or the process is about to end, the asker is told instead. Where not even
// that can be queued it is not taken: without an acknowledgement Slack says so to whoever
// clicked, and sends an event again.
func (b *Bot) offer(req *Request) (payload any, became reception) {
	if b.draining.Load() && b.canHandOver(req) {
		return nil, leftToReplicas
	}
	if b.draining.Load() {
		return b.turnAway(req, formatting.SaysRestarting, "restarting")
	}
	if !b.rates.enter(req) {
		return b.turnAway(req, formatting.SaysTooMany(atOnceMost), "at once")
	}
	leave := func() { b.rates.leave(req) }
	if wait := b.rates.wait(req); wait > 0 {
		leave()
		return b.turnAway(req, formatting.SaysTooFast(b.cfg.UserRate, wait), "rate")
	}
	work := func(ctx context.Context) {
		defer leave()
		b.handle(ctx, req)
	}
	if deedOf(req) == deedDetails {
		work = func(ctx context.Context) { b.openDetails(ctx, req, leave) }
	}
	if !b.lane(req).offer(work) {
		leave()
		return b.turnAway(req, formatting.SaysBusy, "busy")
	}
	return nil, queued
}

// lanes are all of the bot's.
func (b *Bot) lanes() []*lane { return []*lane{b.questions, b.modals, b.refusals, b.audits} }

// lane returns the lane that req queues on first. What waits for a trigger does not queue
// behind questions; Details opens its window from there and then queues with them.
func (b *Bot) lane(req *Request) *lane {
	switch deedOf(req) {
	case deedForm, deedDetails, deedStop, deedRemove, deedEndLive:
		return b.modals
	}
	return b.questions
}

// turnAway refuses a request before any work: it may come again. Its asker is told in the
// acknowledgement of a slash command, else by a private line, which a lane of its own sends.
// A lane writes the audit line too: the loop must not wait for whoever reads it.
func (b *Bot) turnAway(req *Request, says formatting.Sentence, why string) (payload any, became reception) {
	b.seen.forget(req.keys...)
	b.status.requests.WithLabelValues(string(req.Door), string(outcomeTurnedAway)).Inc()
	rec := newRecord(req)
	rec.outcome, rec.why = outcomeTurnedAway, why
	write := func(context.Context) { rec.write(context.Background(), b.cfg.Audit) }
	if req.Door == DoorSlash {
		rec.sent = true
		b.audits.offer(write)
		return map[string]string{"response_type": "ephemeral", "text": string(says)}, told
	}
	taken := b.refusals.offer(func(ctx context.Context) {
		defer write(ctx)
		b.say(ctx, req, rec, says)
	})
	if !taken {
		b.audits.offer(write)
		return nil, notTaken
	}
	return nil, told
}
