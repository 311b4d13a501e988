package bot

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
)

// A directory answers Slack's look-ups without a socket, for fake time.
type directory struct {
	fails atomic.Bool
	calls atomic.Int32
	says  map[string]string // by method

	enterprise string // that our workspace belongs to
}

// Do answers as Slack does.
func (d *directory) Do(req *http.Request) (*http.Response, error) {
	d.calls.Add(1)
	w := httptest.NewRecorder()
	if d.fails.Load() {
		w.WriteHeader(http.StatusInternalServerError)
		return w.Result(), nil
	}
	w.WriteString(d.says[req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:]])
	return w.Result(), nil
}

// access returns one that asks d.
func (d *directory) access(allow Allow) *access {
	api := slack.New("xoxb-test", slack.OptionHTTPClient(d))
	return newAccess(allow, api, func() identity { return identity{team: "T1", enterprise: d.enterprise} }, slog.New(slog.DiscardHandler))
}

const member = `{"ok":true,"user":{"id":"U1","team_id":"T1"}}`

// why returns the reason of a denial, "" for none.
func why(err error) string {
	if d, ok := err.(*Denial); ok {
		return string(d.Why)
	}
	return ""
}

// TestGroupIsKeptForAnHour: members of a user group count for an hour while Slack does
// not tell them; then nobody does, and is told to try again, not to be added.
func TestGroupIsKeptForAnHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{says: map[string]string{"users.info": member, "usergroups.users.list": `{"ok":true,"users":["U1"]}`}}
		a := d.access(Allow{Groups: []string{"S1"}})
		req := &Request{User: "U1"}
		if err := a.Allow(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		a.users = newCache[person](1, nil) // who U1 is stays known
		a.users.Set("U1", person{team: "T1", found: true})
		d.fails.Store(true)
		begun := time.Now()
		for _, c := range []struct {
			after time.Duration
			why   string
		}{{4 * time.Minute, ""}, {6 * time.Minute, ""}, {30 * time.Minute, ""}, {54 * time.Minute, ""}, {61 * time.Minute, "unknown"}, {3 * time.Hour, "unknown"}} {
			<-time.After(c.after - time.Since(begun))
			if got := why(a.Allow(t.Context(), req)); got != c.why {
				t.Errorf("after %v: %q, want %q", c.after, got, c.why)
			}
		}
		d.fails.Store(false)
		if err := a.Allow(t.Context(), req); err != nil {
			t.Errorf("when Slack answers again: %v", err)
		}
	})
}

// TestWhoMayAsk holds what Slack says of a person against each kind of list.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	user := func(fields string) string { return `{"ok":true,"user":{"id":"U1","team_id":"T1"` + fields + `}}` }
	for name, c := range map[string]struct {
		says    string
		payload string // the workspace that the payload tells
		why     string
	}{
		"a member":                       {says: user("")},
		"a member, as the payload says":  {says: user(""), payload: "T1"},
		"a guest":                        {says: user(`,"is_restricted":true`), why: "guest"},
		"a guest in one channel":         {says: user(`,"is_ultra_restricted":true`), why: "guest"},
		"a stranger":                     {says: user(`,"is_stranger":true`), why: "outsider"},
		"somebody of another workspace":  {says: `{"ok":true,"user":{"id":"U1","team_id":"T2"}}`, why: "outsider"},
		"a partner, as the payload says": {says: user(""), payload: "T2", why: "outsider"},
		"a deactivated member":           {says: user(`,"deleted":true`), why: "no_person"},
		"a bot":                          {says: user(`,"is_bot":true`), why: "no_person"},
		"nobody":                         {says: `{"ok":false,"error":"user_not_found"}`, why: "no_person"},
		"a failure":                      {says: `{"ok":false,"error":"internal_error"}`, why: "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &directory{says: map[string]string{"users.info": c.says}}
			a := d.access(Allow{Everyone: true})
			if got := why(a.Allow(t.Context(), &Request{User: "U1", UserTeam: c.payload})); got != c.why {
				t.Errorf("%q, want %q", got, c.why)
			}
			if c.payload == "T2" && d.calls.Load() != 0 {
				t.Error("Slack was asked about somebody who is known to be from elsewhere")
			}
		})
	}
	a := (&directory{says: map[string]string{"users.info": member}}).access(Allow{Everyone: true})
	if got := why(a.Allow(t.Context(), &Request{User: slackbot})); got != "no_person" {
		t.Errorf("Slackbot: %q", got)
	}
}

