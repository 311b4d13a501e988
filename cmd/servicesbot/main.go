// Command servicesbot answers in Slack what a customer of a hosting company
// bought, from WHMCS. "servicesbot demo" shows it without any account.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
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
		Long: `servicesbot is a Slack bot for the support staff of hosting companies: it answers
"/services client:1 status:active" from WHMCS. It only reads.

Without a command it serves Slack. Settings come from the environment; OPERATING.md
lists them. The exit code is 0 if all went well, else 1.`,
		Example: `  servicesbot demo                           try it in a browser, no account needed
  servicesbot ask "client:1 status:active"   ask WHMCS from the shell
  servicesbot manifest                       print what Slack makes the app from
  servicesbot doctor                         check settings, Slack and WHMCS
  servicesbot                                serve Slack`,
		Args:          knownVerb,
		RunE:          serve.RunE,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	c.AddCommand(serve, p.askCommand(), demoCommand(), p.doctorCommand(), p.manifestCommand(), p.localWorkerCommand(), p.healthCommand(), p.versionCommand())
	return c
}

// knownVerb refuses a first argument that is not a command, and suggests what was meant:
// a command, or a question without its "ask".
func knownVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = 2
	line := strings.Join(args, " ")
	near := c.SuggestionsFor(args[0])
	meant := "servicesbot ask " + shellQuoted(line)
	if len(near) > 0 && !strings.ContainsAny(args[0], ":.@ ") {
		meant = "servicesbot " + near[0]
	}
	return fmt.Errorf("there is no command %q; did you mean: %s", args[0], meant)
}

// shellQuoted quotes a line so that a POSIX shell passes it on as it is.
func shellQuoted(line string) string {
	if strings.ContainsAny(line, "\"$`\\!") {
		return "'" + strings.ReplaceAll(line, "'", `'\''`) + "'"
	}
	return `"` + line + `"`
}
