package bot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// TestNothingSecretIsWritten goes through every door, with failures, and searches
// everything that was written for what must be nowhere.
func TestNothingSecretIsWritten(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) {
		s.api = whmcs.Config{MaxConcurrent: 8}
		s.unpaced = true
	})
	sent := r.everyDoor()
	r.failures()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	written := r.everythingWritten()
	secrets := map[string]string{
		"a service's password": whmcsfake.PlantedPassword, "a note": whmcsfake.PlantedNote,
		"a custom field": whmcsfake.PlantedField, "a subscription id": whmcsfake.PlantedSubscription,
		"the app token": r.slack.AppToken(), "the bot token": r.slack.BotToken(),
		"the API identifier": whmcsfake.Identifier, "the API secret": whmcsfake.Secret,
		"a socket's ticket": "ticket=", "the address of a file": "/upload/",
	}
	for i, s := range sent {
		if s.ResponseURL != "" {
			secrets[fmt.Sprintf("response_url %d", i)] = s.ResponseURL
		}
		if s.TriggerID != "" {
			secrets[fmt.Sprintf("trigger id %d", i)] = s.TriggerID
		}
	}
	if len(secrets) < 20 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	for what, secret := range secrets {
		for where, text := range written {
			if strings.Contains(text, secret) {
				t.Errorf("%s is in %s", what, where)
			}
		}
	}
}

// everyDoor asks through every door and waits for the answers.
func (r *road) everyDoor() []slackfake.Sent {
	alice, support := slackfake.Alice, slackfake.Support
	var sent []slackfake.Sent
	note := func(s slackfake.Sent) { sent = append(sent, s) }
	for _, line := range []string{"client:1", "service:2", "client:7 as:table", "client:1 as:summary", "client:2", "help", "wrong:1", "client:1 as:csv"} {
		lines := strings.Count(r.audit.String(), "\n")
		note(r.do(r.slack.Slash(alice, support, "/services "+line)))
		r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines })
	}
	list := r.sees(alice, support, "client:1", "demodomain.com", "demodomain2.net")
	note(r.click(alice, list, "Details"))
	r.modal(alice, "demodomain2.net")
	note(r.click(alice, list, "Share"))
	r.sees(slackfake.Bob, support, "Shared by")
	note(r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot service:2")))
	r.sees(slackfake.Bob, slackfake.Incident, marker)
	note(r.do(r.slack.Post(alice, slackfake.DM(alice), "", "service:2")))
	r.sees(alice, slackfake.DM(alice), marker)
	note(r.do(r.slack.GlobalShortcut(alice, "find_services")))
	note(r.do(r.slack.Submit(alice, r.modal(alice, "Domain, e-mail"), map[string]any{"question": "client:1"})))
	note(r.do(r.slack.OpenHome(alice)))
	r.audited(`"door":"home"`)
	return sent
}

// failures makes both sides fail in ways that quote what they got.
func (r *road) failures() {
	for _, fault := range []string{"emitted", "invalid-ip", "bad-credentials", "redirect", "php-warning", "truncated", "server-error", "waf"} {
		if err := r.whmcs.Set(whmcsfake.Fault{Name: fault}); err != nil {
			r.t.Fatal(err)
		}
		lines := strings.Count(r.audit.String(), "\n")
		r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:7 fresh:yes"))
		r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines })
		if err := r.whmcs.Clear(); err != nil {
			r.t.Fatal(err)
		}
	}
	r.slack.Fail(slackfake.ResponseURL, slackfake.Failure{Drop: true})
	lines := strings.Count(r.audit.String(), "\n")
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1"))
	r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines })
	r.slack.Fail(slackfake.FileUpload, slackfake.Failure{Drop: true})
	lines = strings.Count(r.audit.String(), "\n")
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:csv"))
	r.audit.waits(func(text string) bool { return strings.Count(text, "\n") > lines })
	r.slack.Heal()
	r.slack.HangUp(false)
}

// everythingWritten is all that the process wrote: messages, views, files, logs,
// audit, metrics.
func (r *road) everythingWritten() map[string]string {
	w := map[string]string{"the log": r.log.String(), "the audit log": r.audit.String(), "the metrics": r.metrics()}
	for _, user := range everybody {
		for _, channel := range append([]string{slackfake.DM(user)}, places[:4]...) {
			for _, m := range r.slack.Everything(user, channel) {
				w["a message in "+channel+" at "+m.TS] = m.Text + string(m.Blocks) + m.PlainText()
			}
		}
		for i, v := range r.slack.Modals(user) {
			w[fmt.Sprintf("modal %d of %s", i, user)] = v.PlainText()
		}
		if home, ok := r.slack.Home(user); ok {
			w["the Home tab of "+user] = home.PlainText()
		}
		for _, f := range r.slack.Files(user) {
			w["the file "+f.Name] = f.Name + f.Title + string(f.Content)
		}
	}
	return w
}

