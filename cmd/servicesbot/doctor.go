package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/spf13/cobra"
)

// What a check came to. Only a problem makes the exit code 1.
const (
	wentWell   = "ok"
	remarkable = "note" // it works, but there is something to know
	wrong      = "problem"
	notChecked = "not checked"
)

// A check is one thing that was looked at.
type check struct {
	Area   string `json:"area"` // settings, Slack, WHMCS
	About  string `json:"about"`
	Result string `json:"result"` // ok, note, problem, not checked
	Says   string `json:"says"`
	Fix    string `json:"fix,omitempty"` // what to do about it
}

// A diagnosis is all that the doctor found, as JSON.
type diagnosis struct {
	Healthy bool    `json:"healthy"`
	Checks  []check `json:"checks"`
}

// A doctor looks at one area after the other and reports each check as it is made.
// It keeps no customer's data, so that its report can be sent to anybody: it counts
// rows and names their types.
type doctor struct {
	cfg      *config
	environ  []string // NAME=value
	now      func() time.Time
	report   func(check)
	slackAPI *slack.Client // calls once, without trying again
	area     string
	problems int
}

func (d *doctor) add(c check) {
	c.Area = d.area
	if c.Result == wrong {
		d.problems++
	}
	d.report(c)
}

func (d *doctor) ok(about, format string, args ...any) {
	d.add(check{About: about, Result: wentWell, Says: fmt.Sprintf(format, args...)})
}

func (d *doctor) note(about, says, fix string) {
	d.add(check{About: about, Result: remarkable, Says: says, Fix: fix})
}

func (d *doctor) problem(about, says, fix string) {
	d.add(check{About: about, Result: wrong, Says: says, Fix: fix})
}

// skip reports what was not checked.
func (d *doctor) skip(why string, abouts ...string) {
	if len(abouts) > 0 {
		d.add(check{About: strings.Join(abouts, ", "), Result: notChecked, Says: why})
	}
}

func (p *process) doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check settings, Slack and WHMCS, and say how to fix what is wrong",
		Long: `Checks everything that can be wrong before the bot runs, and says how to fix it:
all settings at once; the tokens and each scope; the entries of BOT_ALLOW; the
address, certificate, credentials and API role of WHMCS, what its replies look like
and how long they take; the server that replicas share, if REDIS_URL is set.

Settings may be missing: it checks what it can with the others. It opens no socket,
so it does not disturb a bot that is running, and it changes nothing. It prints no
customer's data, so you can show its report to others.

The exit code is 0 if there is no problem, else 1.`,
		Example: `  servicesbot doctor
  servicesbot doctor --json | jq '.checks[] | select(.result == "problem")'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.examine(c.Context(), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the checks as JSON")
	return c
}

// examine makes all checks. Its error says how many problems there are.
func (p *process) examine(ctx context.Context, asJSON bool) error {
	cfg, wrong := p.tryLoad(ctx, needWHMCS|needSlack)
	var seen diagnosis
	now := time.Now
	if p.now != nil {
		now = p.now
	}
	d := &doctor{cfg: cfg, environ: p.environ, now: now, report: func(c check) { seen.Checks = append(seen.Checks, c) }}
	if !asJSON {
		d.report = newReport(p.stdout).print
	}
	d.settings(wrong.all)
	self := d.slack(ctx)
	d.whmcs(ctx)
	d.store(ctx, self)
	if err := ctx.Err(); err != nil {
		return err
	}
	if asJSON {
		seen.Healthy = d.problems == 0
		if err := printJSON(p.stdout, seen); err != nil {
			return err
		}
	}
	switch d.problems {
	case 0:
		return nil
	case 1:
		return errors.New("1 problem")
	}
	return fmt.Errorf("%d problems", d.problems)
}

// settings reports the problems of the settings, and what is worth knowing of the others.
func (d *doctor) settings(problems []*problem) {
	d.area = "settings"
	wrongly := map[string]bool{}
	for _, found := range problems {
		wrongly[found.about] = true
		d.problem(found.about, found.says, found.fix)
	}
	if len(problems) == 0 {
		d.ok("settings", "all that serve needs are set")
	}
	if names := unknownSettings(d.environ); len(names) == 1 {
		d.note(names[0], "is not a setting, and changes nothing", "Compare its spelling with the table in OPERATING.md.")
	} else if len(names) > 1 {
		d.note(strings.Join(names, ", "), "are not settings, and change nothing", "Compare their spelling with the table in OPERATING.md.")
	}
	if !wrongly["TZ"] {
		now := d.now()
		if d.cfg.zone != nil {
			now = now.In(d.cfg.zone)
		}
		d.ok("TZ", "today is %s, at %s", now.Format(time.DateOnly), now.Format("15:04 MST"))
	}
	if d.cfg.adminURL == "" && !wrongly["WHMCS_ADMIN_URL"] {
		d.note("WHMCS_ADMIN_URL", "is not set: answers have no links into WHMCS", "Set it to the address of the admin area, such as https://billing.example.com/admin/.")
	}
	if d.cfg.httpAddr == "" {
		d.note("HTTP_ADDR", "is not set: there is no health check and there are no metrics", "Set it to 127.0.0.1:8080, or to an address that your monitoring reaches.")
	}
}

// unknownSettings are the names in an environment that look like settings but are not:
// most often mistyped ones.
func unknownSettings(environ []string) []string {
	var names []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if ours.MatchString(name) && !settingNames()[strings.TrimSuffix(name, "_FILE")] {
			names = append(names, name)
		}
	}
	return names
}

var ours = regexp.MustCompile(`^(SLACK|WHMCS|BOT)_`)

// settingNames are the names of all settings.
func settingNames() map[string]bool {
	names := map[string]bool{}
	for f := range reflect.TypeFor[environment]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
		names[name] = true
	}
	return names
}

// A report prints checks for people.
type report struct {
	w    io.Writer
	area string
}

func newReport(w io.Writer) *report { return &report{w: w} }

// print writes one check. A writer that fails is noticed by whoever reads from it.
func (r *report) print(c check) {
	if c.Area != r.area {
		fmt.Fprintf(r.w, "%s%s\n", map[bool]string{false: "\n"}[r.area == ""], capital(c.Area))
		r.area = c.Area
	}
	fmt.Fprintf(r.w, "  %-11s  %s: %s\n", cmp.Or(map[string]string{wrong: "PROBLEM"}[c.Result], c.Result), c.About, c.Says)
	if c.Fix != "" {
		fmt.Fprintf(r.w, "  %-11s  > %s\n", "", c.Fix)
	}
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
