package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// demoOptions are what the command line says about the demo.
type demoOptions struct {
	addr   string
	open   bool
	script string // path; "": none is played
}

func demoCommand() *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in a browser, with a made-up Slack and WHMCS on this machine",
		Long: `Starts a made-up Slack workspace and a made-up WHMCS, puts the real bot between them,
and prints the address of a page to try it on. Nothing leaves this machine and no account
is needed.

It also prints a line of settings: copied into another terminal, it makes ask and doctor
work against this Slack and this WHMCS.`,
		Example: `  servicesbot demo --open
  servicesbot demo --addr 127.0.0.1:8000
  servicesbot demo --script testdata/talk/first.talk`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return demo(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.addr, "addr", "", "loopback address of the page; port 0 takes a free one (default 127.0.0.1:8080, or a free port if that one is in use)")
	c.Flags().BoolVar(&o.open, "open", false, "open the page in the browser")
	c.Flags().StringVar(&o.script, "script", "", "play this conversation on the page, for example testdata/talk/first.talk")
	return c
}

// demo runs the bot between both fakes until ctx ends.
func demo(ctx context.Context, o demoOptions, out, logs io.Writer) error {
	script, err := readScript(o.script)
	if err != nil {
		return err
	}
	s, err := openStage(o.addr)
	if err != nil {
		return err
	}
	defer s.close()
	fmt.Fprintf(out, "page: %s\n\nTo use ask and doctor with this demo, copy this line into another terminal:\n  %s\n\nStop the demo with Ctrl-C.\n",
		s.workspace.PageURL(), s.exportLine())
	if o.open {
		if err := openBrowser(ctx, s.workspace.PageURL()); err != nil {
			fmt.Fprintf(out, "No browser could be opened (%v); open the address yourself.\n", err)
		}
	}
	if o.script != "" {
		ctx, stop := context.WithCancel(ctx)
		played := whmcs.Go(func() error {
			showScript(ctx, s.workspace, script, out)
			return nil
		})
		defer func() {
			stop()
			<-played
		}()
	}
	return s.serve(ctx, logs)
}

// openStage starts both fakes. Without an address the page gets the usual one, or a free
// port if somebody else has that.
func openStage(addr string) (*stage, error) {
	if addr != "" {
		s, err := newStage(addr)
		if err != nil {
			return nil, addrProblem(addr, err)
		}
		return s, nil
	}
	s, err := newStage("127.0.0.1:8080")
	if err != nil {
		s, err = newStage("127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("the page cannot be served: %w", bare(err))
	}
	return s, nil
}

// addrProblem says what is wrong with --addr.
func addrProblem(addr string, err error) error {
	host, _, splitErr := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	switch {
	case splitErr != nil:
		return fmt.Errorf("--addr %s: must be an address and a port, such as 127.0.0.1:8000", addr)
	case host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return fmt.Errorf("--addr %s: must be on this machine only, such as 127.0.0.1:8000: the page has no login", addr)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("--addr %s: the port is in use; choose another, or leave --addr out", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("--addr %s: this user may not listen there; choose a port from 1024", addr)
	}
	return fmt.Errorf("--addr %s: %w", addr, bare(err))
}

// bare returns what the operating system says, without the layers that pass it on.
func bare(err error) error {
	if failed, ok := errors.AsType[*net.OpError](err); ok {
		return failed.Err
	}
	return err
}

// exportLine is a line for a shell that points ask and doctor at the fakes.
func (s *stage) exportLine() string {
	settings := []string{
		"SLACK_API_URL=" + s.workspace.URL(), "SLACK_APP_TOKEN=" + s.workspace.AppToken(), "SLACK_BOT_TOKEN=" + s.workspace.BotToken(),
		"BOT_ALLOW=" + slackfake.SupportTeam,
		"WHMCS_URL=" + s.installation.URL(), "WHMCS_IDENTIFIER=" + whmcsfake.Identifier, "WHMCS_SECRET=" + whmcsfake.Secret,
		"WHMCS_CURRENCY=" + demoCurrency,
	}
	return "export " + strings.Join(settings, " ")
}

// serve runs the bot between the fakes until ctx ends.
func (s *stage) serve(ctx context.Context, logs io.Writer) error {
	cfg := s.config(logs)
	b, api, finder, err := newBot(cfg, bot.NewStatus(version), s.store, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	forget, forgetRows := func() { b.TryNewBlocks(); api.TryAgain() }, finder.Forget
	s.forget.Store(&forget)
	s.forgetRows.Store(&forgetRows)
	defer cfg.keepWarm(ctx, finder)()
	return b.Run(ctx)
}

// demoAdminURL leads nowhere; the page says so and does not open it.
const demoAdminURL = "https://billing.example.com/admin/"

const demoCurrency = "EUR"

// demoCacheTTL is short, so that a switch of WHMCS shows soon.
const demoCacheTTL = 5 * time.Second

// demoOldAfter is short, so that nobody waits for minutes to see an answer from older rows.
const demoOldAfter = 20 * time.Second

// A stage is what surrounds the bot in the demo: a Slack and a WHMCS.
type stage struct {
	workspace    *slackfake.Workspace
	installation *whmcsfake.Server
	oldAfter     time.Duration          // how old rows are whose age the bot says; 0: the usual
	store        *bot.Store             // where pins are kept; nil: there are none
	forget       atomic.Pointer[func()] // lets the bot forget what went wrong
	forgetRows   atomic.Pointer[func()] // and what it read
}

// newStage starts both fakes, joined: calls of WHMCS show up in the workspace's trace,
// and its faults are switches on the page.
func newStage(addr string) (*stage, error) {
	workspace, err := slackfake.New(slackfake.Config{Addr: addr})
	if err != nil {
		return nil, err
	}
	s := &stage{workspace: workspace, oldAfter: demoOldAfter}
	s.installation = whmcsfake.New(whmcsfake.Config{OnCall: s.noteCall})
	if err := s.installation.Start(); err != nil {
		return nil, err
	}
	s.addSwitches()
	if err := workspace.Start(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stage) close() {
	s.workspace.Close()
	s.installation.Close()
}

// config is what the environment would say for the fakes. Only the user group Support may
// ask, so that refusals can be tried too.
func (s *stage) config(logs io.Writer) *config {
	return &config{
		slackAppToken: whmcs.Secret(s.workspace.AppToken()),
		slackBotToken: whmcs.Secret(s.workspace.BotToken()),
		slackURL:      s.workspace.URL(),
		whmcs: whmcs.Config{
			URL: s.installation.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret,
			CacheTTL: demoCacheTTL, MaxConcurrent: 4, Timeout: 30 * time.Second,
		},
		adminURL:     demoAdminURL,
		currency:     demoCurrency,
		snapshotLife: s.oldAfter,
		allow:        bot.Allow{Groups: []string{slackfake.SupportTeam}},
		contact:      slackfake.Bob,
		command:      "/services",
		log:          slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}