// TestWhoMayAskInAnOrganisation: in Enterprise Grid the workspaces of a member decide,
// wherever Slack names the organisation or another workspace of it; strangers stay out.
func TestWhoMayAskInAnOrganisation(t *testing.T) {
	t.Parallel()
	user := func(team, teams string) string {
		return `{"ok":true,"user":{"id":"U1"` + team + `,"enterprise_user":{"id":"W1","enterprise_id":"E1","teams":[` + teams + `]}}}`
	}
	for name, c := range map[string]struct {
		says    string
		payload string
		theirs  string // "": may ask
	}{
		"no team_id, ours among theirs":            {says: user("", `"T3","T1"`)},
		"the organisation as team_id":              {says: user(`,"team_id":"E1"`, `"T1"`)},
		"a click that names the organisation":      {says: user(`,"team_id":"T1"`, `"T1"`), payload: "E1"},
		"an event that names another workspace":    {says: user(`,"team_id":"T3"`, `"T3","T1"`), payload: "T3"},
		"the organisation, and no list":            {says: `{"ok":true,"user":{"id":"U1","team_id":"T1"}}`, payload: "E1"},
		"of another workspace of the organisation": {says: user(`,"team_id":"T3"`, `"T3"`), payload: "E1", theirs: "E1 T3"},
		"the organisation as team_id, and no list": {says: `{"ok":true,"user":{"id":"U1","team_id":"E1"}}`, theirs: "E1"},
		"of another organisation":                  {says: user(`,"team_id":"T1"`, `"T1"`), payload: "E2", theirs: "E2"},
		"of another workspace, without a list":     {says: `{"ok":true,"user":{"id":"U1","team_id":"T1"}}`, payload: "T9", theirs: "T1 T9"},
		"a stranger":                               {says: `{"ok":true,"user":{"id":"U1","team_id":"E2","is_stranger":true,"enterprise_user":{"teams":["T1"]}}}`, theirs: "E2 T1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &directory{says: map[string]string{"users.info": c.says}, enterprise: "E1"}
			err := d.access(Allow{Everyone: true}).Allow(t.Context(), &Request{User: "U1", UserTeam: c.payload})
			denial, denied := err.(*Denial)
			switch {
			case denied != (c.theirs != ""):
				t.Errorf("%v", err)
			case denied && (denial.Why != "outsider" || strings.Join(denial.Theirs, " ") != c.theirs || denial.Ours != "T1"):
				t.Errorf("%+v", denial)
			}
		})
	}
}

// TestADeletedGroupHasNoMembers: members count on while Slack cannot be asked, and not
// where it says that there is no such group, or refuses.
func TestADeletedGroupHasNoMembers(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]string{
		`{"ok":false,"error":"no_such_subteam"}`: "not_listed",
		`{"ok":false,"error":"missing_scope"}`:   "unknown",
		`{"ok":false,"error":"internal_error"}`:  "",
		`{"ok":false,"error":"ratelimited"}`:     "",
		`no JSON`:                                "",
	} {
		synctest.Test(t, func(t *testing.T) {
			d := &directory{says: map[string]string{"users.info": member, "usergroups.users.list": `{"ok":true,"users":["U1"]}`}}
			a, req := d.access(Allow{Groups: []string{"S1"}}), &Request{User: "U1"}
			if err := a.Allow(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			<-time.After(groupFor + time.Second)
			d.says["usergroups.users.list"] = says
			for range 2 { // a denial does not bring the members back
				if got := why(a.Allow(t.Context(), req)); got != want {
					t.Errorf("%s: %q, want %q", says, got, want)
				}
			}
		})
	}
}

// TestLookUpsAreKept: what Slack says counts for 5 minutes and not longer, and costs one
// call.
func TestLookUpsAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{says: map[string]string{"users.info": member, "conversations.info": `{"ok":true,"channel":{"id":"C1"}}`}}
		a := d.access(Allow{Everyone: true})
		ask := func() {
			t.Helper()
			if err := a.Allow(t.Context(), &Request{User: "U1", Channel: "C1"}); err != nil || a.whyClosed(t.Context(), "C1") != "" {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			after time.Duration
			calls int32
		}{{0, 2}, {0, 2}, {4 * time.Minute, 2}, {2 * time.Minute, 4}} {
			<-time.After(c.after)
			if ask(); d.calls.Load() != c.calls {
				t.Errorf("%d calls, want %d", d.calls.Load(), c.calls)
			}
		}
		a.forgetChannels("C1")
		if ask(); d.calls.Load() != 5 {
			t.Errorf("%d calls after a change of sharing, want one more", d.calls.Load())
		}
	})
}

// TestChannelsWithOutsiders: only where Slack says that all are insiders is anything
// posted.
func TestChannelsWithOutsiders(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]formatting.Alone{
		`{"ok":true,"channel":{"id":"C1"}}`:                                          "",
		`{"ok":true,"channel":{"id":"C1","is_shared":true,"is_org_shared":true}}`:    "",
		`{"ok":true,"channel":{"id":"C1","is_ext_shared":true}}`:                     formatting.AloneOutsiders,
		`{"ok":true,"channel":{"id":"C1","is_pending_ext_shared":true}}`:             formatting.AloneOutsiders,
		`{"ok":false,"error":"channel_not_found"}`:                                   formatting.AloneNotInvited,
		`{"ok":false,"error":"missing_scope","needed":"groups:read","provided":"x"}`: formatting.AloneNotKnown,
		`no JSON`: formatting.AloneNotKnown,
	} {
		a := (&directory{says: map[string]string{"conversations.info": says}}).access(Allow{})
		if got := a.whyClosed(context.Background(), "C1"); got != want {
			t.Errorf("%s: %q, want %q", says, got, want)
		}
	}
	a := (&directory{says: map[string]string{"conversations.info": `{"ok":true,"channel":{"id":"C1"}}`}}).access(Allow{})
	if a.markOutside("C1"); a.whyClosed(t.Context(), "C1") != formatting.AloneOutsiders {
		t.Error("an event said that outsiders read there, and the channel is open")
	}
	for _, none := range []string{"", "D1"} {
		if a.whyClosed(t.Context(), none) != formatting.AloneNoChannel {
			t.Errorf("%q is a channel", none)
		}
	}
}
