package formatting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

var update = flag.Bool("update", false, "write the goldens again")

const goldens = "../testdata/blocks"

// messages builds one message of every sort, by the name of its golden.
// budget is why an answer is not complete that looked at as much as it may.
var budget = query.Gap{Kind: query.GapBudget, Looked: 20000, Of: 61000, Limit: 20000}

func messages(t testing.TB) map[string]Message {
	all := map[string]Message{}
	for _, some := range []func(testing.TB, map[string]Message){listMessages, viewMessages, cardMessages, otherMessages, failureMessages} {
		some(t, all)
	}
	return all
}

func listMessages(t testing.TB, all map[string]Message) {
	o := here()
	two := result(t, "client:1 status:active", mixed(2)...)
	all["list"] = house.Answer(two, o)
	paged := result(t, "server:saturn -product:backup sort:-amount page:2", mixed(5)...)
	paged.First, paged.Matched, paged.Next, paged.Previous = 5, 1244, paged.Query.WithPage(3).String(), paged.Query.WithPage(1).String()
	paged.Statuses = []query.Count{{Value: "active", N: 1208}, {Value: "suspended", N: 31}, {Value: "unknown", N: 5}}
	all["list-page"] = house.Answer(paged, o)
	all["list-shared"] = house.Answer(paged, shared())
	alone, direct := here(), here()
	alone.Alone, direct.Direct = "Another company reads here, or soon will.", true
	all["list-alone"] = house.Answer(two, alone)
	all["list-direct"] = house.Answer(two, direct)
	all["list-ten"] = house.Answer(result(t, "client:1 rows:10", mixed(10)...), o)
	uncounted := result(t, "client:1", mixed(5)...)
	uncounted.Counted, uncounted.Next = false, uncounted.Query.WithPage(2).String()
	all["list-uncounted"] = house.Answer(uncounted, o)
	short := result(t, "server:saturn", mixed(3)...)
	short.Counted, short.Complete, short.Why, short.Continue = false, false, budget, short.Query.WithPage(2).String()
	short.Looked, short.Of, short.Foreign, short.Unreadable = 20000, 61000, 3, 1
	all["list-incomplete"] = house.Answer(short, o)
	all["list-none"] = house.Answer(result(t, "client:1 status:active"), o)
	none := result(t, "server:saturn status:active")
	none.Counted, none.Complete, none.Why, none.Continue = false, false, budget, none.Query.WithPage(2).String()
	all["list-none-so-far"] = house.Answer(none, o)
	unnamed := result(t, "server:saturn status:active")
	unnamed.Counted, unnamed.Complete, unnamed.Why = false, false, query.Gap{Kind: query.GapNoServers}
	unnamed.Try = []string{"server:4 status:active", "server:1 status:active"}
	all["list-no-server-names"] = house.Answer(unnamed, o)
	word := result(t, "client:1 active")
	word.Try = []string{"client:1 status:active"}
	all["list-none-try"] = house.Answer(word, o)
	unread := result(t, "client:1 status:active")
	unread.Unreadable = 2
	all["list-none-readable"] = house.Answer(unread, o)
	beyond := result(t, "client:1 page:7")
	beyond.Matched, beyond.First, beyond.Try = 12, 12, []string{"client:1 page:3"}
	all["list-no-such-page"] = house.Answer(beyond, o)
	everything := result(t, "as:list", mixed(1)...)
	everything.Matched, everything.Next = 600, everything.Query.WithPage(2).String()
	all["list-everything"] = house.Answer(everything, o)
	all["list-longest"] = house.Answer(result(t, "client:1", longest(), longest(), longest(), longest(), longest(), longest(), longest(), longest(), longest(), longest()), o)
	long := result(t, `product:"`+strings.Repeat("long ", 500)+`" client:1`, mixed(2)...)
	all["list-line-too-long"] = house.Answer(long, o)
	all["list-scripts"] = house.Answer(result(t, "client:1", scripts()...), o)
	all["list-hostile"] = house.Answer(result(t, `product:"<!channel> :boom: *x*"`, every("<!channel> <@U1> <https://evil.example|bank> :boom: ```rm``` &lt;!here&gt; \u202egnp.exe\u202c"), every("*a* _b_ ~c~ `d` > e @here #general")), o)
}

