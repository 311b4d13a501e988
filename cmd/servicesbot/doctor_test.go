package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// A surgery is both fakes with the settings that lead to them.
type surgery struct {
	slack *slackfake.Workspace
	whmcs *whmcsfake.Server
	env   map[string]string
}

func newSurgery(t *testing.T, slackCfg slackfake.Config, whmcsCfg whmcsfake.Config) *surgery {
	t.Helper()
	s := &surgery{whmcs: whmcsfake.New(whmcsCfg)}
	var err error
	if s.slack, err = slackfake.New(slackCfg); err != nil {
		t.Fatal(err)
	}
	for _, start := range []func() error{s.slack.Start, s.whmcs.Start} {
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { s.slack.Close(); s.whmcs.Close() })
	s.env = map[string]string{
		"SLACK_API_URL": s.slack.URL(), "SLACK_APP_TOKEN": s.slack.AppToken(), "SLACK_BOT_TOKEN": s.slack.BotToken(),
		"WHMCS_URL": s.whmcs.URL(), "WHMCS_IDENTIFIER": whmcsfake.Identifier, "WHMCS_SECRET": whmcsfake.Secret,
		"WHMCS_ADMIN_URL": "https://billing.example.com/admin/", "HTTP_ADDR": "127.0.0.1:8080",
		"BOT_ALLOW": "U0ALICE,S0SUPPORT,C0INCIDENT",
	}
	return s
}

// examined runs the doctor and returns its checks and the exit code.
func examined(t *testing.T, env map[string]string) ([]check, int) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &process{env: envconfig.MapLookuper(env), stdout: &out, stderr: &errs}
	code := p.run(context.Background(), []string{"doctor", "--json"})
	var d diagnosis
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("%v in\n%s%s", err, out.String(), errs.String())
	}
	if d.Healthy != (code == 0) {
		t.Errorf("healthy is %v, the exit code %d", d.Healthy, code)
	}
	return d.Checks, code
}

// find returns the first check of an area whose subject begins with about.
func find(checks []check, area, about string) check {
	for _, c := range checks {
		if c.Area == area && strings.HasPrefix(c.About, about) {
			return c
		}
	}
	return check{}
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	t.Parallel()
	s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{})
	checks, code := examined(t, s.env)
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, c := range checks {
		if c.Result != wentWell && c.About != aboutApp {
			t.Errorf("%+v", c)
		}
	}
	if n := s.slack.Counts().SocketsOpened; n != 0 {
		t.Errorf("%d sockets were opened: a running bot would miss events", n)
	}
	for about, says := range map[string]string{
		aboutProducts: "650 services", aboutTimes: "100 in ", aboutReplies: "a list, an id is a text",
		aboutReplies + ", servers": "come with", aboutReplies + ", filters": "no services",
		aboutDetails: "email:", aboutNames: "client:", aboutServers: "server:",
	} {
		if c := find(checks, "WHMCS", about); !strings.Contains(c.Says, says) {
			t.Errorf("%s says %q, want %q in it", about, c.Says, says)
		}
	}
}

