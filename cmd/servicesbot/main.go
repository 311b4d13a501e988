// Command servicesbot answers in Slack what a customer of a hosting company
// bought, from WHMCS. "servicesbot demo" shows it without any account.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/sethvargo/go-envconfig"
	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	p := &process{
		env: envconfig.OsLookuper(), environ: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		setLocal: func(zone *time.Location) { time.Local = zone },
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// A process is what the command takes from its surroundings, so that tests can
// bring their own.
type process struct {
	env            envconfig.Lookuper
	environ        []string // the names that env knows, as NAME=value
	stdin          io.Reader
	stdout, stderr io.Writer
	setLocal       func(*time.Location) // sets the process's time zone; nil: it stays
	now            func() time.Time     // nil: time.Now
}

// run carries a command line out and returns the exit code.
func (p *process) run(ctx context.Context, args []string) int {
	c := p.root()
	c.SetArgs(args)
	c.SetOut(p.stdout)
	c.SetErr(p.stderr)
	if err := c.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(p.stderr, "servicesbot:", err)
		return 1
	}
	return 0
}

// root is the command with all its verbs.
func (p *process) root() *cobra.Command {
	serve := p.serveCommand()
	c := &cobra.Command{
		Use:   "servicesbot",
		Short: "Look up in Slack what a customer bought, from WHMCS",
		Long: `servicesbot is a Slack bot for support staff of hosting companies: it answers
"/services client:1 status:active" from WHMCS. It only reads.

Without a verb it serves. Settings come from the environment; the README lists them.`,
		Example: `  servicesbot demo                           try it in a browser, no account needed
  servicesbot ask "client:1 status:active"   ask WHMCS from the shell
  servicesbot manifest                       what Slack makes the app from
  servicesbot doctor                         check settings, Slack and WHMCS
  servicesbot                                serve Slack`,
		Args:          knownVerb,
		RunE:          serve.RunE,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	c.AddCommand(serve, p.askCommand(), demoCommand(), p.doctorCommand(), p.manifestCommand(), p.healthCommand(), p.versionCommand())
	return c
}

// knownVerb refuses what is no verb, and names the nearest one.
func knownVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = 2
	hint := "servicesbot --help lists them"
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", near[0])
	}
	return fmt.Errorf("there is no verb %q; %s", args[0], hint)
}
