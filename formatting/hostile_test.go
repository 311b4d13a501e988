package formatting

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
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
		style := house
		style.Fields = append(slices.Clone(house.Fields), "custom:"+s)
		hostileAnswers(t, style, s, n, here())
		hostileNotes(t, style, s)
		old := shared()
		old.Lists = true
		hostileAnswers(t, style, s, n, old)
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
	res.Asked, res.Tested, res.Why = []string{s}, []string{s, s}, query.Gap{Kind: query.GapFailed, Failure: whmcs.Kind(s)}
	res.Complete, res.Unreadable, res.Foreign, res.Continue = n%2 == 0, 2, 3, res.Query.String()
	res.Clients = map[int]whmcs.Client{1: {ID: 1, Name: s, Company: s, Email: s, CurrencyCode: s}}
	for _, counts := range []*[]query.Count{&res.Statuses, &res.Summary.Statuses, &res.Summary.Products, &res.Summary.Servers, &res.Summary.Cycles} {
		*counts = append([]query.Count{{Value: s, N: 3}}, *counts...)
	}
	res.Summary.Revenue, res.Summary.Currency = s, s
	return res
}

func hostileAnswers(t *testing.T, style Style, s string, n int, v View) {
	res := hostileResult(t, s, n)
	for _, as := range []query.View{"", query.ViewList, query.ViewTable, query.ViewSummary, query.ViewCSV} {
		res.Query = res.Query.WithAs(as)
		sound(t, "answer as:"+string(as), style.Answer(res, v))
	}
	none := hostileResult(t, s, 0)
	none.Summary = nil
	sound(t, "none", style.Answer(none, v))
	one := hostileResult(t, s, 1)
	one.Matched, one.Summary = 1, nil
	one.Query = one.Query.WithAs("")
	sound(t, "card", style.Answer(one, v))
	soundModal(t, "details", style.Details(one, v))
	soundModal(t, "no details", style.Details(none, v))
	soundModal(t, "form", SearchForm(one.Query, s[:min(len(s), 900)]))
	file, comment := style.CSV(res, v)
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

func hostileNotes(t *testing.T, style Style, s string) {
	v := here()
	line := "client:1"
	if q, err := query.Parse(s); err != nil {
		sound(t, "mistake", style.Failure(err, s, v))
	} else if q = q.Lasting(); q.String() != "" {
		line = q.String()
	}
	failed := &whmcs.Error{Kind: whmcs.ErrWHMCS, Message: s, Action: s, IP: s, Location: s}
	sound(t, "failure", style.Failure(failed, line, v))
	failed.Kind = whmcs.ErrIPNotAllowed
	sound(t, "failure", style.Failure(failed, line, v))
	failed.Kind = whmcs.ErrActionNotPermitted
	sound(t, "failure", style.Failure(failed, line, v))
	sound(t, "failure", style.Failure(errors.New(s), line, v))
	for reason := range problemSentences {
		p := query.Problem{Start: -1, End: len(s) + 9, Reason: reason, Key: s, Value: s, Meant: []string{s}, Valid: []string{s, "x"}}
		wrong := &query.Error{Line: s, Problems: []query.Problem{p, {Start: len(s) / 2, End: 0, Reason: reason, Value: s}}}
		sound(t, "wrong", style.Failure(fmt.Errorf("parse: %w", wrong), s, v))
	}
	sound(t, "notice", style.Notice(Sentence(s), []string{line}, v))
	sound(t, "late", style.Late(Sentence(s), line, v))
	byAlice := v
	byAlice.SharedBy = "U0ALICE"
	sound(t, "bare", style.Bare(style.Notice(Sentence(s), nil, v), byAlice))
	sound(t, "denied", style.Denied(Denial{Why: DeniedOutsider, User: s, Theirs: []string{s}, Ours: s}, v))
	sound(t, "found", style.Found([]string{line, line}, 3, v))
	sound(t, "searching", style.Searching(query.Progress{Looked: 5, Of: 3, Found: 1, Left: 1 << 60}, s, v))
	sound(t, "help", style.Help(s, v))
	soundHome(t, "home", style.Home(Own{Recent: []string{line, line}, Pinned: []string{line}, PinsAway: true}, []string{s, s}, v))
	soundModal(t, "modal", Modal(style.Denied(Denial{Why: DeniedOutsider, User: s, Theirs: []string{s}, Ours: s}, v)))
}

// TestSecretsStayOut: an error's payload and an unknown error's text are never
// shown, and private fields never in what others read.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	msg := house.Failure(errors.New("Post https://billing.example/api: planted-cause"), "client:1", here())
	if got := string(indented(t, msg)); strings.Contains(got, "planted") {
		t.Errorf("an unclassed error is quoted: %s", got)
	}
	s := hosting()
	s.Notes, s.SubscriptionID, s.CustomFields[0].Value = "planted-note", "planted-sub", "planted-key"
	res := result(t, "service:2", s)
	for _, view := range []query.View{"", query.ViewList, query.ViewTable, query.ViewCSV} {
		res.Query = res.Query.WithAs(view)
		if got := string(indented(t, house.Answer(res, shared()))); strings.Contains(got, "planted") {
			t.Errorf("as %q: a private field is public: %s", view, got)
		}
	}
	if got := string(indented(t, house.Details(res, shared()))); strings.Contains(got, "planted") {
		t.Errorf("details: a private field is public: %s", got)
	}
	if file, _ := house.CSV(res, shared()); strings.Contains(string(file), "planted") {
		t.Errorf("CSV: a private field is public: %s", file)
	}
	file, _ := house.CSV(res, here())
	private := string(indented(t, house.Details(res, here()))) + string(file)
	for _, want := range []string{"planted-note", "planted-sub", "planted-key"} {
		if strings.Count(private, want) != 2 {
			t.Errorf("a field of BOT_FIELDS is missing in private: %s", want)
		}
	}
	if strings.Contains(private, "planted-custom") {
		t.Error("a custom field that BOT_FIELDS does not name is shown")
	}
}
