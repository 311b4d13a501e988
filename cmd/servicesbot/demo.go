package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
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
		Short: "Try the bot in a browser, with a Slack and a WHMCS made up on this machine",
		Long: `Starts a made-up Slack workspace and a made-up WHMCS, puts the real bot between
them, and prints the address of a page to try it on. Nothing leaves this machine
and no account is needed.`,
		Example: `  servicesbot demo --open
  servicesbot demo --addr 127.0.0.1:8000
  servicesbot demo --script testdata/talk/first.talk`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return demo(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.addr, "addr", "127.0.0.1:0", "loopback address of the page; port 0 takes a free one")
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
	s, err := newStage(o.addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	defer s.close()
	fmt.Fprintf(out, "The demo is at %s (stop it with Ctrl-C)\n", s.workspace.PageURL())
	if o.open {
		if err := openBrowser(ctx, s.workspace.PageURL()); err != nil {
			fmt.Fprintf(out, "No browser could be opened (%v); open the address yourself.\n", err)
		}
	}
	if o.script != "" {
		played := make(chan struct{})
		defer func() { <-played }()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go func() {
			defer close(played)
			showScript(ctx, s.workspace, script, out)
		}()
	}
	return s.serve(ctx, logs)
}

// serve runs the bot between the fakes until ctx ends.
func (s *stage) serve(ctx context.Context, logs io.Writer) error {
	b, api, err := newBot(s.config(logs), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	forget := func() { b.TryNewBlocks(); api.TryAgain() }
	s.forget.Store(&forget)
	return b.Run(ctx)
}

// demoAdminURL leads nowhere; the page says so instead of opening it.
const demoAdminURL = "https://billing.example.com/admin/"

// demoCacheTTL is short, so that a switch of WHMCS shows soon.
const demoCacheTTL = 5 * time.Second

// A stage is what stands around the bot in the demo: a Slack and a WHMCS.
type stage struct {
	workspace    *slackfake.Workspace
	installation *whmcsfake.Server
	forget       atomic.Pointer[func()] // lets the bot forget what went wrong
}

// newStage starts both fakes, joined: calls of WHMCS show up in the workspace's trace,
// and its faults are switches on the page.
func newStage(addr string) (*stage, error) {
	workspace, err := slackfake.New(slackfake.Config{Addr: addr})
	if err != nil {
		return nil, err
	}
	s := &stage{workspace: workspace}
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

// config is what the environment would say for the fakes. Only the group Support may
// ask, so that refusals can be tried as well.
func (s *stage) config(logs io.Writer) *config {
	return &config{
		slackAppToken: whmcs.Secret(s.workspace.AppToken()),
		slackBotToken: whmcs.Secret(s.workspace.BotToken()),
		slackURL:      s.workspace.URL(),
		whmcs: whmcs.Config{
			URL: s.installation.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret,
			CacheTTL: demoCacheTTL,
		},
		adminURL: demoAdminURL,
		currency: "EUR",
		allow:    bot.Allow{Groups: []string{slackfake.SupportTeam}},
		command:  "/services",
		log:      slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}