// scripts are services with emoji and with right-to-left text.
func scripts() []whmcs.Service {
	a, b, c := hosting(), hosting(), hosting()
	a.Name, a.Domain = "👩‍👩‍👧‍👦 Family 🇩🇪 plan 👍🏽", "xn--e1afmkfd.example"
	b.Name, b.Domain = "استضافة الأعمال", "مثال.example"
	c.Name, c.ServerName = "אירוח עסקי", "می\u200cخواهم"
	return []whmcs.Service{a, b, c}
}

func viewMessages(t testing.TB, all map[string]Message) {
	o, lists := here(), here()
	lists.Lists = true
	small := result(t, "client:1 as:table", mixed(3)...)
	all["table"] = house.Answer(small, o)
	all["table-refused"] = house.Answer(small, lists)
	hundred := result(t, "server:saturn as:table page:2", mixed(100)...)
	hundred.First, hundred.Matched, hundred.Next, hundred.Previous = 100, 1244, hundred.Query.WithPage(3).String(), hundred.Query.WithPage(1).String()
	all["table-hundred"] = house.Answer(hundred, o)
	all["table-hundred-refused"] = house.Answer(hundred, lists)
	all["table-none"] = house.Answer(result(t, "client:1 as:table"), o)
	wide := result(t, "client:1 as:table")
	for range 100 {
		wide.Services = append(wide.Services, longest())
	}
	wide.Matched = 100
	all["table-longest"] = house.Answer(wide, o)
	all["table-longest-refused"] = house.Answer(wide, lists)
	sum := summed(result(t, "server:saturn as:summary"))
	all["summary"] = house.Answer(sum, o)
	all["summary-refused"] = house.Answer(sum, lists)
	all["summary-shared"] = house.Answer(sum, shared())
	many := summed(result(t, "server:saturn as:summary"))
	many.Summary.Revenue = ""
	for i := range 4 {
		many.Summary.Statuses = append(many.Summary.Statuses, query.Count{Value: fmt.Sprintf("A status of an addon %d", i), N: 9 - i}, query.Count{Value: "empty"})
	}
	all["summary-many"] = house.Answer(many, o)
	empty := summed(result(t, "server:saturn as:summary"))
	empty.Matched, empty.Statuses, empty.Summary = 0, nil, &query.Summary{}
	all["summary-none"] = house.Answer(empty, o)
	all["clients"] = house.Answer(held(result(t, "server:saturn status:active,suspended as:clients"), 4), o)
	many60 := held(result(t, "server:saturn as:clients page:2"), 50)
	many60.First, many60.Holders, many60.Unnamed, many60.Previous, many60.Next = 50, 120, 3, "server:saturn as:clients", "server:saturn page:3 as:clients"
	all["clients-page"] = house.Answer(many60, o)
	all["clients-one"] = house.Answer(held(result(t, "client:1 as:clients"), 1), shared())
	hosts := result(t, "server:saturn as:domains")
	hosts.Matched, hosts.Holders, hosts.Domains = 3, 2, []string{"demodomain.com", "demodomain2.net", "<!channel>\u202e.example"}
	all["domains"] = house.Answer(hosts, o)
	for i := range 400 {
		hosts.Domains = append(hosts.Domains, fmt.Sprintf("a-rather-long-name-%d.example.com", i))
	}
	all["domains-file"] = house.Answer(hosts, shared())
	none := result(t, "server:saturn as:domains")
	none.Matched = 2
	all["domains-none"] = house.Answer(none, o)
	alone := here()
	alone.Alone = AloneEmails
	all["emails"] = addresses.Answer(held(result(t, "server:saturn as:emails"), 3), alone)
	all["emails-public"] = addresses.Answer(held(result(t, "server:saturn as:emails"), 3), shared())
	all["csv"] = house.Answer(result(t, "client:1 as:csv", mixed(100)...), o)
	file := shared()
	file.SharedFile = "F0FILE"
	all["csv-shared"] = house.Answer(result(t, "client:1 as:csv", mixed(3)...), file)
	all["csv-none"] = house.Answer(result(t, "client:1 active as:csv"), o)
	unread, part := result(t, "client:1 as:csv", mixed(2)...), result(t, "server:saturn as:csv", mixed(3)...)
	unread.Unreadable = 3
	all["csv-unreadable"] = house.Answer(unread, o)
	part.Complete, part.Counted, part.Continue, part.Why = false, false, part.Query.WithPage(2).String(), budget
	all["csv-incomplete"] = house.Answer(part, o)
	all["table-scripts"] = house.Answer(result(t, "client:1 as:table", scripts()...), o)
	all["table-scripts-refused"] = house.Answer(result(t, "client:1 as:table", scripts()...), lists)
	all["card-scripts"] = house.Answer(result(t, "service:2", scripts()[1]), o)
	foreign := result(t, "client:1 as:table", mixed(2)...)
	foreign.Clients = map[int]whmcs.Client{foreign.Services[0].ClientID: {ID: foreign.Services[0].ClientID, CurrencyCode: "USD"}}
	all["table-currency-refused"] = house.Answer(foreign, lists)
}

