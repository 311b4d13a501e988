package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"servicesbot/bot"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

func (p *process) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve Slack until stopped",
		Long: `Connects to Slack over Socket Mode and answers until SIGTERM or SIGINT. Then it
finishes the questions in progress and exits with code 0 within 9 seconds. The exit code
is 1 if a setting is wrong or Slack refuses a token.`,
		Example: "  servicesbot serve",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			logs := bot.NewLogBuffer(p.stderr) // a blocked standard error stalls nobody
			defer logs.Close(logsWithin)       // what is still not written then, nobody reads
			p.stderr = logs
			cfg, err := p.load(c.Context(), needWHMCS|needSlack)
			if err != nil && p.unset() {
				return fmt.Errorf("%s\n%w", firstSteps, err)
			}
			if err != nil {
				return err
			}
			logs.SayLost(cfg.log)
			cfg.logs = logs
			return serve(c.Context(), cfg, slog.New(slog.NewJSONHandler(p.stdout, nil)))
		},
	}
}

// logsWithin is how long the end waits for the log to be written.
const logsWithin = 500 * time.Millisecond

// firstSteps is for somebody who runs the command before anything is set up.
const firstSteps = `nothing is set up yet. Three ways to go on:

  servicesbot demo      try it in a browser, with a made-up Slack and WHMCS; no account needed
  servicesbot doctor    check the settings, Slack and WHMCS, and say what to do next
  README, "Set it up"   make the Slack app and the WHMCS credentials

To serve Slack it needs these settings:
`

// unset reports whether none of the settings that serve needs is set.
func (p *process) unset() bool {
	lookup := withFiles(p.env, &problems{})
	for f := range reflect.TypeFor[environment]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
		if _, set := lookup.Lookup(name); set && f.Tag.Get("for") != "" {
			return false
		}
	}
	return true
}

// newBot makes the bot, its way to WHMCS and its search. A nil store is none.
func newBot(cfg *config, status *bot.Status, store *bot.Store, audit *slog.Logger) (*bot.Bot, *whmcs.API, *query.Finder, error) {
	cfg.whmcs.Observe = status.ObserveWHMCS
	if cfg.logs != nil {
		status.WatchLog(cfg.logs)
	}
	if store != nil {
		cfg.whmcs.Places = store.Places(cfg.installation(), cfg.whmcs.MaxConcurrent, cfg.whmcs.Timeout)
		cfg.whmcs.LeftAlone = store.LeftAlone
		cfg.shared = store.Rows(cfg.installation())
		cfg.sharedWarm = store.Rows(cfg.installation() + "\x00warm")
	}
	cfg.observeWarm = func(r query.WarmScan) {
		status.ObserveWarm(r)
		logWarm(cfg.log, r)
	}
	api, answers, err := newAnswers(cfg)
	if err != nil {
		return nil, nil, nil, err
	}
	b, err := bot.New(bot.Config{
		AppToken: cfg.slackAppToken, BotToken: cfg.slackBotToken, SlackURL: cfg.slackURL,
		Allow: cfg.allow, Contact: cfg.contact, Answers: answers, UserRate: cfg.userRate,
		WHMCSState: func() string { return stateInWords(api.State(), time.Now()) },
		LeaveWHMCS: api.LeaveAlone,
		Status:     status, Store: store,
		Log: cfg.log, Audit: audit,
	})
	return b, api, answers.Finder, err
}

// serve runs the bot until ctx ends.
func serve(ctx context.Context, cfg *config, audit *slog.Logger) error {
	end, err := cfg.openWay()
	if err != nil {
		return err
	}
	defer end()
	status := bot.NewStatus(version)
	store, err := openStore(ctx, cfg, status)
	if err != nil {
		return err
	}
	if store != nil {
		defer store.Close()
	}
	b, api, finder, err := newBot(cfg, status, store, audit)
	if err != nil {
		return err
	}
	if cfg.httpAddr != "" {
		stop, err := listen(cfg.httpAddr, b.Handler(), cfg.log)
		if err != nil {
			return err
		}
		defer stop()
	}
	greeting, stopGreeting := context.WithCancel(ctx)
	greeted := whmcs.Go(func() error {
		greetWHMCS(greeting, api, cfg.log)
		return nil
	})
	defer func() {
		stopGreeting()
		<-greeted
	}()
	cfg.log.Info("starting", "version", version, "http", cfg.httpAddr,
		"allowed_users", len(cfg.allow.Users), "allowed_groups", len(cfg.allow.Groups), "allowed_channels", len(cfg.allow.Channels), "everyone", cfg.allow.Everyone)
	context.AfterFunc(ctx, func() {
		whmcs.Recovered(func() error {
			cfg.log.Info("stopping: questions in progress are finished first")
			return nil
		})
	})
	defer cfg.keepWarm(greeting, finder)()
	err = b.Run(ctx)
	cfg.log.Info("stopped")
	if refusal, ok := errors.AsType[*bot.Refusal](err); ok {
		return tokenRefused(refusal)
	}
	return err
}