// TestDoctorSlack spoils one thing of Slack each and looks at what is said of it.
func TestDoctorSlack(t *testing.T) {
	t.Parallel()
	allButFiles := slackfake.DefaultScopes[:len(slackfake.DefaultScopes)-1]
	for _, tt := range []struct {
		name  string
		cfg   slackfake.Config
		spoil func(s *surgery)
		want  check // About is a beginning, Says and Fix are parts
	}{
		{"app token of nobody", slackfake.Config{}, func(s *surgery) { s.env["SLACK_APP_TOKEN"] = "xapp-1-nobody" },
			check{About: aboutAppToken, Result: wrong, Says: "invalid_auth", Fix: "App-Level Tokens"}},
		{"app token without its scope", slackfake.Config{AppScopes: []string{"authorizations:read"}}, nil,
			check{About: aboutAppToken, Result: wrong, Says: "lacks the scope connections:write", Fix: "connections:write"}},
		{"app token missing", slackfake.Config{}, func(s *surgery) { delete(s.env, "SLACK_APP_TOKEN") },
			check{About: aboutAppToken, Result: notChecked, Says: "SLACK_APP_TOKEN is not set"}},
		{"app token in both places", slackfake.Config{}, func(s *surgery) { s.env["SLACK_BOT_TOKEN"] = s.slack.AppToken() },
			check{About: aboutBotToken, Result: notChecked, Says: "SLACK_BOT_TOKEN does not begin with xoxb-"}},
		{"bot token revoked", slackfake.Config{}, func(s *surgery) { s.slack.Fail("auth.test", slackfake.Failure{Refuse: "token_revoked"}) },
			check{About: aboutBotToken, Result: wrong, Says: "token_revoked", Fix: "Bot User OAuth Token"}},
		{"app uninstalled", slackfake.Config{}, func(s *surgery) { s.slack.Fail("auth.test", slackfake.Failure{Refuse: "account_inactive"}) },
			check{About: aboutBotToken, Result: wrong, Says: "no longer installed", Fix: "Install the app"}},
		{"installed for an organisation", slackfake.Config{Enterprise: "E0ACME", OrgInstall: true}, nil,
			check{About: aboutInstalled, Result: wrong, Says: "a whole organisation", Fix: "install it in that workspace"}},
		{"word of Slack's that nobody knows", slackfake.Config{}, func(s *surgery) { s.slack.Fail("auth.test", slackfake.Failure{Refuse: "fatal_error"}) },
			check{About: aboutBotToken, Result: wrong, Says: "fatal_error", Fix: "docs.slack.dev"}},
		{"pause", slackfake.Config{}, func(s *surgery) {
			s.slack.Fail("auth.test", slackfake.Failure{Status: 429, RetryAfter: time.Minute})
		}, check{About: aboutBotToken, Result: wrong, Says: "pause", Fix: "in a minute"}},
		{"proxy's page in the place of Slack", slackfake.Config{}, func(s *surgery) { s.slack.Fail("auth.test", slackfake.Failure{Status: 502}) },
			check{About: aboutBotToken, Result: wrong, Says: "not from Slack's API", Fix: "HTTPS_PROXY"}},
		{"web page in the place of Slack", slackfake.Config{}, func(s *surgery) { s.env["SLACK_API_URL"] = s.slack.PageURL() },
			check{About: aboutBotToken, Result: wrong, Says: "not from Slack's API", Fix: "SLACK_API_URL"}},
		{"connection dropped", slackfake.Config{}, func(s *surgery) { s.slack.Fail("apps.connections.open", slackfake.Failure{Drop: true}) },
			check{About: aboutAppToken, Result: wrong, Says: "cannot be reached", Fix: "wss-primary"}},
		{"scope missing", slackfake.Config{Scopes: allButFiles}, nil,
			check{About: "scope files:write", Result: wrong, Says: "CSV", Fix: "install the app again"}},
		{"scope too many", slackfake.Config{Scopes: append([]string{"channels:history"}, slackfake.DefaultScopes...)}, nil,
			check{About: aboutScopes, Result: remarkable, Says: "channels:history", Fix: "Remove"}},
		{"address of Slack wrong", slackfake.Config{}, func(s *surgery) { s.env["SLACK_API_URL"] = "http://slack.example.com" },
			check{About: aboutAppToken, Result: notChecked, Says: "SLACK_API_URL"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSurgery(t, tt.cfg, whmcsfake.Config{Services: 30})
			if tt.spoil != nil {
				tt.spoil(s)
			}
			checks, _ := examined(t, s.env)
			expect(t, checks, "Slack", tt.want)
		})
	}
}

// expect looks for a check like want.
func expect(t *testing.T, checks []check, area string, want check) {
	t.Helper()
	for _, c := range checks {
		if c.Area == area && strings.HasPrefix(c.About, want.About) && c.Result == want.Result &&
			strings.Contains(c.Says, want.Says) && strings.Contains(c.Fix, want.Fix) {
			return
		}
	}
	t.Errorf("no check of %s like %+v in", area, want)
	for _, c := range checks {
		t.Logf("%+v", c)
	}
}

