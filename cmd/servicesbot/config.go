package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/bot"
	"servicesbot/whmcs"
)

// environment is every variable, as text: go-envconfig prints the value of what it
// cannot convert and stops at the first problem, so that converting is left to
// read, which names all problems and no value. The README's table is made from
// the tags.
type environment struct {
	SlackAppToken whmcs.Secret `env:"SLACK_APP_TOKEN" for:"serve" help:"Slack app-level token, xapp-…, with the scope connections:write"`
	SlackBotToken whmcs.Secret `env:"SLACK_BOT_TOKEN" for:"serve" help:"Slack bot token, xoxb-…"`
	SlackAPIURL   string       `env:"SLACK_API_URL, default=https://slack.com/api/" help:"another Slack: GovSlack, or a fake one for tests"`

	WHMCSURL           string       `env:"WHMCS_URL" for:"ask" help:"the WHMCS installation, with or without /includes/api.php; https unless loopback"`
	WHMCSIdentifier    whmcs.Secret `env:"WHMCS_IDENTIFIER" for:"ask, or the legacy login" help:"API credential: identifier"`
	WHMCSSecret        whmcs.Secret `env:"WHMCS_SECRET" for:"ask, or the legacy login" help:"API credential: secret"`
	WHMCSUsername      whmcs.Secret `env:"WHMCS_USERNAME" help:"legacy admin login, in place of the API credential"`
	WHMCSPassword      whmcs.Secret `env:"WHMCS_PASSWORD" help:"its password; sent as its MD5, as WHMCS wants it"`
	WHMCSAccessKey     whmcs.Secret `env:"WHMCS_ACCESS_KEY" help:"access key, where the installation has one"`
	WHMCSBasicAuth     whmcs.Secret `env:"WHMCS_BASIC_AUTH" help:"user:password of HTTP basic authentication in front of WHMCS"`
	WHMCSAdminURL      string       `env:"WHMCS_ADMIN_URL" help:"full URL of the admin area, for links; none: no links"`
	WHMCSCurrency      string       `env:"WHMCS_CURRENCY" help:"the installation's one currency, such as EUR; without it amounts stand bare and are not summed across clients"`
	WHMCSTimeout       string       `env:"WHMCS_TIMEOUT, default=30s" help:"one HTTP call to WHMCS"`
	WHMCSPageSize      string       `env:"WHMCS_PAGE_SIZE, default=100" help:"rows a call, 1 to 1000; halved when WHMCS breaks on it"`
	WHMCSMaxConcurrent string       `env:"WHMCS_MAX_CONCURRENT, default=4" help:"calls to WHMCS at once, whole process, 1 to 256"`
	WHMCSCacheTTL      string       `env:"WHMCS_CACHE_TTL, default=30s" help:"how long an answer of WHMCS is used again; 0s switches it off"`
	WHMCSScanRows      string       `env:"WHMCS_SCAN_ROWS, default=20000" help:"rows that one question may look at"`

	BotAllow    string `env:"BOT_ALLOW" for:"serve" help:"who may ask: a comma list of user (U…, W…), user group (S…) and channel (C…, G…) ids, or everyone for all full members; a channel id permits asking in that channel only"`
	BotCommand  string `env:"BOT_COMMAND, default=/services" help:"the slash command"`
	BotFields   string `env:"BOT_FIELDS" help:"extra fields to show privately: notes, subscriptionid, custom:Name"`
	BotRows     string `env:"BOT_ROWS, default=5" help:"rows on a page of a list, 1 to 10"`
	BotUserRate string `env:"BOT_USER_RATE, default=30" help:"questions a user and minute; 0 is no limit"`

	TZ        string `env:"TZ" help:"time zone that decides what today is, such as Europe/Vienna; the machine's without it"`
	HTTPAddr  string `env:"HTTP_ADDR" help:"address for /healthz, /readyz and /metrics; off without it"`
	LogLevel  string `env:"LOG_LEVEL, default=info" help:"debug, info, warn or error"`
	LogFormat string `env:"LOG_FORMAT, default=json" help:"json, or text for people"`
}

// config is the environment, understood.
type config struct {
	slackAppToken, slackBotToken whmcs.Secret
	slackURL                     string
	whmcs                        whmcs.Config
	adminURL, currency           string
	scanRows                     int
	allow                        bot.Allow
	command                      string
	fields                       []string
	rows, userRate               int
	httpAddr                     string
	log                          *slog.Logger
	now                          func() time.Time // nil: time.Now
}

// secretFileAtMost bounds what is read of a NAME_FILE.
const secretFileAtMost = 64 << 10

// withFiles adds NAME_FILE to a lookuper: the content of the file that it names,
// trimmed. Blank values count as not set, so that the default holds. A file that gives
// no value is told by p, and what it stands for is then no further problem.
func withFiles(env envconfig.Lookuper, p *problems) envconfig.Lookuper {
	return envconfig.LookuperFunc(func(name string) (string, bool) {
		value, _ := env.Lookup(name)
		file, _ := env.Lookup(name + "_FILE")
		value, file = strings.TrimSpace(value), strings.TrimSpace(file)
		switch {
		case value != "" && file != "":
			p.add(name+"_FILE", "is set beside %s: keep one", name)
		case file != "":
			var err error
			if value, err = readFile(file); err != nil {
				p.add(name+"_FILE", "%v", err)
				p.told = append(p.told, name)
			}
		}
		return value, value != ""
	})
}

