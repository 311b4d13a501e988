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
				if b, ok := e.(*slack.ButtonBlockElement); ok {
					all[b.Text.Text] = b
				}
			}
		}
	}
	return all
}

// options returns the options of the menu in blocks by their labels.
func options(blocks []slack.Block) map[string]string {
	all := map[string]string{}
	for _, block := range blocks {
		if row, ok := block.(*slack.ActionBlock); ok {
			for _, e := range row.Elements.ElementSet {
				if menu, ok := e.(*slack.SelectBlockElement); ok {
					for _, o := range menu.Options {
						all[o.Text.Text] = o.Value
					}
				}
			}
		}
	}
	return all
}

// hasButtons fails the test unless blocks hold exactly these buttons and options, each by
// its label with its action and value, and few enough of them.
func hasButtons(t *testing.T, blocks []slack.Block, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for label, b := range labelled(blocks) {
		got[label] = Action(b.ActionID) + " " + b.Value + b.URL
	}
	if n := len(got); n >= maxControls && len(options(blocks)) > 0 {
		t.Errorf("%d buttons beside a menu", n)
	}
	for label, value := range options(blocks) {
		action, line := Chosen(value, "")
		got["… "+label] = action + " " + line
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
		"🟢 38":                      "ask server:saturn -product:backup status:active sort:due",
		"❔ 2":                       "ask server:saturn -product:backup status:unknown sort:due",
		"‹ Previous":                "ask server:saturn -product:backup sort:due",
		"Next ›":                    "ask server:saturn -product:backup sort:due page:3",
		"Share":                     "share server:saturn -product:backup sort:due page:2",
		"… Table":                   "ask server:saturn -product:backup sort:due as:table",
		"… Summary":                 "ask server:saturn -product:backup sort:due as:summary",
		"… CSV file":                "ask server:saturn -product:backup sort:due as:csv",
		"… Clients":                 "ask server:saturn -product:backup sort:due as:clients",
		"… Domains":                 "ask server:saturn -product:backup sort:due as:domains",
		"… Refresh":                 "refresh server:saturn -product:backup sort:due page:2",
		"… First page":              "ask server:saturn -product:backup sort:due",
		"… Change the question …":   "form server:saturn -product:backup sort:due",
		"… Without server:saturn":   "ask -product:backup sort:due",
		"… Without -product:backup": "ask server:saturn sort:due",
	})
}

// TestActiveOnlyButton: while states are not counted the active ones are offered, but not to
// who has excluded them or asked for others.
func TestActiveOnlyButton(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"server:saturn": "server:saturn status:active", "server:saturn -status:terminated": "server:saturn status:active",
		"server:saturn status:active,suspended": "server:saturn status:active", "server:saturn -status:active": "",
		"server:saturn -status:active,fraud": "", "server:saturn status:suspended,pending": "", "server:saturn status:active": "",
		"server:saturn status:active,pending -status:active": "",
	} {
		res := result(t, line, mixed(5)...)
		res.Next, res.Counted = res.Query.WithPage(2).String(), false
		got := ""
		if b := labelled(house.Answer(res, here()).Blocks)["🟢 Active only"]; b != nil {
			got = b.Value
		}
		if got != want {
			t.Errorf("%s: %q is offered, want %q", line, got, want)
		}
	}
}

// TestPinButtons: where questions can be pinned, the menu offers it below every answer, to each
// who reads it, and so does the window of choices; what is pinned begins at the first page.
func TestPinButtons(t *testing.T) {
	t.Parallel()
	pinning := house
	pinning.Pins = true
	const label, want = "Pin to the Home tab", "pin server:saturn sort:due as:table"
	res := result(t, "server:saturn sort:due page:2 as:table", mixed(5)...)
	for _, v := range []View{here(), shared()} {
		if action, line := Chosen(options(pinning.Answer(res, v).Blocks)[label], ""); action+" "+line != want {
			t.Errorf("it stands for %s %s", action, line)
		}
	}
	for name, res := range map[string]*query.Result{"a card": result(t, "service:11", mixed(1)...), "nothing": result(t, "client:1")} {
		if options(pinning.Answer(res, here()).Blocks)[label] == "" {
			t.Errorf("%s cannot be pinned", name)
		}
		if options(house.Answer(res, here()).Blocks)[label] != "" {
			t.Errorf("%s can be pinned though nothing is kept", name)
		}
	}
	b := labelled(pinning.Choices(res.Query, here(), "").Blocks.BlockSet)[label]
	if action, line := Chosen(b.Value, res.Query.String()); action+" "+line != want {
		t.Errorf("in the window it stands for %s %s", action, line)
	}
}