// TestPrivateFieldsStayPrivate holds that what BOT_FIELDS adds is shown to the asker
// alone, never in a public post or a public file.
func TestPrivateFieldsStayPrivate(t *testing.T) {
	t.Parallel()
	r := newRoad(t, func(s *setup) {
		s.unpaced = true
		s.style = formatting.Style{Command: "/services", Fields: []string{"notes", "subscriptionid"}}
	})
	private := []string{whmcsfake.PlantedNote, whmcsfake.PlantedSubscription}
	service := r.serviceWith(private[0])
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services "+service))
	card := r.sees(slackfake.Alice, slackfake.Support, "1 service")
	r.click(slackfake.Alice, card, "Details")
	r.modal(slackfake.Alice, private[0])
	r.click(slackfake.Alice, card, "Share")
	r.sees(slackfake.Bob, slackfake.Support, "Shared by")
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot "+service))
	r.waits("the public answer", func() bool { return len(r.answers(slackfake.Carl, slackfake.Incident)) > 0 })
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:7 as:csv"))
	r.waits("the public file", func() bool { return len(r.slack.Files(slackfake.Carl)) == 1 })
	for _, secret := range private {
		for _, channel := range []string{slackfake.Support, slackfake.Incident} {
			for _, m := range r.answers(slackfake.Carl, channel) {
				if strings.Contains(m.Text+string(m.Blocks), secret) {
					t.Errorf("%s is public in %s:\n%s", secret, channel, m.PlainText())
				}
			}
		}
		if bytes.Contains(r.slack.Files(slackfake.Carl)[0].Content, []byte(secret)) {
			t.Errorf("%s is in a public file", secret)
		}
	}
}

// serviceWith finds a service whose row holds text, straight from the fake.
func (r *road) serviceWith(text string) string {
	for id := 1; id < 600; id++ {
		api, err := whmcs.New(whmcs.Config{URL: r.whmcs.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
		if err != nil {
			r.t.Fatal(err)
		}
		page, err := api.GetClientsProducts(r.t.Context(), whmcs.GetClientsProductsRequest{ServiceID: id})
		if err != nil {
			r.t.Fatal(err)
		}
		if s := page.Services; len(s) == 1 && strings.Contains(s[0].Notes, text) {
			return fmt.Sprintf("service:%d", id)
		}
	}
	r.t.Fatalf("no service with %q", text)
	return ""
}

// TestCassettesAndGoldensHoldNoSecrets searches the recordings and goldens.
func TestCassettesAndGoldensHoldNoSecrets(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir("../testdata", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, secret := range []string{whmcsfake.PlantedPassword, whmcsfake.Identifier, whmcsfake.Secret, "xapp-fake-", "xoxb-fake-", "hooks.slack.com/commands/T"} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files searched", files)
	}
}

// TestSecretPrintsRedacted holds that no way of printing shows a token.
func TestSecretPrintsRedacted(t *testing.T) {
	t.Parallel()
	cfg := bot.Config{AppToken: "xapp-hush", BotToken: "xoxb-hush"}
	asJSON, err := json.Marshal(struct{ A, B bot.Secret }{cfg.AppToken, cfg.BotToken})
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{
		fmt.Sprint(cfg), fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg), fmt.Sprintf("%s %q %x %v", cfg.AppToken, cfg.AppToken, cfg.AppToken, &cfg), string(asJSON),
	} {
		if strings.Contains(printed, "hush") || strings.Contains(printed, fmt.Sprintf("%x", "hush")) {
			t.Errorf("printed: %s", printed)
		}
	}
}

// TestHiddenFieldsAreNotSearched: what is shown to nobody, or to the asker alone, cannot be
// guessed by asking whether something matches it.
func TestHiddenFieldsAreNotSearched(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	for _, hidden := range []string{whmcsfake.PlantedPassword, whmcsfake.PlantedNote, whmcsfake.PlantedField, whmcsfake.PlantedSubscription} {
		lines := []string{hidden}
		for _, k := range query.Keys() {
			if k.Kind == "text" || k.Kind == "id or text" || k.Kind == "host name" {
				lines = append(lines, k.Name+":"+hidden, k.Name+":"+hidden+"-2")
			}
		}
		if len(lines) < 8 {
			t.Fatalf("only %d questions", len(lines))
		}
		for _, line := range lines {
			sent := r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services "+line))
			r.waits("the answer", func() bool {
				return slices.ContainsFunc(r.answers(slackfake.Alice, slackfake.Support), func(m slackfake.Message) bool {
					return m.Envelope == sent.Envelope && !isNote(m)
				})
			})
		}
	}
	for _, m := range r.answers(slackfake.Alice, slackfake.Support) {
		if !isNote(m) && !m.Shows("Nothing found") {
			t.Errorf("something matches:\n%s", m.PlainText())
		}
	}
}

// isNote reports whether a message says that a question is in progress; on a slow machine there are some.
func isNote(m slackfake.Message) bool { return m.Shows("Still looking") }