// readFile returns what a file holds, trimmed. The error does not name the file: who
// puts a secret where its file should be named would read it there.
func readFile(name string) (string, error) {
	f, err := os.Open(name)
	var content []byte
	if err == nil {
		defer f.Close()
		content, err = io.ReadAll(io.LimitReader(f, secretFileAtMost+1))
	}
	if failed, ok := errors.AsType[*os.PathError](err); ok {
		err = failed.Err
	}
	value := strings.TrimSpace(strings.TrimPrefix(string(content), "\ufeff"))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot be read: %w", err)
	case len(content) > secretFileAtMost:
		return "", fmt.Errorf("holds more than %d bytes", secretFileAtMost)
	case value == "":
		return "", errors.New("is empty")
	}
	return value, nil
}

// A need is what a verb cannot do without.
type need int

const (
	needWHMCS need = 1 << iota
	needSlack
)

// load reads the environment. The error names every problem, by variable, without
// a value.
func (p *process) load(ctx context.Context, needs need) (*config, error) {
	cfg, errs := p.tryLoad(ctx, needs)
	return cfg, errors.Join(errs...)
}

// tryLoad is load for who can do something with half a configuration: where there
// are problems, what they are about is zero.
func (p *process) tryLoad(ctx context.Context, needs need) (*config, []error) {
	var e environment
	wrong := &problems{}
	if err := envconfig.ProcessWith(ctx, &envconfig.Config{Target: &e, Lookuper: withFiles(p.env, wrong)}); err != nil {
		wrong.errs = append(wrong.errs, err)
	}
	cfg := e.read(wrong, needs, p.stderr)
	cfg.now = p.now
	return cfg, wrong.errs
}

// read converts and checks. What is logged later goes to logs.
func (e *environment) read(p *problems, needs need, logs io.Writer) *config {
	p.zone(e.TZ)
	c := &config{
		slackAppToken: e.SlackAppToken, slackBotToken: e.SlackBotToken,
		slackURL: p.slackURL(e.SlackAPIURL),
		whmcs: whmcs.Config{
			URL: e.WHMCSURL, Identifier: e.WHMCSIdentifier, Secret: e.WHMCSSecret,
			Username: e.WHMCSUsername, Password: e.WHMCSPassword,
			AccessKey: e.WHMCSAccessKey, BasicAuth: e.WHMCSBasicAuth,
			Timeout:       p.duration("WHMCS_TIMEOUT", e.WHMCSTimeout, time.Second, 10*time.Minute),
			PageSize:      p.number("WHMCS_PAGE_SIZE", e.WHMCSPageSize, 1, 1000),
			MaxConcurrent: p.number("WHMCS_MAX_CONCURRENT", e.WHMCSMaxConcurrent, 1, 256),
			CacheTTL:      p.duration("WHMCS_CACHE_TTL", e.WHMCSCacheTTL, 0, time.Hour),
		},
		adminURL: p.adminURL(e.WHMCSAdminURL), currency: p.currency(e.WHMCSCurrency),
		scanRows: p.number("WHMCS_SCAN_ROWS", e.WHMCSScanRows, 1, 10_000_000),
		command:  p.command(e.BotCommand), fields: p.fields(e.BotFields),
		rows: p.number("BOT_ROWS", e.BotRows, 1, 10), userRate: p.number("BOT_USER_RATE", e.BotUserRate, 0, 100_000),
		httpAddr: p.addr(e.HTTPAddr), log: p.logger(e.LogLevel, e.LogFormat, logs),
	}
	if needs&needWHMCS != 0 {
		p.whmcs(e)
	}
	if needs&needSlack != 0 {
		p.slack(e)
		c.allow = p.allow(e.BotAllow)
	}
	return c
}

// problems collects what is wrong with the environment.
type problems struct {
	errs []error
	told []string // variables whose problem is told already
}

// add tells a problem of a variable, or of several that belong together.
func (p *problems) add(name, format string, args ...any) {
	for _, known := range p.told {
		if slices.Contains(strings.Fields(name), known) {
			return
		}
	}
	p.errs = append(p.errs, fmt.Errorf(name+": "+format, args...))
}

// zone checks what Go would otherwise take for UTC without a word.
func (p *problems) zone(name string) {
	name = strings.TrimPrefix(name, ":")
	if strings.HasPrefix(name, "/") {
		return // a file of the machine's, as localtime is
	}
	if _, err := time.LoadLocation(name); err != nil {
		p.add("TZ", "is no time zone that is known here; name one such as Europe/Vienna")
	}
}

func (p *problems) duration(name, text string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		p.add(name, "must be a duration with a unit, such as 30s, from %s to %s", round(least), round(most))
		return 0
	}
	return d
}