// installation names what is asked, and as whom: others may see other rows.
func (c *config) installation() string {
	return strings.Join([]string{c.whmcs.URL, c.whmcs.Identifier.Reveal(), c.whmcs.Username.Reveal(), strings.Join(c.worker.Command, " ")}, "\x00")
}

// openStore opens what replicas share, where REDIS_URL is set. The error names the setting.
func openStore(ctx context.Context, cfg *config, status *bot.Status) (*bot.Store, error) {
	if cfg.redisURL == "" {
		return nil, nil
	}
	store, err := bot.OpenStore(ctx, bot.StoreConfig{URL: cfg.redisURL, BotToken: cfg.slackBotToken, Status: status, Log: cfg.log})
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	return store, nil
}

// greetWHMCS asks WHMCS for one row, so that a problem is logged at once and not first seen
// by the first asker. The bot starts all the same: WHMCS may come back.
func greetWHMCS(ctx context.Context, api *whmcs.API, log *slog.Logger) {
	_, err := api.GetClientsProducts(ctx, whmcs.GetClientsProductsRequest{LimitNum: 1})
	failed, _ := errors.AsType[*whmcs.Error](err)
	switch {
	case ctx.Err() != nil:
	case failed != nil:
		log.Error("whmcs does not answer; the bot runs and says so in its answers", "error", failed, "advice", formatting.Advice(failed))
	case err != nil:
		log.Error("whmcs does not answer; the bot runs and says so in its answers", "error", err)
	default:
		log.Info("whmcs answers")
	}
}

// keepWarm begins to read the whole installation in the background, where that is set. The
// returned function ends every reading, and waits for that.
func (c *config) keepWarm(ctx context.Context, finder *query.Finder) (end func()) {
	if c.warm == 0 {
		return finder.Close
	}
	ctx, stop := context.WithCancel(ctx)
	stopped := whmcs.Go(func() error {
		finder.KeepWarm(ctx)
		return nil
	})
	return func() {
		stop()
		<-stopped
		finder.Close()
	}
}

// logWarm logs how a reading of the whole installation ended.
func logWarm(log *slog.Logger, r query.WarmScan) {
	switch {
	case r.Err != nil:
		log.Warn("the installation was not read; answers from old rows are not corrected", "error", r.Err)
	case r.Elsewhere:
		log.Info("another replica has read the installation", "services", r.Rows, "clients", r.Clients, "seconds", r.Took.Seconds())
	default:
		log.Info("the installation was read", "services", r.Rows, "clients", r.Clients, "calls", r.Calls, "seconds", r.Took.Seconds())
	}
}

// tokenRefused says of a token that Slack refuses what doctor says of it.
func tokenRefused(r *bot.Refusal) error {
	fixToken := map[string]string{"app": fixAppToken, "bot": fixBotToken}[r.Token]
	says, fix := refusalInWords(r.Name, r.Needs, fixToken)
	return fmt.Errorf("SLACK_%s_TOKEN: %s. %s", strings.ToUpper(r.Token), says, fix)
}

// listen serves health and metrics until the returned function is called.
func listen(addr string, h http.Handler, log *slog.Logger) (stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("HTTP_ADDR: %w", err)
	}
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	served := whmcs.Go(func() error {
		err := s.Serve(l)
		if !errors.Is(err, http.ErrServerClosed) {
			log.Error("health and metrics are no longer served", "error", err)
		}
		return err
	})
	return func() {
		s.Close()
		<-served
	}, nil
}

// failureHolds is how long a failure of WHMCS is told as its state.
const failureHolds = 5 * time.Minute

// stateInWords is WHMCS's last state for a person who reads /readyz. It makes no call, so an
// old failure is said to be old.
func stateInWords(s whmcs.State, now time.Time) string {
	switch {
	case s.LastErrorAt.After(s.LastSuccess) && now.Sub(s.LastErrorAt) > failureHolds:
		return "not known: nobody has asked since the last call failed, at " + s.LastErrorAt.UTC().Format("2006-01-02 15:04 MST")
	case s.BreakerOpen:
		return "the last calls failed: " + string(s.LastError) + "; it is asked again with the next question"
	case s.LastSuccess.IsZero() && s.LastError == "":
		return "not asked yet"
	case s.LastErrorAt.After(s.LastSuccess):
		return "last call failed: " + string(s.LastError)
	}
	return "answers"
}

// newAnswers joins WHMCS, the search and the words.
func newAnswers(cfg *config) (*whmcs.API, *bot.Answers, error) {
	cfg.whmcs.Log = cfg.log
	api, err := whmcs.New(cfg.whmcs)
	if err != nil {
		return nil, nil, err
	}
	return api, &bot.Answers{
		Finder: query.NewFinder(api, query.FinderConfig{
			Rows: cfg.rows, ScanRows: cfg.scanRows, Currency: cfg.currency, Now: cfg.now, Shared: cfg.shared,
			Warm: cfg.warm, SharedWarm: cfg.sharedWarm, SnapshotLife: cfg.snapshotLife, Observe: cfg.observeWarm,
		}),
		Style: formatting.Style{Command: cfg.command, AdminURL: cfg.adminURL, Fields: cfg.fields, Currency: cfg.currency},
		Now:   cfg.now,
		Log:   cfg.log,
	}, nil
}
