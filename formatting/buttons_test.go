package formatting

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// labelled returns the buttons of blocks by their labels.
func labelled(blocks []slack.Block) map[string]*slack.ButtonBlockElement {
	all := map[string]*slack.ButtonBlockElement{}
	for _, block := range blocks {
		if row, ok := block.(*slack.ActionBlock); ok {
			for _, e := range row.Elements.ElementSet {
				b := e.(*slack.ButtonBlockElement)
				all[b.Text.Text] = b
			}
		}
	}
	return all
}

// hasButtons fails the test unless blocks hold exactly these buttons, each by its
// label with its action and value.
func hasButtons(t *testing.T, blocks []slack.Block, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for label, b := range labelled(blocks) {
		got[label] = Action(b.ActionID) + " " + b.Value + b.URL
	}
	if !maps.Equal(got, want) {
		for _, label := range slices.Sorted(maps.Keys(got)) {
			t.Logf("%q: %q,", label, got[label])
		}
		t.Errorf("the buttons are not those wanted: %v", want)
	}
}

func TestListButtons(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn -product:backup sort:due page:2 fresh:yes in:channel", mixed(5)...)
	res.First, res.Matched, res.Next, res.Previous = 5, 40, res.Query.WithPage(3).Lasting().String(), res.Query.WithPage(1).Lasting().String()
	res.Statuses = []query.Count{{Value: "active", N: 38}, {Value: "unknown", N: 2}}
	hasButtons(t, house.Answer(res, here()).Blocks, map[string]string{
		"server:saturn ×":   "ask -product:backup sort:due",
		"-product:backup ×": "ask server:saturn sort:due",
		"● Active 38":       "ask server:saturn -product:backup status:active sort:due",
		"? Unknown 2":       "ask server:saturn -product:backup status:unknown sort:due",
		"Change …":          "form server:saturn -product:backup sort:due",
		"‹ Previous":        "ask server:saturn -product:backup sort:due",
		"Next ›":            "ask server:saturn -product:backup sort:due page:3",
		"Table":             "ask server:saturn -product:backup sort:due as:table",
		"Summary":           "ask server:saturn -product:backup sort:due as:summary",
		"CSV":               "ask server:saturn -product:backup sort:due as:csv",
		"Share":             "share server:saturn -product:backup sort:due page:2",
		"Refresh":           "refresh server:saturn -product:backup sort:due page:2",
	})
}

func TestSharedButtons(t *testing.T) {
	t.Parallel()
	hasButtons(t, house.Answer(result(t, "client:1 status:active", mixed(2)...), shared()).Blocks, map[string]string{
		"client:1 ×":      "ask status:active",
		"status:active ×": "ask client:1",
		"Table":           "ask client:1 status:active as:table",
		"Summary":         "ask client:1 status:active as:summary",
		"CSV":             "ask client:1 status:active as:csv",
		"Refresh":         "refresh client:1 status:active",
		"Remove":          "remove U0ALICE",
	})
}

func TestCardButtons(t *testing.T) {
	t.Parallel()
	hasButtons(t, house.Answer(result(t, "service:2", hosting()), here()).Blocks, map[string]string{
		"Change …":                    "form service:2",
		"All services of this client": "ask client:1",
		"Open in WHMCS":               "link https://billing.example.com/admin/clientsservices.php?userid=1&id=2",
		"Client in WHMCS":             "link https://billing.example.com/admin/clientssummary.php?userid=1",
		"Share":                       "share service:2",
		"Refresh":                     "refresh service:2",
	})
	plain := Style{Command: "/services", AdminURL: "http://billing.example.com/admin"}
	if b := labelled(plain.Answer(result(t, "service:2", hosting()), here()).Blocks)["Open in WHMCS"]; b != nil {
		t.Errorf("a link that is not https: %s", b.URL)
	}
}

func TestModalButtons(t *testing.T) {
	t.Parallel()
	hasButtons(t, house.Details(result(t, "service:2", hosting()), here()).Blocks.BlockSet, map[string]string{
		"Open in WHMCS":               "link https://billing.example.com/admin/clientsservices.php?userid=1&id=2",
		"Client in WHMCS":             "link https://billing.example.com/admin/clientssummary.php?userid=1",
		"All services of this client": "ask client:1",
		"Share":                       "share service:2",
	})
}

// TestDirectButtons: where there is no channel, nothing is offered to be shared.
func TestDirectButtons(t *testing.T) {
	t.Parallel()
	o := here()
	o.Direct = true
	res := result(t, "service:2", hosting())
	for what, blocks := range map[string][]slack.Block{"card": house.Answer(res, o).Blocks, "details": house.Details(res, o).Blocks.BlockSet} {
		if labelled(blocks)["Share"] != nil {
			t.Errorf("the %s offers to share", what)
		}
	}
}