func cardMessages(t testing.TB, all map[string]Message) {
	o := here()
	all["card"] = house.Answer(result(t, "client:1 status:active", hosting()), o)
	all["card-shared"] = house.Answer(result(t, "service:2", hosting()), shared())
	s := hosting()
	s.Status, s.SuspensionReason, s.NextDueDate = whmcs.StatusSuspended, "Overdue on payment & <abuse>", "2026-11-10"
	s.BWLimit, s.OverideAutoSuspend, s.OverideSuspendUntil, s.PromoID = 1000, true, "2026-12-24", 7
	all["card-suspended"] = house.Answer(result(t, "service:2", s), o)
	bare := whmcs.Service{ID: 5, Qty: 3, ClientID: 9, PID: 8, Name: "Consulting", BillingCycle: whmcs.CycleOneTime, FirstPaymentAmount: "1200.00"}
	all["card-bare"] = Style{Command: "/services"}.Answer(result(t, "service:5", bare), o)
	all["card-longest"] = house.Answer(result(t, "client:1", longest()), o)
}

func otherMessages(t testing.TB, all map[string]Message) {
	o := here()
	all["notice"] = house.Notice("I was away when you asked this.", []string{"client:1 status:active"}, o)
	all["denied"] = house.Denied(Denial{Why: DeniedNotListed, User: "U0MALLORY"}, o)
	all["denied-contact"] = house.Denied(Denial{Why: DeniedNotListed, User: "U0MALLORY", Contact: "U0ALICE"}, o)
	all["denied-outsider"] = house.Denied(Denial{Why: DeniedOutsider, Theirs: []string{"T9"}, Ours: "T1"}, o)
	all["access-asked"] = house.AccessAsked("U0ALICE", "C0INC42", o)
	all["no-filter"] = house.NoFilter(o)
	all["found"] = house.Found([]string{"domain:demodomain2.net", "ip:203.0.113.17", "email:jane@example.com", "client:1", "service:2"}, 5, o)
	all["found-many"] = house.Found([]string{"domain:demodomain2.net", "client:1"}, 40, o)
	all["found-none"] = house.Found(nil, 0, o)
	all["late"] = house.Late("I was away when you asked this. Shall I answer it now?", "client:1 status:active", o)
	all["bare-shared"] = house.Bare(Message{Text: "1 service matches `client:1` &lt;b&gt;"}, shared())
	all["searching"] = house.Searching(query.Progress{Looked: 12400, Of: 61000, Found: 31, Left: 95 * time.Second}, "server:saturn status:active", o)
	all["searching-start"] = house.Searching(query.Progress{}, "server:saturn", o)
	all["help"] = house.Help("", o)
	all["help-due"] = house.Help("due", o)
	all["help-status"] = house.Help("status", o)
	all["help-sort"] = house.Help("sort", o)
	all["help-unknown"] = house.Help("<!here>", o)
}

