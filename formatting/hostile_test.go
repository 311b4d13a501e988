package formatting

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// FuzzViews puts a hostile text into every field of every view: nothing of it may
// come alive, no limit may break, every button must stand for a question.
func FuzzViews(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, 2)
	}
	f.Add("//", -64)
	f.Add("\u202e", 2)
	f.Fuzz(func(t *testing.T, s string, n int) {
		n = 1 + n&3
		o := here()
		o.Fields = append(o.Fields, "custom:"+s)
		hostileAnswers(t, s, n, o)
		hostileNotes(t, s, o)
		o = shared()
		o.Lists = true
		hostileAnswers(t, s, n, o)
	})
}

// hostileResult is an answer whose every text is s.
func hostileResult(t *testing.T, s string, n int) *query.Result {
	res := summed(result(t, "client:1"))
	for i := range n {
		row := every(s)
		row.ID += i
		if i == 1 {
			row.Status = whmcs.StatusSuspended
		}
		res.Services = append(res.Services, row)
	}
	if term, err := query.NewTerm("product", s); err == nil {
		res.Query = res.Query.With(term)
	}
	res.Asked, res.Tested, res.Why = []string{s}, []string{s, s}, s
	res.Complete, res.Unreadable, res.Foreign, res.Continue = n%2 == 0, 2, 3, true
	res.Clients = map[int]whmcs.Client{1: {ID: 1, Name: s, Company: s, Email: s, CurrencyCode: s}}
	for _, counts := range []*[]query.Count{&res.Statuses, &res.Summary.Statuses, &res.Summary.Products, &res.Summary.Servers, &res.Summary.Cycles} {
		*counts = append([]query.Count{{Value: s, N: 3}}, *counts...)
	}
	res.Summary.Revenue, res.Summary.Currency = s, s
	return res
}

func hostileAnswers(t *testing.T, s string, n int, o Options) {
	res := hostileResult(t, s, n)
	for _, as := range []query.View{"", query.ViewList, query.ViewTable, query.ViewSummary, query.ViewCSV} {
		res.Query = res.Query.WithAs(as)
		sound(t, "answer as:"+string(as), Answer(res, o))
	}
	none := hostileResult(t, s, 0)
	none.Summary = nil
	sound(t, "none", Answer(none, o))
	one := hostileResult(t, s, 1)
	one.Matched, one.Summary = 1, nil
	one.Query = one.Query.WithAs("")
	sound(t, "card", Answer(one, o))
	soundModal(t, "details", Details(one, o))
	soundModal(t, "no details", Details(none, o))
	soundModal(t, "form", SearchForm(one.Query, s[:min(len(s), 900)]))
	file, comment := CSV(res, o)
	if found := alive(comment); found != "" {
		t.Errorf("comment %q holds %s", comment, found)
	}
	tame(t, file)
}

// tame fails the test where a spreadsheet would run a cell of file.
func tame(t *testing.T, file []byte) {
	rows, err := csv.NewReader(strings.NewReader(string(file))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, c := range row {
			if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") && !plainNumber.MatchString(c) {
				t.Errorf("a spreadsheet would run %q", c)
			}
		}
	}
}

func hostileNotes(t *testing.T, s string, o Options) {
	line := "client:1"
	if q, err := query.Parse(s); err != nil {
		sound(t, "mistake", Failure(err, s, o))
	} else if q = q.Lasting(); q.String() != "" {
		line = q.String()
	}
	failed := &whmcs.Error{Kind: whmcs.ErrWHMCS, Message: s, Advice: s, Action: s, IP: s, Location: s}
	sound(t, "failure", Failure(failed, line, o))
	failed.Kind = whmcs.ErrIPNotAllowed
	sound(t, "failure", Failure(failed, line, o))
	failed.Kind = whmcs.ErrActionNotPermitted
	sound(t, "failure", Failure(failed, line, o))
	sound(t, "failure", Failure(errors.New(s), line, o))
	wrong := &query.Error{Line: s, Problems: []query.Problem{{Start: -1, End: len(s) + 9, Says: s, Valid: []string{s, "x"}}, {Start: len(s) / 2, End: 0, Says: s}}}
	sound(t, "wrong", Failure(fmt.Errorf("parse: %w", wrong), s, o))
	sound(t, "notice", Notice(s, []string{line}, o))
	sound(t, "late", Late(s, line, o))
	byAlice := o
	byAlice.SharedBy = "U0ALICE"
	sound(t, "bare", Bare(Notice(s, nil, o), byAlice))
	sound(t, "denied", Denied(s, o))
	sound(t, "found", Found([]string{line, line}, 3, o))
	sound(t, "searching", Searching(query.Progress{Looked: 5, Of: 3, Found: 1, Left: 1 << 60}, s, o))
	sound(t, "help", Help(s, o))
	soundHome(t, "home", Home([]string{line, line}, []string{s, s}, o))
	soundModal(t, "modal", Modal(Denied(s, o)))
}

// TestSecretsStayOut: an error's payload and an unknown error's text are never
// shown, and private fields never in what others read.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	msg := Failure(errors.New("Post https://billing.example/api: planted-cause"), "client:1", here())
	if got := string(indented(t, msg)); strings.Contains(got, "planted") {
		t.Errorf("an unclassed error is quoted: %s", got)
	}
	s := hosting()
	s.Notes, s.SubscriptionID, s.CustomFields[0].Value = "planted-note", "planted-sub", "planted-key"
	res := result(t, "service:2", s)
	for _, view := range []query.View{"", query.ViewList, query.ViewTable, query.ViewCSV} {
		res.Query = res.Query.WithAs(view)
		if got := string(indented(t, Answer(res, shared()))); strings.Contains(got, "planted") {
			t.Errorf("as %q: a private field is public: %s", view, got)
		}
	}
	if got := string(indented(t, Details(res, shared()))); strings.Contains(got, "planted") {
		t.Errorf("details: a private field is public: %s", got)
	}
	if file, _ := CSV(res, shared()); strings.Contains(string(file), "planted") {
		t.Errorf("CSV: a private field is public: %s", file)
	}
	file, _ := CSV(res, here())
	private := string(indented(t, Details(res, here()))) + string(file)
	for _, want := range []string{"planted-note", "planted-sub", "planted-key"} {
		if strings.Count(private, want) != 2 {
			t.Errorf("a field of BOT_FIELDS is missing in private: %s", want)
		}
	}
	if strings.Contains(private, "planted-custom") {
		t.Error("a custom field that BOT_FIELDS does not name is shown")
	}
}
