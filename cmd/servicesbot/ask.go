package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"servicesbot/bot"
	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// errUnanswered makes the exit code 1 where the answer, already printed, says what
// went wrong.
var errUnanswered = errors.New("not answered")

func (p *process) askCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Ask WHMCS from the shell; the answer is the one that Slack would get",
		Long: `Asks in the same language as in Slack and prints the same answer as text. Only the
WHMCS_ settings are needed. The exit code is 1 where the question was not answered.`,
		Example: `  servicesbot ask "client:1 status:active"
  servicesbot ask "server:saturn status:active as:summary"
  servicesbot ask --json "domain:example.com"
  servicesbot ask "help status"`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := p.load(c.Context(), needWHMCS)
			if err != nil {
				return err
			}
			_, answers, err := newAnswers(cfg)
			if err != nil {
				return err
			}
			return ask(c, answers, strings.Join(args, " "), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the rows and what is known of them as JSON")
	return c
}

func ask(c *cobra.Command, answers *bot.Answers, line string, asJSON bool) error {
	req := &bot.Request{Door: bot.DoorShell, Ref: "shell", Line: line}
	ans := answers.Answer(c.Context(), req, bot.Showing{Progress: func(p query.Progress, _ query.Query) {
		fmt.Fprintf(c.ErrOrStderr(), "looked at %d of %d services, found %d\n", p.Looked, p.Of, p.Found)
	}})
	if ans.Result != nil && asJSON {
		return printJSON(c.OutOrStdout(), ans.Result)
	}
	if ans.Result != nil && ans.Query.As == query.ViewCSV {
		return printCSV(c, answers, ans)
	}
	if _, err := fmt.Fprintln(c.OutOrStdout(), formatting.Plain(ans.Message)); err != nil {
		return err
	}
	if ans.Err != nil {
		return errUnanswered
	}
	return nil
}

// printCSV prints the file where it can be redirected, and what it is beside it.
func printCSV(c *cobra.Command, answers *bot.Answers, ans bot.Answer) error {
	file, _ := formatting.CSV(ans.Result, answers.Format)
	fmt.Fprintln(c.ErrOrStderr(), formatting.Plain(ans.Message))
	_, err := c.OutOrStdout().Write(file)
	return err
}

// printJSON prints v for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
