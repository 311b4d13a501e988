package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"servicesbot/bot"
	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// errUnanswered makes the exit code 1 where the answer, already printed, says what
// went wrong.
var errUnanswered = errors.New("not answered")

// fromStdin is the question that stands for the lines of standard input.
const fromStdin = "-"

const askLong = `Asks in the same language as in Slack and prints the same answer as text. Only the
WHMCS_ settings are needed. Quote the question: a shell has its own use for < and >.

With - as the question, each line of standard input is a question; blank lines are
skipped. Each answer begins with "> " and its question.

With --json each answer is one JSON object, also where the question was not answered:
then it has an error and no services. These names stay as they are; others may be added.

  query       the question, as it was understood
  error       why there is no answer; missing if there is one
  text        of help, or of a choice: what it says
  guess       whether words of the question were left out (left_out), or only a client's
              name matched
  offers      where nothing was found: questions that have services, with how many (found)
  matched     how many services match, as far as they were looked at
  more        whether there are more than services lists; as:csv lists all
  next        the question for the next page, to be asked as it is; missing on the last page
  continue    the question that goes on where the search stopped; missing if it did not stop
  complete    whether everything was looked at; if not, why says why not
  looked_at   how many services were looked at, of how many that WHMCS counts (of)
  unreadable  how many of them cannot be read; malformed is how many of those WHMCS itself
              cannot send, because their text is not valid UTF-8
  foreign     how many were left out because WHMCS sent what was not asked for
  unpriced    how many an amount: filter left out because their price cannot be read
  as_of       when WHMCS said so
  services    service, client, client_name, company, status, product_id, product, group,
              qty, domain, username, amount, first_payment, currency, cycle, due,
              registered, payment, server, server_host, server_ip, ip, assigned_ips,
              suspension_reason, order, order_number, options; with BOT_FIELDS also
              email (the client's), notes, subscriptionid and fields
  clients     of as:clients and as:emails: client, client_name, company, services (how many
              match), status (counts), and with BOT_FIELDS email; unnamed is of how many
              WHMCS gave neither name nor address
  domains     of as:domains: all of them, each once
  summary     of as:summary: clients, due_7, due_30, overdue, free_or_once,
              revenue_per_month, currency, and counts by status, product (with its
              revenue_per_month), server, cycle; unpriced is how many are in no revenue,
              odd_cycle those of them whose billing cycle is not known

With as:csv, and where as:domains or as:emails are many, without --json, the file goes to standard output and the rest to
standard error. Nothing is logged unless LOG_LEVEL is set.

The exit code is 0 if every question was answered, also with "nothing found". It is 1
if a question was not understood, WHMCS did not answer it, or a setting is wrong.`

func (p *process) askCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Ask WHMCS from the shell, and get the answer that Slack would get",
		Long:  askLong,
		Example: `  servicesbot ask "client:1 status:active"
  servicesbot ask "server:saturn status:active as:summary"
  servicesbot ask --json "server:saturn as:csv" | jq -r '.services[] | [.client, .domain] | @tsv'
  servicesbot ask "status:suspended due:overdue as:csv" > overdue.csv
  servicesbot ask --json - < questions.txt
  servicesbot ask "help status"`,
		Args:              something,
		ValidArgsFunction: completeQuestion,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := p.load(c.Context(), needWHMCS)
			if err != nil {
				return err
			}
			if _, set := withFiles(p.env, &problems{}).Lookup("LOG_LEVEL"); !set {
				cfg.log = slog.New(slog.DiscardHandler) // the answer says what went wrong
			}
			end, err := cfg.openWay()
			if err != nil {
				return err
			}
			defer end()
			_, answers, err := newAnswers(cfg)
			if err != nil {
				return err
			}
			line := strings.Join(args, " ")
			if line == fromStdin {
				return p.askLines(c.Context(), answers, asJSON)
			}
			return p.ask(c.Context(), answers, line, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print each answer as a JSON object")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return fmt.Errorf("%w; quote the question if a term begins with -, as in \"client:1 -status:active\"", err)
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

// lineAtMost is how many bytes a line of standard input may have: more than any question
// that the language takes.
const lineAtMost = 64 << 10

// askLines answers every line of standard input, also after one that was not answered.
func (p *process) askLines(ctx context.Context, answers *bot.Answers, asJSON bool) error {
	lines := bufio.NewScanner(p.stdin)
	lines.Buffer(nil, lineAtMost)
	asked, unanswered := 0, 0
	for lines.Scan() && ctx.Err() == nil {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		if asked > 0 && !asJSON {
			fmt.Fprintln(p.stdout)
		}
		if !asJSON {
			fmt.Fprintln(p.stdout, ">", line)
		}
		asked++
		err := p.ask(ctx, answers, line, asJSON)
		if err != nil && !errors.Is(err, errUnanswered) {
			return err
		}
		if err != nil {
			unanswered++
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("a line of standard input has more than %d bytes", lineAtMost)
	case err != nil:
		return fmt.Errorf("standard input cannot be read: %w", err)
	case unanswered > 0:
		return fmt.Errorf("%d of %d questions %w", unanswered, asked, errUnanswered)
	}
	return ctx.Err()
}

// ask answers line. What is not rows goes to standard error where a program reads
// standard output.
func (p *process) ask(ctx context.Context, answers *bot.Answers, line string, asJSON bool) error {
	ans, msg := answers.Ask(ctx, line, p.progress())
	switch {
	case ans.Result != nil && (ans.Result.Query.As == query.ViewCSV || formatting.IsFile(ans.Result)) && !asJSON:
		return p.printFile(answers.Style, ans.Result, msg)
	case asJSON:
		if err := printAnswer(p.stdout, ans, msg, answers.Style); err != nil {
			return err
		}
	default:
		if _, err := fmt.Fprintln(p.stdout, formatting.Plain(msg)); err != nil {
			return err
		}
	}
	if ans.Err != nil {
		return errUnanswered
	}
	return nil
}

// printFile prints the file to standard output, and what it is to standard error.
func (p *process) printFile(style formatting.Style, res *query.Result, msg formatting.Message) error {
	fmt.Fprintln(p.stderr, formatting.Plain(msg))
	_, err := p.stdout.Write(style.File(res, formatting.View{}).Content)
	return err
}

// progressEvery is the time between two lines of progress.
const progressEvery = time.Second

// progress returns a function that reports on a scan: one line per second, with the time left.
func (p *process) progress() func(query.Progress) {
	next := time.Now().Add(progressEvery)
	return func(at query.Progress) {
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

// printJSON prints v for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
