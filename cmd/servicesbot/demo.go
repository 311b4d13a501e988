package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

func demoCommand() *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in a browser, with a Slack and a WHMCS made up on this machine",
		Long: `Starts a made-up Slack workspace and a made-up WHMCS, puts the real bot between
them, and prints the address of a page to try it on. Nothing leaves this machine
and no account is needed.`,
		Example: `  servicesbot demo
  servicesbot demo --addr 127.0.0.1:8000`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return demo(c.Context(), addr, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "loopback address of the page; port 0 takes a free one")
	return c
}

// demo runs the bot between both fakes until ctx ends.
func demo(ctx context.Context, addr string, out, logs io.Writer) error {
	installation := whmcsfake.New(whmcsfake.Config{})
	if err := installation.Start(); err != nil {
		return err
	}
	defer installation.Close()
	workspace, err := slackfake.New(slackfake.Config{Addr: addr})
	if err != nil {
		return err
	}
	if err := workspace.Start(); err != nil {
		return err
	}
	defer workspace.Close()
	fmt.Fprintf(out, "The demo is at %s (stop it with Ctrl-C)\n", workspace.PageURL())
	return serve(ctx, demoConfig(workspace, installation, logs), slog.New(slog.DiscardHandler))
}

// demoConfig is what the environment would say for the fakes.
func demoConfig(workspace *slackfake.Workspace, installation *whmcsfake.Server, logs io.Writer) *config {
	return &config{
		slackAppToken: whmcs.Secret(workspace.AppToken()),
		slackBotToken: whmcs.Secret(workspace.BotToken()),
		slackURL:      workspace.URL(),
		whmcs: whmcs.Config{
			URL: installation.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret,
		},
		adminURL: "https://billing.example.com/admin/",
		allow:    bot.Allow{Everyone: true},
		command:  "/services",
		log:      slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}