// TestDoctorAllow looks up everybody and everything that BOT_ALLOW can name.
func TestDoctorAllow(t *testing.T) {
	t.Parallel()
	s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{Services: 30})
	s.slack.SetGroup(slackfake.Group{ID: "S0EMPTY", Handle: "empty"})
	s.slack.SetChannel(slackfake.Channel{ID: "C0OLD", Name: "old", Archived: true})
	wanted := map[string]check{
		"user " + slackfake.Alice:             {Result: wentWell, Says: "active member"},
		"user " + slackfake.Gina:              {Result: wentWell, Says: "guest"},
		"user " + slackfake.Dora:              {Result: wrong, Says: "deactivated"},
		"user " + slackfake.Pat:               {Result: wrong, Says: "belongs to another workspace"},
		"user " + slackfake.DeployBot:         {Result: wrong, Says: "a bot"},
		"user U0NOBODY":                       {Result: wrong, Says: "no such user"},
		"user group " + slackfake.SupportTeam: {Result: wentWell, Says: "2 members"},
		"user group S0EMPTY":                  {Result: wrong, Says: "no members"},
		"user group S0NOBODY":                 {Result: wrong, Says: "no such user group"},
		"channel " + slackfake.Incident:       {Result: wentWell, Says: "the bot is in it"},
		"channel " + slackfake.General:        {Result: wentWell, Says: "the bot is not in it"},
		"channel " + slackfake.Partner:        {Result: wentWell, Says: "another company"},
		"channel C0OLD":                       {Result: wrong, Says: "archived"},
		"channel C0NOWHERE":                   {Result: wrong, Says: "no such channel"},
	}
	var ids []string
	for about := range maps.Keys(wanted) {
		ids = append(ids, about[strings.LastIndexByte(about, ' ')+1:])
	}
	s.env["BOT_ALLOW"] = strings.Join(ids, ",")
	checks, code := examined(t, s.env)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	for about, want := range wanted {
		want.About = aboutAllow + ", " + about
		expect(t, checks, "Slack", want)
	}
	s.env["BOT_ALLOW"] = "everyone"
	checks, _ = examined(t, s.env)
	expect(t, checks, "Slack", check{About: aboutAllow, Result: wentWell, Says: "all full members"})
	s.slack.Fail("users.info", slackfake.Failure{Status: 429, RetryAfter: time.Minute})
	s.env["BOT_ALLOW"] = slackfake.Alice
	checks, _ = examined(t, s.env)
	expect(t, checks, "Slack", check{About: aboutAllow, Result: notChecked, Says: "pause"})
}