// TestSharedFileButtons: a posted file is taken away with its message, and does
// not change.
func TestSharedFileButtons(t *testing.T) {
	t.Parallel()
	o := shared()
	o.SharedFile = "F0FILE"
	all := labelled(house.Answer(result(t, "client:1 as:csv", mixed(2)...), o).Blocks)
	if all["Remove"] == nil || all["Remove"].Value != "U0ALICE F0FILE" || all["Refresh"] != nil {
		t.Errorf("the buttons of a shared file are %v", slices.Collect(maps.Keys(all)))
	}
}

func TestIncompleteButtons(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn")
	res.Complete, res.Counted, res.Continue, res.Why = false, false, "server:saturn page:2", budget
	hasButtons(t, house.Answer(res, here()).Blocks, map[string]string{
		"Change …":            "form server:saturn",
		"Continue the search": "ask server:saturn page:2",
		"Refresh":             "refresh server:saturn",
	})
	o := here()
	hasButtons(t, house.Searching(query.Progress{Looked: 1, Of: 2}, "server:saturn", o).Blocks, map[string]string{"Stop": "stop k3v9x2ab"})
}

// TestTooLong: a question that no button can hold is said to be one, and the
// answer goes out all the same.
func TestTooLong(t *testing.T) {
	t.Parallel()
	line := `product:"` + strings.Repeat("x ", 1200) + `" client:1`
	res := result(t, line, mixed(5)...)
	res.Continue, res.Next = res.Query.String(), res.Query.WithPage(2).String()
	sound(t, "too long", house.Answer(res, here()))
	if labelled(house.Answer(res, here()).Blocks)["Change …"] != nil {
		t.Error("a form is offered that could not be filled from the question")
	}
	msg := house.Answer(res, shared())
	sound(t, "too long", msg)
	hasButtons(t, msg.Blocks, map[string]string{labelOf(t, res.Query, 0) + " ×": "ask client:1", "Remove": "remove U0ALICE"})
	if !strings.Contains(msg.Text, "too long for buttons") {
		t.Errorf("nothing is said of it: %s", msg.Text)
	}
}

// labelOf is the label of the chip of a query's term.
func labelOf(t *testing.T, q query.Query, i int) string {
	t.Helper()
	return plain(q.Terms[i].String(), 40)
}

// TestOnlyRowsHavePages: a file and figures are of all rows.
func TestOnlyRowsHavePages(t *testing.T) {
	t.Parallel()
	for _, as := range []string{"csv", "summary"} {
		res := result(t, "client:1 page:2 as:"+as, mixed(2)...)
		res.Summary = &query.Summary{}
		for label := range labelled(house.Answer(res, here()).Blocks) {
			if strings.ContainsAny(label, "‹›") {
				t.Errorf("as:%s offers %q", as, label)
			}
		}
	}
}

// TestHelpOfEveryKey: each key is explained, with an example that can be clicked.
func TestHelpOfEveryKey(t *testing.T) {
	t.Parallel()
	for _, k := range query.Keys() {
		msg := house.Help(k.Name, here())
		sound(t, "help "+k.Name, msg)
		if len(labelled(msg.Blocks)) != 1 {
			t.Errorf("help %s has no example", k.Name)
		}
	}
}

// TestCorrectionsShareNothing: no correction is a line that shares at once, for whoever
// clicks it.
func TestCorrectionsShareNothing(t *testing.T) {
	t.Parallel()
	_, err := query.Parse("clint:2 in:channel fresh:yes")
	hasButtons(t, house.Failure(err, "", here()).Blocks, map[string]string{"client:2": "ask client:2"})
}

// TestLongTextKeepsItsEnd: a text that is too long still says how complete it is.
func TestLongTextKeepsItsEnd(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn as:table", mixed(100)...)
	res.Complete, res.Why = false, query.Gap{Kind: query.GapTime, Looked: 100, Of: 200}
	text := house.Answer(res, here()).Text
	if !strings.Contains(text, "not complete: The time for one question was over") || units(text) > maxText {
		t.Errorf("a text of %d units ends in %q", units(text), text[len(text)-200:])
	}
}

func TestAction(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"ask.12": ActionAsk, "details.1": ActionDetails, "stop": ActionStop, "": ""} {
		if got := Action(id); got != want {
			t.Errorf("Action(%q) = %q, want %q", id, got, want)
		}
	}
}