// TestStatesGiveWay: where there is no room for all states, or there are many, none has a
// button: some alone would read as all.
func TestStatesGiveWay(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn page:2", mixed(5)...)
	res.Matched, res.Next, res.Previous = 60, "server:saturn page:3", "server:saturn"
	states := []query.Count{{Value: "active", N: 38}, {Value: "suspended", N: 20}, {Value: "unknown", N: 2}, {Value: "fraud", N: 1}}
	for n, want := range map[int]int{2: 2, 3: 0, 4: 0} {
		res.Statuses = states[:n]
		got := 0
		for label := range labelled(house.Answer(res, here()).Blocks) {
			if strings.ContainsAny(label, "🟢🟠⚪❔") {
				got++
			}
		}
		if got != want {
			t.Errorf("%d states have %d buttons, want %d", n, got, want)
		}
	}
}

// TestStatesInWords: beside a narrow menu the buttons of states have their words; beside a wide
// one a screen reader still says them.
func TestStatesInWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"client:1": "🟢 Active 38", "client:1 status:active,suspended": "🟢 38"} {
		res := result(t, line, mixed(5)...)
		res.Matched, res.Next = 58, line+" page:2"
		res.Statuses = []query.Count{{Value: "active", N: 38}, {Value: "suspended", N: 20}}
		b := labelled(house.Answer(res, here()).Blocks)[want]
		if b == nil {
			t.Errorf("%s has no button %q", line, want)
		} else if !strings.Contains(b.Text.Text+b.AccessibilityLabel, "Active 38") {
			t.Errorf("%s: a screen reader says %q", line, b.AccessibilityLabel)
		}
	}
}

func TestSharedButtons(t *testing.T) {
	t.Parallel()
	hasButtons(t, house.Answer(result(t, "client:1 status:active", mixed(2)...), shared()).Blocks, map[string]string{
		"… Table":                    "ask client:1 status:active as:table",
		"… Summary":                  "ask client:1 status:active as:summary",
		"… CSV file":                 "ask client:1 status:active as:csv",
		"… Clients":                  "ask client:1 status:active as:clients",
		"… Domains":                  "ask client:1 status:active as:domains",
		"… Refresh":                  "refresh client:1 status:active",
		"… Keep current for 2 hours": "live client:1 status:active live:2h",
		"… Without client:1":         "ask status:active",
		"… Without status:active":    "ask client:1",
		"Remove":                     "remove U0ALICE",
	})
}

func TestCardButtons(t *testing.T) {
	t.Parallel()
	hasButtons(t, house.Answer(result(t, "service:2", hosting()), here()).Blocks, map[string]string{
		"Details":                     "details service:2",
		"All services of this client": "ask client:1",
		"Share":                       "share service:2",
		"… Refresh":                   "refresh service:2",
		"… Change the question …":     "form service:2",
	})
	plain := Style{Command: "/services", AdminURL: "http://billing.example.com/admin"}
	whole := here()
	whole.Whole = true
	if b := labelled(house.Answer(result(t, "service:2", hosting()), whole).Blocks)["Open in WHMCS"]; b == nil || b.URL != "https://billing.example.com/admin/clientsservices.php?userid=1&id=2" {
		t.Errorf("a terminal has the link %v", b)
	}
	if b := labelled(plain.Answer(result(t, "service:2", hosting()), whole).Blocks)["Open in WHMCS"]; b != nil {
		t.Errorf("a link that is not https: %s", b.URL)
	}
}