// round writes a whole number of minutes or hours without zeros behind it.
func round(d time.Duration) string {
	text := d.String()
	for _, zeros := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zeros) {
			text = strings.TrimSuffix(text, zeros[1:])
		}
	}
	return text
}

func (p *problems) number(name, text string, least, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.add(name, "must be a whole number from %d to %d", least, most)
		return 0
	}
	return n
}

func (p *problems) slackURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || !secure(u) {
		p.add("SLACK_API_URL", "must be an https URL (http only to loopback), such as https://slack.com/api/")
		return ""
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u.String()
}

func (p *problems) adminURL(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || !secure(u) {
		p.add("WHMCS_ADMIN_URL", "must be a full https URL, such as https://billing.example.com/admin/")
		return ""
	}
	return text
}

// secure reports whether u is https, or stays on this machine.
func secure(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// defaultCommand is that of environment's tag.
const defaultCommand = "/services"

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	commandName  = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)
)

func (p *problems) currency(text string) string {
	if text != "" && !currencyCode.MatchString(text) {
		p.add("WHMCS_CURRENCY", "must be three capital letters, such as EUR")
	}
	return text
}

func (p *problems) command(text string) string {
	if !commandName.MatchString(text) {
		p.add("BOT_COMMAND", "must begin with / and hold 1 to 31 small letters, digits, - or _ after it")
	}
	return text
}

func (p *problems) fields(text string) []string {
	var fields []string
	for f := range strings.SplitSeq(text, ",") {
		f = strings.TrimSpace(f)
		switch {
		case f == "":
		case f == "notes", f == "subscriptionid", len(f) > len("custom:") && strings.HasPrefix(f, "custom:"):
			fields = append(fields, f)
		default:
			p.add("BOT_FIELDS", "knows notes, subscriptionid and custom:Name, separated by commas")
			return nil
		}
	}
	return fields
}

func (p *problems) allow(text string) bot.Allow {
	a, err := bot.ParseAllow(text)
	if err != nil {
		p.add("BOT_ALLOW", "%v", err)
	}
	return a
}

func (p *problems) addr(text string) string {
	if text != "" {
		if _, _, err := net.SplitHostPort(text); err != nil {
			p.add("HTTP_ADDR", "must be host:port or :port, such as 127.0.0.1:8080")
		}
	}
	return text
}

func (p *problems) whmcs(e *environment) {
	if e.WHMCSURL == "" {
		p.add("WHMCS_URL", "is required: the address of the WHMCS installation")
	}
	credential := e.WHMCSIdentifier != "" || e.WHMCSSecret != ""
	login := e.WHMCSUsername != "" || e.WHMCSPassword != ""
	switch {
	case !credential && !login:
		p.add("WHMCS_IDENTIFIER and WHMCS_SECRET", "are required (or WHMCS_USERNAME and WHMCS_PASSWORD)")
	case credential && login:
		p.add("WHMCS_IDENTIFIER and WHMCS_USERNAME", "are both set: keep the API credential and drop the login")
	case credential && (e.WHMCSIdentifier == "" || e.WHMCSSecret == ""):
		p.add("WHMCS_IDENTIFIER and WHMCS_SECRET", "belong together: one of them is not set")
	case login && (e.WHMCSUsername == "" || e.WHMCSPassword == ""):
		p.add("WHMCS_USERNAME and WHMCS_PASSWORD", "belong together: one of them is not set")
	}
	if e.WHMCSURL != "" {
		p.whmcsURL(e)
	}
}

// whmcsURL lets package whmcs judge the address and what stands in front of it,
// beside a credential that is whole.
func (p *problems) whmcsURL(e *environment) {
	_, err := whmcs.New(whmcs.Config{URL: e.WHMCSURL, BasicAuth: e.WHMCSBasicAuth, Identifier: "any", Secret: "any"})
	if err == nil {
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		field, says, _ := strings.Cut(line, ": ")
		p.add(map[string]string{"URL": "WHMCS_URL", "BasicAuth": "WHMCS_BASIC_AUTH"}[field], "%s", says)
	}
}

func (p *problems) slack(e *environment) {
	token := func(name string, s whmcs.Secret, prefix string) {
		switch {
		case s == "":
			p.add(name, "is required: a token that begins with %s", prefix)
		case !strings.HasPrefix(s.Reveal(), prefix):
			p.add(name, "must begin with %s", prefix)
		}
	}
	token("SLACK_APP_TOKEN", e.SlackAppToken, appTokenBegin)
	token("SLACK_BOT_TOKEN", e.SlackBotToken, botTokenBegin)
}

func (p *problems) logger(level, format string, w io.Writer) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		p.add("LOG_LEVEL", "must be debug, info, warn or error")
	}
	options := &slog.HandlerOptions{Level: l}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options))
	case "text":
		return slog.New(slog.NewTextHandler(w, options))
	}
	p.add("LOG_FORMAT", "must be json or text")
	return slog.New(slog.DiscardHandler)
}