// TestDoctorWHMCS spoils one thing of WHMCS each.
func TestDoctorWHMCS(t *testing.T) {
	t.Parallel()
	fault := func(f whmcsfake.Fault) func(*testing.T, *surgery) {
		return func(t *testing.T, s *surgery) {
			if err := s.whmcs.Set(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	setting := func(name, value string) func(*testing.T, *surgery) {
		return func(_ *testing.T, s *surgery) { s.env[name] = value }
	}
	for _, tt := range []struct {
		name  string
		cfg   whmcsfake.Config
		spoil func(*testing.T, *surgery)
		want  check
	}{
		{"down", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "down"}),
			check{About: aboutReach, Result: wrong, Says: "unreachable", Fix: "WHMCS_URL"}},
		{"redirect", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "redirect"}),
			check{About: aboutReach, Result: wrong, Says: "redirects to https://", Fix: "WHMCS_URL"}},
		{"doubled path", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "admin-required"}),
			check{About: aboutReach, Result: wrong, Says: "wrong URL", Fix: "/includes/api.php"}},
		{"firewall", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "waf"}),
			check{About: aboutReach, Result: wrong, Says: "firewall", Fix: "firewall"}},
		{"maintenance", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "maintenance"}),
			check{About: aboutReach, Result: wrong, Says: "maintenance"}},
		{"a hook prints", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "emitted"}),
			check{About: aboutReach, Result: wrong, Says: "PHP output", Fix: "hook"}},
		{"silence", whmcsfake.Config{}, func(t *testing.T, s *surgery) {
			fault(whmcsfake.Fault{Name: "hang"})(t, s)
			s.env["WHMCS_TIMEOUT"] = "1s"
		}, check{About: aboutReach, Result: wrong, Says: "timeout", Fix: "WHMCS_TIMEOUT"}},
		{"another's IP", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "invalid-ip", Text: "2001:db8::77"}),
			check{About: aboutAccess, Result: wrong, Says: "2001:db8::77", Fix: "API IP Access Restriction"}},
		{"wrong secret", whmcsfake.Config{}, setting("WHMCS_SECRET", "mistyped"),
			check{About: aboutAccess, Result: wrong, Says: "Authentication Failed", Fix: "WHMCS_SECRET"}},
		{"unknown identifier", whmcsfake.Config{}, setting("WHMCS_IDENTIFIER", "mistyped"),
			check{About: aboutAccess, Result: wrong, Says: "Invalid or missing credentials"}},
		{"later checks are left out", whmcsfake.Config{}, setting("WHMCS_SECRET", "mistyped"),
			check{About: aboutTimes, Result: notChecked, Says: "does not work"}},
		{"role without the action", whmcsfake.Config{Actions: []string{"GetServers"}}, nil,
			check{About: aboutProducts, Result: wrong, Says: "action not permitted", Fix: "API role"}},
		{"role with the least", whmcsfake.Config{Actions: []string{"GetClientsProducts"}}, nil,
			check{About: aboutDetails, Result: remarkable, Says: "email:", Fix: "GetClientsDetails"}},
		{"role with the least, servers", whmcsfake.Config{Actions: []string{"GetClientsProducts"}}, nil,
			check{About: aboutServers, Result: remarkable, Says: "server:", Fix: "GetServers"}},
		{"servers break", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "error", Action: "GetServers", Text: "No luck"}),
			check{About: aboutServers, Result: wrong, Says: "No luck", Fix: "activity log"}},
		{"no names of servers", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "no-server"}),
			check{About: aboutReplies + ", servers", Result: remarkable, Says: "unless a client", Fix: "GetServers"}},
		{"numbers, and no quantity", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "numbers"}),
			check{About: aboutReplies, Result: wentWell, Says: "an id is a number; there are no quantities"}},
		{"keyed list", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "keyed"}),
			check{About: aboutReplies, Result: wentWell, Says: "keyed by id"}},
		{"no status", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "no-status"}),
			check{About: aboutReplies + ", status", Result: remarkable, Says: "100 of 100"}},
		{"unreadable rows", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "unreadable"}),
			check{About: aboutReplies + ", rows", Result: remarkable, Says: "of 100 cannot be read"}},
		{"filters ignored", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "filter-ignored"}),
			check{About: aboutReplies + ", filters", Result: wrong, Says: "ignores the filter"}},
		{"unknown client is an error", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "error", Action: "GetClientsProducts", Skip: 4}),
			check{About: aboutReplies + ", filters", Result: wentWell, Says: "is an error"}},
		{"big pages break", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "memory"}),
			check{About: aboutTimes, Result: remarkable, Says: "failed on a page of 100 services and managed one of 50", Fix: "WHMCS_PAGE_SIZE=50"}},
		{"pages break", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "error", Skip: 2, Text: "Out of paper"}),
			check{About: aboutTimes + ", a page of 25", Result: wrong, Says: "Out of paper"}},
		{"another currency", whmcsfake.Config{}, setting("WHMCS_CURRENCY", "USD"),
			check{About: "WHMCS_CURRENCY", Result: remarkable, Says: "EUR"}},
		{"a broken WHMCS is no empty list", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "error", Text: `Class "X" not found`}),
			check{About: aboutProducts, Result: wrong, Says: `Class "X" not found`}},
		{"a firewall that answers in JSON", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "bot-protection"}),
			check{About: aboutReach, Result: wrong, Says: "firewall", Fix: "/includes/api.php"}},
		{"rows that do not come", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "lost-rows"}),
			check{About: aboutProducts, Result: wrong, Says: "sent none"}},
		{"a condemned connection", whmcsfake.Config{}, fault(whmcsfake.Fault{Name: "flagged", Times: 1}),
			check{About: aboutTimes, Result: wentWell, Says: "services: 1 in"}},
		{"a wrong duration", whmcsfake.Config{}, setting("WHMCS_TIMEOUT", "5"),
			check{About: aboutReach, Result: wentWell, Says: "answers"}},
		{"address missing", whmcsfake.Config{}, setting("WHMCS_URL", ""),
			check{About: aboutReach, Result: notChecked, Says: "WHMCS_URL is not set"}},
		{"address wrong", whmcsfake.Config{}, setting("WHMCS_URL", "billing.example.com"),
			check{About: aboutReach, Result: notChecked, Says: "the settings of WHMCS are not right"}},
		{"secret missing, address", whmcsfake.Config{}, setting("WHMCS_SECRET", ""),
			check{About: aboutReach, Result: wentWell, Says: "answers"}},
		{"secret missing, certificate", whmcsfake.Config{}, setting("WHMCS_SECRET", ""),
			check{About: aboutTLS, Result: wentWell}},
		{"secret missing, access", whmcsfake.Config{}, setting("WHMCS_SECRET", ""),
			check{About: aboutAccess, Result: notChecked, Says: "WHMCS_SECRET is not set"}},
		{"secret missing, the rest", whmcsfake.Config{}, setting("WHMCS_SECRET", ""),
			check{About: aboutTimes, Result: notChecked, Says: "WHMCS_SECRET is not set"}},
		{"secret in a file that cannot be read", whmcsfake.Config{}, func(_ *testing.T, s *surgery) {
			s.env["WHMCS_SECRET"], s.env["WHMCS_SECRET_FILE"] = "", "/nowhere/at/all"
		}, check{About: aboutAccess, Result: notChecked, Says: "WHMCS_SECRET_FILE gives no value"}},
		{"secret missing and down", whmcsfake.Config{}, func(t *testing.T, s *surgery) {
			fault(whmcsfake.Fault{Name: "down"})(t, s)
			s.env["WHMCS_SECRET"] = ""
		}, check{About: aboutReach, Result: wrong, Says: "unreachable"}},
		{"secret missing and another's IP", whmcsfake.Config{}, func(t *testing.T, s *surgery) {
			fault(whmcsfake.Fault{Name: "invalid-ip", Text: "2001:db8::77"})(t, s)
			s.env["WHMCS_SECRET"] = ""
		}, check{About: aboutAccess, Result: wrong, Says: "2001:db8::77"}},
		{"both forms of credentials", whmcsfake.Config{}, setting("WHMCS_USERNAME", "admin"),
			check{About: aboutAccess, Result: notChecked, Says: "both set"}},
		{"https to a port without it", whmcsfake.Config{}, func(_ *testing.T, s *surgery) {
			s.env["WHMCS_URL"] = strings.Replace(s.whmcs.URL(), "http://", "https://", 1)
		}, check{About: aboutReach, Result: wrong, Says: "does not speak https", Fix: "port of WHMCS_URL"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSurgery(t, slackfake.Config{}, tt.cfg)
			if tt.spoil != nil {
				tt.spoil(t, s)
			}
			checks, _ := examined(t, s.env)
			expect(t, checks, "WHMCS", tt.want)
		})
	}
}

