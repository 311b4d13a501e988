package main

import (
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

	"servicesbot/bot"
	"servicesbot/whmcs"
)

// A problem is something wrong with a setting, or with two that belong together. It never
// holds a value, except short items of BOT_ALLOW that cannot be a token.
type problem struct {
	about string // WHMCS_URL; WHMCS_IDENTIFIER and WHMCS_SECRET
	says  string
	fix   string // what to do, where says does not say it
}

// Error returns the problem in one line.
func (p *problem) Error() string {
	line := p.about + ": " + p.says
	if p.fix != "" {
		line += ". " + p.fix
	}
	return line
}

// problems collects what is wrong with the environment.
type problems struct {
	all   []*problem
	noted []string // settings of which nothing more is to be said
}

// add notes a problem of a setting, or of two with " and " between them.
func (p *problems) add(about, format string, args ...any) {
	p.addProblem(&problem{about: about, says: fmt.Sprintf(format, args...)})
}

func (p *problems) addProblem(found *problem) {
	for _, setting := range p.noted {
		if slices.Contains(strings.Fields(found.about), setting) {
			return
		}
	}
	p.all = append(p.all, found)
}

// err joins the problems, nil where there are none.
func (p *problems) err() error {
	errs := make([]error, len(p.all))
	for i, found := range p.all {
		errs[i] = found
	}
	return errors.Join(errs...)
}

// zone returns the time zone of that name, nil for the machine's own. Go takes a name that
// it does not know for UTC and says nothing.
func (p *problems) zone(name string) *time.Location {
	name = strings.TrimPrefix(name, ":") // as POSIX writes it
	if name == "" {
		return nil
	}
	if !strings.HasPrefix(name, "/") {
		zone, err := time.LoadLocation(name)
		if err != nil {
			p.add("TZ", "is not a time zone that is known here; use a name such as Europe/Vienna")
		}
		return zone
	}
	data, err := os.ReadFile(name)
	if err != nil {
		p.add("TZ", "names a file that cannot be read")
		return nil
	}
	zone, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		p.add("TZ", "names a file that is not a time zone")
	}
	return zone
}

func (p *problems) duration(name, text string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		p.add(name, "must be a duration with a unit, such as 30s, from %s to %s", round(least), round(most))
		return 0
	}
	return d
}

// warm is how often the whole installation is read in the background; 0: never.
func (p *problems) warm(text string) time.Duration {
	if text == "" {
		return 0
	}
	return p.duration("WHMCS_WARM", text, time.Minute, 6*time.Hour)
}

// round writes a whole number of minutes or hours without trailing zeros.
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
	if strings.HasSuffix(strings.TrimRight(strings.ToLower(u.Path), "/"), "/includes/api.php") {
		p.add("WHMCS_ADMIN_URL", "is the address of the API, which belongs into WHMCS_URL: set the address at which staff sign in to WHMCS, such as https://billing.example.com/admin/")
		return ""
	}
	return text
}

// redisURL returns the URL of the store, "" where it is wrong.
func (p *problems) redisURL(text whmcs.Secret) whmcs.Secret {
	if text == "" {
		return ""
	}
	if err := bot.CheckStoreURL(text.Reveal()); err != nil {
		p.add("REDIS_URL", "%v", err)
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
		p.add("BOT_COMMAND", "must be / followed by 1 to 31 small letters, digits, - or _")
	}
	return text
}

func (p *problems) fields(text string) []string {
	var fields []string
	for f := range strings.SplitSeq(text, ",") {
		f = strings.TrimSpace(f)
		switch {
		case f == "":
		case f == "notes", f == "subscriptionid", f == "email", len(f) > len("custom:") && strings.HasPrefix(f, "custom:"):
			fields = append(fields, f)
		default:
			p.add("BOT_FIELDS", "may hold notes, subscriptionid, email and custom:Name, separated by commas")
			return nil
		}
	}
	return fields
}

// findID says where Slack shows ids.
const findID = "To find an id in Slack: of a user, open the profile, ⋮, Copy member ID; of a channel, click its name, and look at the end of About; " +
	"of a user group, open it under People, ⋮, Copy group ID."