// TestWholeCard: a terminal has no window for the details, so its card has them.
func TestWholeCard(t *testing.T) {
	t.Parallel()
	whole := here()
	whole.Whole = true
	for what, v := range map[string]View{"whole": whole, "card": here()} {
		text := house.Answer(result(t, "service:2", hosting()), v).Text
		for _, fact := range []string{"ns1.example.net", "Credit Card", "Frankfurt", "Disk"} {
			if strings.Contains(text, fact) != v.Whole {
				t.Errorf("%s: %q in the text: %v", what, fact, !v.Whole)
			}
		}
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

// TestLongLine: a line that no option holds has its menu in a window.
func TestLongLine(t *testing.T) {
	t.Parallel()
	res := result(t, `client:1 domain:`+strings.Repeat("a", 50)+`.example,`+strings.Repeat("b", 50)+`.example,`+strings.Repeat("c", 50)+`.example`, mixed(2)...)
	line := res.Query.String()
	blocks := house.Answer(res, here()).Blocks
	if b := labelled(blocks)["More …"]; b == nil || Action(b.ActionID) != ActionMore || b.Value != line || len(options(blocks)) > 0 {
		t.Errorf("the menu of a long line is %v with %d options", b, len(options(blocks)))
	}
	view := house.Choices(res.Query, here(), `{"l":"the line"}`)
	soundModal(t, "choices", view)
	if view.PrivateMetadata != `{"l":"the line"}` || view.CallbackID != CallbackChoices {
		t.Errorf("the window has %q, %q", view.PrivateMetadata, view.CallbackID)
	}
	for label, want := range map[string]string{"Table": "ask " + line + " as:table", "Refresh": "refresh " + line, "Without client:1": "ask " + res.Query.Without(0).String()} {
		b := labelled(view.Blocks.BlockSet)[label]
		if b == nil {
			t.Errorf("the window lacks %q", label)
			continue
		}
		if action, next := Chosen(b.Value, line); action+" "+next != want {
			t.Errorf("%q stands for %s %q, want %q", label, action, next, want)
		}
	}
}

// TestChosenByAnybody: what comes back as a choice is nobody's to trust.
func TestChosenByAnybody(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"table client:1":                    "ask client:1 as:table",
		"csv client:1 in:channel fresh:yes": "ask client:1 as:csv",
		"refresh client:1 in:channel":       "refresh client:1",
		"without.2 client:1 status:active":  "ask client:1",
		"without.3 client:1 status:active":  "",
		"without.-1 client:1":               "",
		"without client:1":                  "",
		"share client:1":                    "",
		"remove U0ALICE":                    "",
		"table nokey:1":                     "",
		"table":                             "ask all:yes as:table",
		"":                                  "",
	} {
		action, line := Chosen(value, "")
		if got := strings.TrimSpace(action + " " + line); action != "" && got != want || action == "" && want != "" {
			t.Errorf("Chosen(%q) is %q, want %q", value, got, want)
		}
	}
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
	if all["Remove"] == nil || all["Remove"].Value != "U0ALICE F0FILE" || options(house.Answer(result(t, "client:1 as:csv", mixed(2)...), o).Blocks)["Refresh"] != "" {
		t.Errorf("the buttons of a shared file are %v", slices.Collect(maps.Keys(all)))
	}
}

func TestIncompleteButtons(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn")
	res.Complete, res.Counted, res.Continue, res.Why = false, false, "server:saturn page:2", budget
	hasButtons(t, house.Answer(res, here()).Blocks, map[string]string{
		"Continue the search":     "ask server:saturn page:2",
		"… Refresh":               "refresh server:saturn",
		"… Change the question …": "form server:saturn",
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
	if blocks := house.Answer(res, here()).Blocks; labelled(blocks)["More …"] != nil || len(options(blocks)) > 0 {
		t.Error("a menu is offered that no line can be made from")
	}
	msg := house.Answer(res, shared())
	sound(t, "too long", msg)
	hasButtons(t, msg.Blocks, map[string]string{"Remove": "remove U0ALICE"})
	if !strings.Contains(msg.Text, "too long for buttons") {
		t.Errorf("nothing is said of it: %s", msg.Text)
	}
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
