package formatting

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// filledIn returns what Slack sends when a form is submitted as it was opened.
func filledIn(t *testing.T, view slack.ModalViewRequest) FormValues {
	t.Helper()
	state := map[string]map[string]any{}
	for _, b := range view.Blocks.BlockSet {
		in, ok := b.(*slack.InputBlock)
		if !ok {
			continue
		}
		switch e := in.Element.(type) {
		case *slack.PlainTextInputBlockElement:
			state[in.BlockID] = map[string]any{e.ActionID: map[string]any{"type": "plain_text_input", "value": e.InitialValue}}
			if e.InitialValue == "" {
				state[in.BlockID] = map[string]any{e.ActionID: map[string]any{"type": "plain_text_input", "value": nil}}
			}
		case *slack.MultiSelectBlockElement:
			state[in.BlockID] = map[string]any{e.ActionID: map[string]any{"type": "multi_static_select", "selected_options": e.InitialOptions}}
		}
	}
	raw, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	var values FormValues
	if err := json.Unmarshal(raw, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// TestFormRoundTrip: a form that is opened for a line and submitted untouched
// asks the same question.
func TestFormRoundTrip(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"client:1",
		"client:1,2 status:active,suspended",
		`product:"Web, Mail",vps due:<30d`,
		`username:"a \"b\" c"`,
		"email:ann@example.com domain:*.example.com service:2",
		"server:saturn -status:active saturn sort:-amount rows:7 as:table",
		"client:1 client:2",
		`"two words" cycle:monthly`,
	} {
		q := parsed(t, line)
		got, errs := ParseForm(filledIn(t, SearchForm(q, "m")))
		if len(errs) > 0 {
			t.Errorf("%s: %v", line, errs)
			continue
		}
		again := parsed(t, got)
		if again.Sort != q.Sort || again.As != q.As || again.Rows != q.Rows {
			t.Errorf("%s became %s", line, got)
		}
		if a, b := termLines(q), termLines(again); !slices.Equal(a, b) {
			t.Errorf("%s became %s", line, got)
		}
	}
}

// termLines returns a query's terms in the order of the alphabet: the form may put
// them into another.
func termLines(q query.Query) []string {
	var lines []string
	for _, term := range q.Terms {
		lines = append(lines, term.String())
	}
	slices.Sort(lines)
	return lines
}

func TestParseForm(t *testing.T) {
	t.Parallel()
	text := func(pairs ...string) FormValues {
		values := FormValues{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = map[string]FormValue{pairs[i]: {Value: pairs[i+1]}}
		}
		return values
	}
	for _, test := range []struct {
		values FormValues
		line   string
		errs   []string
	}{
		{text("question", " client 1 "), "client 1", nil},
		{text("question", "client:1"), "client:1", nil},
		{text("client", " 1 "), "client:1", nil},
		{text("product", "Business Hosting, VPS"), `product:"Business Hosting",VPS`, nil},
		{text("due", "overdue", "question", "server:saturn sort:due"), "server:saturn due:overdue sort:due", nil},
		{text("question", "who is on saturn?", "due", "overdue"), "who is on saturn? due:overdue", nil},
		{text("client", "--", "due", "soonish", "server", "2"), "", []string{"client", "due"}},
		{text("question", "clint:1"), "clint:1", nil}, // what is wrong with it is said in the answer
		{text(), "", []string{"question"}},
		{text("client", "  "), "", []string{"question"}},
		{nil, "", []string{"question"}},
	} {
		line, errs := ParseForm(test.values)
		if line != test.line {
			t.Errorf("%v: line %q, want %q (%v)", test.values, line, test.line, errs)
		}
		if len(errs) != len(test.errs) {
			t.Errorf("%v: errors %v, want at %v", test.values, errs, test.errs)
		}
		for _, at := range test.errs {
			if errs[at] == "" {
				t.Errorf("%v: no error at %s: %v", test.values, at, errs)
			}
		}
	}
	values := text("client", "1")
	values["status"] = map[string]FormValue{"status": {SelectedOptions: []FormOption{{"active"}, {"pending"}}}}
	if line, errs := ParseForm(values); line != "status:active,pending client:1" || len(errs) > 0 {
		t.Errorf("status: %q %v", line, errs)
	}
}

// FuzzParseForm: whatever is typed into a field of one key gives a line that parses, or an
// error at a field.
func FuzzParseForm(f *testing.F) {
	for _, s := range nasty {
		f.Add("product", s)
		f.Add("question", s)
	}
	f.Fuzz(func(t *testing.T, key, s string) {
		line, errs := ParseForm(FormValues{key: {key: {Value: s}}})
		if len(errs) > 0 {
			for at, says := range errs {
				if says == "" || units(says) > 150 {
					t.Errorf("%s: error %q", at, says)
				}
			}
			return
		}
		if key == "question" {
			return // it may be anything
		}
		if q, err := query.Parse(line); err != nil || q.String() != line {
			t.Errorf("%q at %s gave %q: %v", s, key, line, err)
		}
	})
}

// TestWholeFormKeepsTheFirstFields: the other fields come with what the first ones hold.
func TestWholeFormKeepsTheFirstFields(t *testing.T) {
	t.Parallel()
	values := filledIn(t, SearchForm(parsed(t, "client:1 status:active,pending due:overdue -product:vps"), "m"))
	whole := WholeForm(values, "m")
	soundModal(t, "whole form", whole)
	if line, errs := ParseForm(filledIn(t, whole)); line != "client:1 -product:vps status:pending,active due:overdue" || len(errs) > 0 {
		t.Errorf("the whole form asks %q, %v", line, errs)
	}
}
