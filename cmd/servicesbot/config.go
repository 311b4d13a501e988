package main

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/bot"
	"servicesbot/whmcs"
	"servicesbot/whmcs/local"
	"servicesbot/whmcs/query"
)

// environment is every setting, as text: go-envconfig prints the value of what it
// cannot convert and stops at the first problem, so converting is left to read, which
// names all problems and no value. The tables of the documents are made from the tags.
type environment struct {
	SlackAppToken whmcs.Secret `env:"SLACK_APP_TOKEN" for:"serve" help:"Slack app-level token, xapp-…, with the scope connections:write"`
	SlackBotToken whmcs.Secret `env:"SLACK_BOT_TOKEN" for:"serve" help:"Slack bot token, xoxb-…"`
	SlackAPIURL   string       `env:"SLACK_API_URL, default=https://slack.com/api/" help:"another Slack: GovSlack, or a fake one for tests"`

	WHMCSURL           string       `env:"WHMCS_URL" for:"ask, or WHMCS_LOCAL_COMMAND" help:"address of the WHMCS installation, with or without /includes/api.php; https unless loopback"`
	WHMCSIdentifier    whmcs.Secret `env:"WHMCS_IDENTIFIER" for:"ask, or the legacy login" help:"identifier of the API credential"`
	WHMCSSecret        whmcs.Secret `env:"WHMCS_SECRET" for:"ask, or the legacy login" help:"secret of the API credential"`
	WHMCSUsername      whmcs.Secret `env:"WHMCS_USERNAME" help:"legacy admin login, instead of the API credential"`
	WHMCSPassword      whmcs.Secret `env:"WHMCS_PASSWORD" help:"its password; sent as its MD5, as WHMCS wants it"`
	WHMCSAccessKey     whmcs.Secret `env:"WHMCS_ACCESS_KEY" help:"API access key, where the installation has one"`
	WHMCSBasicAuth     whmcs.Secret `env:"WHMCS_BASIC_AUTH" help:"user:password of HTTP basic authentication in front of WHMCS"`
	WHMCSLocalCommand  string       `env:"WHMCS_LOCAL_COMMAND" for:"ask, instead of WHMCS_URL and credentials" help:"command that starts a worker of WHMCS's Local API, such as php -q worker.php /var/www/whmcs; split like a shell's words, run without a shell"`
	WHMCSAdminURL      string       `env:"WHMCS_ADMIN_URL" help:"full URL of the admin area, for links; none: no links"`
	WHMCSCurrency      string       `env:"WHMCS_CURRENCY" help:"the installation's one currency, such as EUR; without it amounts have no currency and are not summed across clients"`
	WHMCSTimeout       string       `env:"WHMCS_TIMEOUT, default=30s" help:"one call to WHMCS"`
	WHMCSPageSize      string       `env:"WHMCS_PAGE_SIZE, default=100" help:"rows per call, 1 to 1000; halved when WHMCS fails on it"`
	WHMCSMaxConcurrent string       `env:"WHMCS_MAX_CONCURRENT, default=4" help:"calls to WHMCS at once, 1 to 256; with REDIS_URL of all replicas together"`
	WHMCSCacheTTL      string       `env:"WHMCS_CACHE_TTL, default=30s" help:"how long a reply of WHMCS is used again; 0s switches it off"`
	WHMCSScanRows      string       `env:"WHMCS_SCAN_ROWS, default=20000" help:"rows that one question may look at"`
	WHMCSWarm          string       `env:"WHMCS_WARM" help:"how often the whole installation is read in the background, such as 15m, from 1m to 6h: then questions about it are answered at once, with the age of the rows; off without it"`

	RedisURL whmcs.Secret `env:"REDIS_URL" help:"Redis or Valkey server (redis://, rediss://, valkey://, valkeys://) that lets any number of processes with the same tokens work as one; off without it"`

	BotAllow    string `env:"BOT_ALLOW" for:"serve" help:"who may ask: a comma list of user (U…, W…), user group (S…) and channel (C…, G…) ids, or everyone for all full members; a channel id permits asking in that channel only"`
	BotContact  string `env:"BOT_CONTACT" help:"user id (U…, W…) whom people who may not ask can ask for access; grants nothing"`
	BotCommand  string `env:"BOT_COMMAND, default=/services" help:"the slash command"`
	BotFields   string `env:"BOT_FIELDS" help:"extra fields to show privately: notes, subscriptionid, email (of clients; as:emails needs it), custom:Name"`
	BotRows     string `env:"BOT_ROWS, default=5" help:"rows on a page of a list, 1 to 10"`
	BotUserRate string `env:"BOT_USER_RATE, default=30" help:"questions per user and minute; 0 is no limit"`

	TZ        string `env:"TZ" help:"time zone that decides which day today is, such as Europe/Vienna; without it the machine's"`
	HTTPAddr  string `env:"HTTP_ADDR" help:"address for /healthz, /readyz and /metrics; off without it"`
	LogLevel  string `env:"LOG_LEVEL, default=info" help:"debug, info, warn or error"`
	LogFormat string `env:"LOG_FORMAT, default=json" help:"json, or text for people"`
}