// TestDoctorSettings holds what is said of variables beside the problems that serve
// would tell.
func TestDoctorSettings(t *testing.T) {
	t.Parallel()
	s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{Services: 30})
	s.env["WHMCS_ADMIN_URL"], s.env["TZ"] = "billing.example.com/admin", "Europe/Wien"
	checks, _ := examined(t, s.env)
	for _, name := range []string{"WHMCS_ADMIN_URL", "TZ"} {
		if c := find(checks, "settings", name); c.Result != wrong {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for n, c := range checks {
		if c.About == "WHMCS_ADMIN_URL" && c.Result != wrong {
			t.Errorf("check %d says of a wrong variable that it is not set: %+v", n, c)
		}
	}
	s.env["TZ"] = "Europe/Vienna"
	checks, _ = examined(t, s.env)
	expect(t, checks, "settings", check{About: "TZ", Result: wentWell, Says: "today is "})
	got := unknownSettings([]string{"WHMCS_TIMOUT=5s", "WHMCS_TIMEOUT=5s", "BOT_ALLOW_FILE=/x", "SLACK_TOKEN=x", "PATH=/bin", "BOTTLE=1"})
	if want := []string{"WHMCS_TIMOUT", "SLACK_TOKEN"}; !slices.Equal(got, want) {
		t.Errorf("unknown settings: %v, want %v", got, want)
	}
}

// TestDoctorCertificate examines an installation whose certificate nobody vouches
// for, and looks at what is said of others.
func TestDoctorCertificate(t *testing.T) {
	t.Parallel()
	s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{Services: 30})
	front := httptest.NewUnstartedServer(s.whmcs)
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that the doctor ends
	front.StartTLS()
	t.Cleanup(front.Close)
	s.env["WHMCS_URL"] = front.URL
	checks, code := examined(t, s.env)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	expect(t, checks, "WHMCS", check{About: aboutTLS, Result: wrong, Says: "not trusted: ", Fix: "SSL_CERT_FILE"})

	for days, want := range map[int]check{
		90: {About: aboutTLS, Result: wentWell, Says: "trusted, until 2"},
		3:  {About: aboutTLS, Result: remarkable, Says: "only until 2", Fix: "Renew"},
	} {
		var told []check
		v := &visit{doctor: &doctor{report: func(c check) { told = append(told, c) }}, wire: &wire{tls: &tls.ConnectionState{
			PeerCertificates: []*x509.Certificate{{NotAfter: time.Now().AddDate(0, 0, days)}},
		}}}
		v.certificate()
		expect(t, told, "", want)
	}
}

