package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"servicesbot/bot"
	"servicesbot/formatting"
	"servicesbot/whmcs"
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
WHMCS_ settings are needed. Quote the question: a shell takes < and > for itself.

The exit code is 1 where the question was not answered, and 0 where nothing was found.
With as:csv the file goes to standard output and the rest to standard error. Nothing
is logged unless LOG_LEVEL is set.`,
		Example: `  servicesbot ask "client:1 status:active"
  servicesbot ask "server:saturn status:active as:summary"
  servicesbot ask --json "domain:example.com" | jq ".Services[].ID"
  servicesbot ask "status:suspended due:overdue as:csv" > overdue.csv
  servicesbot ask "help status"`,
		Args:              something,
		ValidArgsFunction: completeQuestion,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := p.load(c.Context(), needWHMCS)
			if err != nil {
				return err
			}
			if level, _ := p.env.Lookup("LOG_LEVEL"); level == "" {
				cfg.log = slog.New(slog.DiscardHandler) // the answer says what went wrong
			}
			_, answers, err := newAnswers(cfg)
			if err != nil {
				return err
			}
			return p.ask(c.Context(), answers, strings.Join(args, " "), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the rows and what is known of them as JSON")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; quote the question where a term begins with -, as in \"client:1 -status:active\"", err)
	})
	return c
}

// something refuses an empty question.
func something(_ *cobra.Command, args []string) error {
	if strings.TrimSpace(strings.Join(args, "")) == "" {
		return errors.New(`ask what? For example: servicesbot ask "client:1 status:active"`)
	}
	return nil
}

// ask answers line. What is no rows goes to standard error where a program reads
// standard output.
func (p *process) ask(ctx context.Context, answers *bot.Answers, line string, asJSON bool) error {
	req := &bot.Request{Door: bot.DoorShell, Line: line}
	ans := answers.Answer(ctx, req, bot.Showing{Progress: p.progress()})
	switch {
	case ans.Result != nil && asJSON:
		return printResult(p.stdout, ans.Result, answers.Style.Fields)
	case ans.Result != nil && ans.Query.As == query.ViewCSV:
		return p.printCSV(answers, ans)
	}
	words := p.stdout
	if asJSON {
		words = p.stderr
	}
	if _, err := fmt.Fprintln(words, formatting.Plain(ans.Message)); err != nil {
		return err
	}
	if ans.Err != nil {
		return errUnanswered
	}
	return nil
}

// printCSV prints the file where it can be redirected, and what it is beside it.
func (p *process) printCSV(answers *bot.Answers, ans bot.Answer) error {
	file, _ := answers.Style.CSV(ans.Result, formatting.View{})
	fmt.Fprintln(p.stderr, formatting.Plain(ans.Message))
	_, err := p.stdout.Write(file)
	return err
}

// progressEvery is the time between two lines of progress.
const progressEvery = time.Second

// progress returns what tells of a scan: a line a second, with the time left.
func (p *process) progress() func(query.Progress, query.Query) {
	next := time.Now().Add(progressEvery)
	return func(at query.Progress, _ query.Query) {
		if time.Now().Before(next) {
			return
		}
		next = time.Now().Add(progressEvery)
		left := ""
		if at.Left > 0 {
			left = fmt.Sprintf(", about %s left", at.Left.Round(time.Second))
		}
		fmt.Fprintf(p.stderr, "looked at %d of %d services, found %d%s\n", at.Looked, at.Of, at.Found, left)
	}
}

// printResult prints a result for programs: the question as its line, and of the
// fields that are shown only on demand those that BOT_FIELDS names.
func printResult(w io.Writer, res *query.Result, fields []string) error {
	shown := *res
	shown.Services = slices.Clone(res.Services)
	for i := range shown.Services {
		s := &shown.Services[i]
		if !slices.Contains(fields, "notes") {
			s.Notes = ""
		}
		if !slices.Contains(fields, "subscriptionid") {
			s.SubscriptionID = ""
		}
		s.CustomFields = slices.DeleteFunc(slices.Clone(s.CustomFields), func(f whmcs.CustomField) bool {
			return !slices.ContainsFunc(fields, func(name string) bool { return strings.EqualFold(name, "custom:"+f.Name) })
		})
	}
	return printJSON(w, struct {
		Query string
		*query.Result
	}{res.Query.String(), &shown})
}

// printJSON prints v for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