// aUser matches the id of a Slack user.
var aUser = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)

func (p *problems) contact(text string) string {
	if text != "" && !aUser.MatchString(text) {
		p.addProblem(&problem{"BOT_CONTACT", "must be the id of one user (U… or W…)", findID})
	}
	return text
}

func (p *problems) allow(text string) bot.Allow {
	a, err := bot.ParseAllow(text)
	switch {
	case text == "":
		p.addProblem(&problem{"BOT_ALLOW", "is not set, so nobody may ask: list user ids (U…), user group ids (S…), channel ids (C…), or everyone", findID})
	case err != nil:
		p.addProblem(&problem{"BOT_ALLOW", err.Error(), findID})
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
	if e.WHMCSLocalCommand != "" {
		p.oneWay(e)
		return
	}
	if e.WHMCSURL == "" {
		p.add("WHMCS_URL", "is not set: it needs the address of the WHMCS installation")
	}
	credential := e.WHMCSIdentifier != "" || e.WHMCSSecret != ""
	login := e.WHMCSUsername != "" || e.WHMCSPassword != ""
	switch {
	case !credential && !login:
		p.add("WHMCS_IDENTIFIER and WHMCS_SECRET", "are not set (nor are WHMCS_USERNAME and WHMCS_PASSWORD)")
	case credential && login:
		p.add("WHMCS_IDENTIFIER and WHMCS_USERNAME", "are both set: keep the API credential and remove the login")
	case credential:
		p.pair("WHMCS_IDENTIFIER", e.WHMCSIdentifier, "WHMCS_SECRET", e.WHMCSSecret)
	case login:
		p.pair("WHMCS_USERNAME", e.WHMCSUsername, "WHMCS_PASSWORD", e.WHMCSPassword)
	}
	if e.WHMCSURL != "" {
		p.whmcsURL(e)
	}
}

// pair checks two settings of which at least one is set.
func (p *problems) pair(first string, a whmcs.Secret, second string, b whmcs.Secret) {
	switch {
	case a == "":
		p.add(first, "is not set, but %s is", second)
	case b == "":
		p.add(second, "is not set, but %s is", first)
	}
}

// whmcsURL lets package whmcs judge the address and the basic authentication: what it says
// of the other fields is said above, by the names of the settings.
func (p *problems) whmcsURL(e *environment) {
	setting := map[string]string{"URL": "WHMCS_URL", "BasicAuth": "WHMCS_BASIC_AUTH"}
	for _, wrong := range (whmcs.Config{URL: e.WHMCSURL, BasicAuth: e.WHMCSBasicAuth}).Problems() {
		if name, ok := setting[wrong.Field]; ok {
			p.add(name, "%s", wrong.Says)
		}
	}
}

// What Slack's tokens begin with.
const (
	appTokenBegin = "xapp-"
	botTokenBegin = "xoxb-"
)

func (p *problems) slack(e *environment) {
	app, bot := e.SlackAppToken.Reveal(), e.SlackBotToken.Reveal()
	if strings.HasPrefix(app, botTokenBegin) && strings.HasPrefix(bot, appTokenBegin) {
		p.add("SLACK_APP_TOKEN and SLACK_BOT_TOKEN", "are swapped: the app token begins with %s, the bot token with %s", appTokenBegin, botTokenBegin)
		return
	}
	p.token("SLACK_APP_TOKEN", app, appTokenBegin, botTokenBegin)
	p.token("SLACK_BOT_TOKEN", bot, botTokenBegin, appTokenBegin)
}

// token checks what a token begins with; other is what the other token begins with.
func (p *problems) token(name, token, begin, other string) {
	switch {
	case token == "":
		p.add(name, "is not set: it needs a token that begins with %s", begin)
	case strings.HasPrefix(token, other):
		p.add(name, "must begin with %s; this is the token of the other setting, which begins with %s", begin, other)
	case !strings.HasPrefix(token, begin):
		p.add(name, "must begin with %s", begin)
	}
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