// TestDoctorHalfConfigured holds that each half is examined without the other.
func TestDoctorHalfConfigured(t *testing.T) {
	t.Parallel()
	s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{Services: 30})
	onlyWHMCS, onlySlack := maps.Clone(s.env), maps.Clone(s.env)
	for name := range s.env {
		if strings.HasPrefix(name, "WHMCS_") {
			delete(onlySlack, name)
		} else {
			delete(onlyWHMCS, name)
		}
	}
	checks, code := examined(t, onlyWHMCS)
	if code != 1 || find(checks, "WHMCS", aboutProducts).Result != wentWell || find(checks, "Slack", aboutBotToken).Result != notChecked {
		t.Errorf("exit code %d, %+v", code, checks)
	}
	for _, name := range []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "BOT_ALLOW"} {
		expect(t, checks, "settings", check{About: name, Result: wrong, Says: "is not set"})
	}
	swapped := maps.Clone(s.env)
	swapped["SLACK_APP_TOKEN"], swapped["SLACK_BOT_TOKEN"] = s.env["SLACK_BOT_TOKEN"], s.env["SLACK_APP_TOKEN"]
	swapped["BOT_ALLOW"] = "support"
	spoiled, _ := examined(t, swapped)
	expect(t, spoiled, "settings", check{About: "SLACK_APP_TOKEN and SLACK_BOT_TOKEN", Result: wrong, Says: "are swapped"})
	expect(t, spoiled, "settings", check{About: "BOT_ALLOW", Result: wrong, Says: `"support" is not a Slack id`, Fix: "Copy member ID"})
	checks, code = examined(t, onlySlack)
	if code != 1 || find(checks, "WHMCS", aboutReach).Result != notChecked || find(checks, "Slack", aboutScopes).Result != wentWell {
		t.Errorf("exit code %d, %+v", code, checks)
	}
	checks, _ = examined(t, nil)
	if len(checks) < 5 {
		t.Errorf("nothing set: %+v", checks)
	}
}

