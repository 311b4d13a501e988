package formatting

import (
	"strings"
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// TestGaps: every reason has its sentence, and says its numbers.
func TestGaps(t *testing.T) {
	t.Parallel()
	g := query.Gap{Looked: 1200, Of: 61000, Limit: 20000, Service: 7, Failure: whmcs.ErrTimeout}
	for kind, want := range map[query.GapKind]string{
		"":                   "",
		query.GapBudget:      "One question looks at 20,000 rows at most, and WHMCS has 61,000.",
		query.GapTime:        "after 1,200 of 61,000 rows.",
		query.GapFirstPage:   "ended at row 1,200 of 61,000, and",
		query.GapMoved:       "deleted",
		query.GapFailed:      "after 1,200 of 61,000 rows: " + string(whmcs.ErrTimeout) + ".",
		query.GapFewer:       "WHMCS sent 1,200 services and counts 61,000.",
		query.GapPart:        "behind the first 400 alone",
		query.GapLost:        "Start again",
		query.GapDetails:     "service 7 could not be read: " + string(whmcs.ErrTimeout) + ".",
		query.GapNoServers:   "server:1",
		query.GapServerWords: "not looked for",
	} {
		g.Kind = kind
		if got := Gap(&query.Result{Why: g, Before: 400}); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

// TestChangedPage: where WHMCS changed since the page before, the answer says so and offers
// the first page; a position is on buttons alone.
func TestChangedPage(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn page:3", mixed(5)...)
	res.First, res.Matched, res.Changed = 10, 40, true
	const pos = " pos:AQClUNi_AAAAAAAAAAoDAAC2nFWP7lwceDfNNNA"
	res.Query.Position = pos[5:]
	res.Next, res.Previous = "server:saturn page:4"+pos, "server:saturn page:2"+pos
	msg := house.Answer(res, here())
	sound(t, "changed", msg)
	hasButtons(t, msg.Blocks, map[string]string{
		"‹ Previous":              "ask server:saturn page:2" + pos,
		"Next ›":                  "ask server:saturn page:4" + pos,
		"🟢 Active only":           "ask server:saturn status:active",
		"Share":                   "share server:saturn page:3" + pos,
		"… First page":            "ask server:saturn",
		"… Refresh":               "refresh server:saturn page:3" + pos,
		"… Table":                 "ask server:saturn as:table",
		"… Summary":               "ask server:saturn as:summary",
		"… CSV file":              "ask server:saturn as:csv",
		"… Clients":               "ask server:saturn as:clients",
		"… Domains":               "ask server:saturn as:domains",
		"… Change the question …": "form server:saturn",
	})
	for _, m := range []Message{msg, house.Searching(query.Progress{Looked: 1, Of: 2}, res.Query.String(), here()),
		house.Failure(&whmcs.Error{Kind: whmcs.ErrTimeout}, res.Query.String(), here()), house.Notice("x", []string{res.Next}, here())} {
		if strings.Contains(m.Text, "pos:") || strings.Contains(Plain(m), "pos:") {
			t.Errorf("a position is shown: %s", Plain(m))
		}
	}
	if !strings.Contains(msg.Text, "WHMCS changed since the page before") {
		t.Errorf("nothing is said of the change: %s", msg.Text)
	}
	_, err := query.Parse("server:saturn page:3" + pos[:len(pos)-1])
	m := house.Failure(err, "server:saturn page:3"+pos, here())
	if strings.Contains(m.Text, "pos:") || !strings.Contains(m.Text, "damaged") {
		t.Errorf("a damaged position gives %s", m.Text)
	}
	hasButtons(t, m.Blocks, map[string]string{"server:saturn page:3": "ask server:saturn page:3"})
}