// config is the environment, understood.
type config struct {
	unread []string // settings whose file gives no value

	slackAppToken, slackBotToken whmcs.Secret
	slackURL                     string
	whmcs                        whmcs.Config
	worker                       local.Config // of the Local API; without a command: HTTP
	adminURL, currency           string
	scanRows                     int
	warm                         time.Duration        // 0: off
	snapshotLife                 time.Duration        // of the demo; 0: the usual one
	redisURL                     whmcs.Secret         // "": this process is the only one
	shared, sharedWarm           query.SharedRows     // nil: likewise
	observeWarm                  func(query.WarmScan) // nil: nobody
	allow                        bot.Allow
	contact                      string
	command                      string
	fields                       []string
	rows, userRate               int
	httpAddr                     string
	log                          *slog.Logger
	logs                         *bot.LogBuffer   // that log writes to; nil: it writes by itself
	zone                         *time.Location   // nil: the machine's
	now                          func() time.Time // nil: time.Now
}

// A need is what a verb cannot do without.
type need int

const (
	needWHMCS need = 1 << iota
	needSlack
)

// load reads the environment. The error names every problem, by setting, without a value.
func (p *process) load(ctx context.Context, needs need) (*config, error) {
	cfg, wrong := p.tryLoad(ctx, needs)
	if cfg.zone != nil && p.setLocal != nil {
		p.setLocal(cfg.zone) // Go itself reads TZ, but not TZ_FILE
	}
	return cfg, wrong.err()
}

// tryLoad is load for a caller that can use half a configuration: a setting with a problem
// is zero.
func (p *process) tryLoad(ctx context.Context, needs need) (*config, *problems) {
	var e environment
	wrong := &problems{}
	if err := envconfig.ProcessWith(ctx, &envconfig.Config{Target: &e, Lookuper: withFiles(p.env, wrong)}); err != nil {
		wrong.add("environment", "%v", err)
	}
	cfg := e.read(wrong, needs, p.stderr)
	cfg.now, cfg.unread = p.now, wrong.noted
	for _, name := range workerEnvironment {
		if value, ok := p.env.Lookup(name); ok {
			cfg.worker.Env = append(cfg.worker.Env, name+"="+value)
		}
	}
	if e.TZ != "" { // perhaps from TZ_FILE
		cfg.worker.Env = append(cfg.worker.Env, "TZ="+e.TZ)
	}
	return cfg, wrong
}

// workerEnvironment are the variables that a worker gets, beside TZ. No other setting is
// among them.
var workerEnvironment = []string{"PATH", "HOME", "LANG", "SSH_AUTH_SOCK"}

// read converts and checks. What is logged later goes to logs.
func (e *environment) read(p *problems, needs need, logs io.Writer) *config {
	c := &config{
		zone:          p.zone(e.TZ),
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
		worker:   local.Config{Command: p.localCommand(e.WHMCSLocalCommand)},
		adminURL: p.adminURL(e.WHMCSAdminURL), currency: p.currency(e.WHMCSCurrency),
		scanRows: p.number("WHMCS_SCAN_ROWS", e.WHMCSScanRows, 1, 10_000_000), warm: p.warm(e.WHMCSWarm),
		command: p.command(e.BotCommand), fields: p.fields(e.BotFields),
		rows: p.number("BOT_ROWS", e.BotRows, 1, 10), userRate: p.number("BOT_USER_RATE", e.BotUserRate, 0, 100_000),
		httpAddr: p.addr(e.HTTPAddr), log: p.logger(e.LogLevel, e.LogFormat, logs),
	}
	if needs&needWHMCS != 0 {
		p.whmcs(e)
	}
	if needs&needSlack != 0 {
		p.slack(e)
		c.redisURL = p.redisURL(e.RedisURL)
		c.allow = p.allow(e.BotAllow)
		c.contact = p.contact(e.BotContact)
	}
	return c
}