// TestDoctorTellsNoData looks for customers' data and secrets in the report, and in
// what is said of replies that hold them in odd places.
func TestDoctorTellsNoData(t *testing.T) {
	t.Parallel()
	for _, f := range []string{"", "emitted", "php-warning", "filter-ignored", "hostile", "cut"} {
		s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{})
		if f != "" {
			if err := s.whmcs.Set(whmcsfake.Fault{Name: f}); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		p := &process{env: envconfig.MapLookuper(s.env), stdout: &out, stderr: &out}
		p.run(context.Background(), []string{"doctor"})
		for _, secret := range []string{
			whmcsfake.Secret, whmcsfake.Identifier, s.slack.AppToken(), s.slack.BotToken(), "ticket=",
			whmcsfake.PlantedPassword, whmcsfake.PlantedNote, whmcsfake.PlantedField, whmcsfake.PlantedSubscription,
			"demodomain", "Dana", "Demo Domain", "evil.example", "24.95",
		} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("with %q the report holds %q:\n%s", f, secret, out.String())
			}
		}
	}
}

// TestDoctorReport holds the form for people.
func TestDoctorReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := newReport(&out)
	for _, c := range []check{
		{Area: "settings", About: "variables", Result: wentWell, Says: "all there"},
		{Area: "Slack", About: "app token", Result: wrong, Says: "refused", Fix: "Make a new one."},
		{Area: "Slack", About: "scopes", Result: notChecked, Says: "no token"},
	} {
		r.print(c)
	}
	want := `Settings
  ok           variables: all there

Slack
  PROBLEM      app token: refused
               > Make a new one.
  not checked  scopes: no token
`
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

// TestShapeOf reads the forms in which WHMCS is known to write.
func TestShapeOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		body string
		want shape
	}{
		{`{"products":{"product":[{"id":"1","qty":"1"}]}}`, shape{known: true, container: "a list", number: "a text", qty: true}},
		{"\ufeff" + `{"products":{"product":{"id":1}}}`, shape{known: true, container: "an object", number: "a number"}},
		{`{"products":{"product":{"7":{"id":7}}}}`, shape{known: true, container: "an object keyed by id", number: "a number"}},
		{`{"products":{"product":["odd"]}}`, shape{known: true, container: "a list"}},
		{`{"products":""}`, shape{known: true, container: "an empty text"}},
		{`{"products":[]}`, shape{known: true, container: "an empty list"}},
		{`{}`, shape{known: true, container: "nothing"}},
		{`<html>`, shape{}},
	} {
		if got := shapeOf([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.body, got, tt.want)
		}
	}
}

// TestWireCutBody holds that a body that breaks off breaks off for the caller too.
func TestWireCutBody(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"products":`)
	})}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	way := newWire()
	defer way.CloseIdleConnections()
	resp, err := (&http.Client{Transport: way}).Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("read %q without an error", body)
	}
}

// TestDoctorStore looks at what is said of a store that is not there, of one that does not keep
// what it is given, and of none.
func TestDoctorStore(t *testing.T) {
	t.Parallel()
	s := newSurgery(t, slackfake.Config{}, whmcsfake.Config{Services: 30})
	checks, _ := examined(t, s.env)
	if c := find(checks, "store", ""); c.About != "" {
		t.Errorf("without a store: %+v", c)
	}
	s.env["REDIS_URL"] = "redis://:hush@127.0.0.1:1"
	checks, code := examined(t, s.env)
	c := find(checks, "store", "REDIS_URL")
	if code != 1 || c.Result != wrong || !strings.Contains(c.Says, "the server is not reached") || strings.Contains(c.Says+c.Fix, "hush") {
		t.Errorf("exit code %d, %+v", code, c)
	}
	var said []check
	d := &doctor{area: "store", report: func(c check) { said = append(said, c) }}
	d.storeIs(bot.StoreFacts{Server: "redis", Version: "5.0.14", Policy: "allkeys-lru", Latency: 25 * time.Millisecond})
	for n, about := range []string{"server", "latency", "version", "maxmemory-policy"} {
		if len(said) != 4 || said[n].About != about || (said[n].Result == wentWell) != (n == 0) {
			t.Errorf("%+v", said)
		}
	}
	said = nil
	d.storeIs(bot.StoreFacts{Server: "valkey", Version: "8.1.1", Policy: "noeviction", Latency: time.Millisecond})
	for _, c := range said {
		if c.Result != wentWell {
			t.Errorf("%+v", c)
		}
	}
}
