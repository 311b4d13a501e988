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
	p := &process{env: envconfig.OsLookuper(), stdout: os.Stdout, stderr: os.Stderr}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// A process is what the command takes from its surroundings, so that tests can
// bring their own.
type process struct {
	env            envconfig.Lookuper
	stdout, stderr io.Writer
	now            func() time.Time // nil: time.Now
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
		Example: `  servicesbot demo                         try it in a browser, no account needed
  servicesbot ask "client:1 status:active"  ask WHMCS from the shell
  servicesbot                              serve Slack`,
		Args:          cobra.NoArgs,
		RunE:          serve.RunE,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	c.AddCommand(serve, p.askCommand(), demoCommand(), p.doctorCommand(), p.manifestCommand(), p.healthCommand(), p.versionCommand())
	return c
}
