package bot_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/query"
)

// A phrase is a row of testdata/phrases.txt.
type phrase struct {
	typed string
	kind  string   // =, ~, none, ?, help, says
	line  string   // of =, ~ and none
	shows []string // what the answer shows
}

func phrases(t *testing.T) []phrase {
	t.Helper()
	data, err := os.ReadFile("../testdata/phrases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []phrase
	for row := range strings.Lines(string(data)) {
		typed, must, ok := strings.Cut(strings.TrimSpace(row), " → ")
		if !ok || strings.HasPrefix(row, "# ") {
			continue
		}
		p := phrase{typed: strings.NewReplacer("§", "`", "⏎", "\n").Replace(typed)}
		p.kind, must, _ = strings.Cut(must, " ")
		p.shows = strings.Split(must, " | ")
		switch p.kind {
		case "=", "~", "none":
			q, err := query.Parse(p.shows[0])
			if err != nil {
				t.Fatalf("%s: %v", row, err)
			}
			p.line, p.shows = q.Lasting().String(), p.shows[1:]
			p.shows = append(p.shows, strings.TrimSpace("/services "+p.line))
		case "help":
			p.shows = []string{"help"}
		}
		all = append(all, p)
	}
	if len(all) < 100 {
		t.Fatalf("%d rows", len(all))
	}
	return all
}

// TestPhrases asks every line that people type by the slash command and by a mention, over
// real sockets: what is answered, and who sees it. Several bots share the lines, as a
// channel takes one message per second.
func TestPhrases(t *testing.T) {
	t.Parallel()
	for part := range slices.Chunk(phrases(t), 12) {
		t.Run(part[0].typed, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, func(s *setup) { s.bot.UserRate = 10_000 })
			for _, p := range part {
				r.asksPrivately(p)
				r.asksInPublic(p)
			}
		})
	}
}

func (r *road) asksPrivately(p phrase) {
	before := len(r.said(slackfake.Alice, slackfake.Support))
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services "+p.typed))
	p.holds(r, "slash", r.nextAnswer(slackfake.Alice, slackfake.Support, before))
}

func (r *road) asksInPublic(p phrase) {
	before := len(r.said(slackfake.Bob, slackfake.Incident))
	public := len(r.said(slackfake.Carl, slackfake.Incident))
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot "+p.typed))
	m := r.nextAnswer(slackfake.Bob, slackfake.Incident, before)
	seen := len(r.said(slackfake.Carl, slackfake.Incident)) - public
	if p.kind != "none" {
		p.holds(r, "mention", m)
	}
	_, posts := m.Button("Share")
	switch {
	case p.kind == "=" && seen != 1:
		r.t.Errorf("%q in public: others see %d answers", p.typed, seen)
	case p.kind != "=" && p.kind != "none" && seen != 0:
		r.t.Errorf("%q in public: others see what is for the asker alone", p.typed)
	case p.kind == "~" && !posts:
		r.t.Errorf("%q: a guess without a button that posts it", p.typed)
	case p.kind == "none" && seen == 1 && len(p.shows) > 1: // what is near comes in a message of its own
		p.holds(r, "what is near", r.nextAnswer(slackfake.Bob, slackfake.Incident, before+1))
	}
}

// said are the bot's messages that user sees, without the files beside them.
func (r *road) said(user, channel string) []slackfake.Message {
	return slices.DeleteFunc(r.answers(user, channel), func(m slackfake.Message) bool { return len(m.Files) > 0 })
}

// nextAnswer waits for the answer after so many.
func (r *road) nextAnswer(user, channel string, before int) slackfake.Message {
	r.t.Helper()
	r.waits("an answer", func() bool { return len(r.said(user, channel)) > before })
	return r.said(user, channel)[before]
}

// holds compares a message with what must be shown.
func (p phrase) holds(r *road, how string, m slackfake.Message) {
	r.t.Helper()
	shown := m.PlainText()
	shows := p.shows
	switch {
	case how == "what is near":
		shows = p.shows[:len(p.shows)-1]
	case p.kind == "help":
		if !strings.Contains(shown, "Ask for services") && !strings.Contains(shown, "What shall I look for?") {
			r.t.Errorf("%q by %s: no help:\n%s", p.typed, how, shown)
		}
		return
	}
	for _, text := range shows {
		if _, ok := m.Button(text); !ok && !strings.Contains(shown, text) {
			r.t.Errorf("%q by %s does not show %q:\n%s", p.typed, how, text, shown)
			return
		}
	}
	missing := slices.Contains([]string{"=", "~"}, p.kind) && strings.Contains(shown, "Nothing found")
	if missing || p.kind == "none" && strings.Contains(shown, " match") && how == "slash" && !strings.Contains(shown, "no service matches") {
		r.t.Errorf("%q by %s:\n%s", p.typed, how, shown)
	}
}

// TestAGuessIsAudited: the audit line says that words were left out, and what was answered.
func TestAGuessIsAudited(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot demodomain2.net is down"))
	m := r.sees(slackfake.Bob, slackfake.Incident, "Left out")
	r.audited(`"query":"domain:demodomain2.net","allowed":true,"why":"","outcome":"answered","guess":true,"answered":true,"shared":false`)
	r.click(slackfake.Bob, m, "Share")
	r.sees(slackfake.Carl, slackfake.Incident, "demodomain2.net")
	r.audited(`"query":"domain:demodomain2.net","allowed":true,"why":"","outcome":"answered","guess":false,"answered":true,"shared":true`)
}

// TestAPostedGuessHoldsNoWordOfTheAsker: the line that is posted holds no word that was left
// out, whatever it was.
func TestAPostedGuessHoldsNoWordOfTheAsker(t *testing.T) {
	t.Parallel()
	r := newRoad(t, nil)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Incident, "/services demodomain2.net secretword"))
	m := r.sees(slackfake.Alice, slackfake.Incident, `Without "secretword"`)
	r.click(slackfake.Alice, m, "Share")
	r.lacks(r.sees(slackfake.Carl, slackfake.Incident, "demodomain2.net"), "secretword")
}