func failureMessages(t testing.TB, all map[string]Message) {
	o := here()
	for name, line := range map[string]string{
		"mistake":      "clint:1 status:actve",
		"mistake-long": "product:" + strings.Repeat("x", 200) + " status:aktiv product:" + strings.Repeat("y", 200),
		"mistake-id":   "7",
		"mistake-wide": `product:"日本語のホスティング" stauts:active`,
	} {
		_, err := query.Parse(line)
		all[name] = house.Failure(err, line, o)
	}
	line := "client:1 status:active"
	all["failure-bland"] = house.Failure(errors.New("dial tcp 10.0.0.1: secret"), line, o)
	all["failure-slow"] = house.Failure(fmt.Errorf("find: %w", context.DeadlineExceeded), line, o)
	all["failure-stopped"] = house.Failure(context.Canceled, line, o)
	for kind := range failures {
		err := &whmcs.Error{Kind: kind, Action: "GetClientsProducts", IP: "203.0.113.9", Message: "Client <b>Not</b> Found"}
		if kind == whmcs.ErrBreakerOpen {
			err.Last = &whmcs.Error{Kind: whmcs.ErrIPNotAllowed, IP: err.IP}
		}
		all["failure-"+strings.ToLower(strings.ReplaceAll(string(kind), " ", "-"))] = house.Failure(fmt.Errorf("find: %w", err), line, o)
	}
	for _, detail := range []whmcs.Detail{whmcs.DetailDatabase, whmcs.DetailTooManyBroken} {
		err := &whmcs.Error{Kind: whmcs.ErrWHMCS, Detail: detail, Message: "SQLSTATE[42S02]: Table 'whmcs.tblhosting' doesn't exist"}
		all["failure-"+strings.ToLower(strings.ReplaceAll(strings.TrimSpace(string(detail)), " ", "-"))] = house.Failure(err, line, o)
	}
}

// modals builds every modal, by the name of its golden.
func modals(t testing.TB) map[string]slack.ModalViewRequest {
	return map[string]slack.ModalViewRequest{
		"modal-loading":  Loading(),
		"modal-details":  house.Details(result(t, "service:2", hosting()), here()),
		"modal-none":     house.Details(result(t, "service:2"), here()),
		"modal-longest":  house.Details(result(t, "service:2", longest()), here()),
		"modal-denied":   Modal(house.Denied(Denial{Why: DeniedGuest, User: "U0MALLORY"}, here())),
		"form":           SearchForm(query.Query{}, ""),
		"form-filled":    SearchForm(parsed(t, `client:1 product:"Web, Mail",vps status:active,suspended due:<30d server:saturn -domain:example.com sort:due as:table page:3`), `{"channel":"C1"}`),
		"form-whole":     WholeForm(FormValues{"question": {"question": {Value: "saturn"}}}, `{"channel":"C1"}`),
		"form-duplicate": SearchForm(parsed(t, "product:vps product:s saturn"), ""),
	}
}

// homes builds the Home tab, by the name of its golden.
func homes() map[string]slack.HomeTabViewRequest {
	return map[string]slack.HomeTabViewRequest{
		"home":        house.Home(Own{Recent: []string{"client:1 status:active", "domain:demodomain2.net", "help"}}, []string{"You may ask here, in direct messages and in every channel.", "Answers may be shared where everyone is of this workspace."}, here()),
		"home-pinned": house.Home(Own{Recent: []string{"client:1"}, Pinned: []string{"due:overdue status:active as:table", "server:saturn"}, PinsAway: false}, []string{"You may ask here."}, here()),
		"home-new":    house.Home(Own{}, nil, here()),
	}
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, msg := range messages(t) {
		sound(t, name, msg)
		golden(t, name+".json", indented(t, struct {
			Text   string        `json:"text"`
			Blocks []slack.Block `json:"blocks"`
		}{msg.Text, msg.Blocks}), seen)
		golden(t, name+".txt", []byte(Plain(msg)+"\n"), seen)
	}
	for name, view := range modals(t) {
		soundModal(t, name, view)
		golden(t, name+".json", indented(t, view), seen)
	}
	for name, view := range homes() {
		soundHome(t, name, view)
		golden(t, name+".json", indented(t, view), seen)
	}
	files, err := filepath.Glob(filepath.Join(goldens, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if base := filepath.Base(file); !seen[base] && base != "README.md" {
			t.Errorf("%s belongs to no message", file)
		}
	}
}

// golden compares got with a file, or writes the file.
func golden(t *testing.T, name string, got []byte, seen map[string]bool) {
	t.Helper()
	seen[name] = true
	path := filepath.Join(goldens, name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if that is meant, run: go test ./formatting -update\ngot:\n%s", name, got)
	}
}

// indented marshals v so that it can be read and compared.
func indented(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
