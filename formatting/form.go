package formatting

import (
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// FormValues are the values of a view's state, by block_id and action_id, as
// Slack sends them.
type FormValues map[string]map[string]FormValue

// A FormValue is what one input holds.
type FormValue struct {
	Value           string       `json:"value"`
	SelectedOptions []FormOption `json:"selected_options"`
}

// A FormOption is a chosen option.
type FormOption struct {
	Value string `json:"value"`
}

// blockQuestion is the block of what is read as it is typed.
const blockQuestion = "question"

// anything is what one field takes.
const anything = "Domain, e-mail, name, address, number …"

// An input is a field of the search form. Its block_id and its action_id are the
// key.
type input struct{ key, label, hint string }

// inputs are the form's, in the order shown; the first takes any line. Those from the fourth on
// are shown on demand.
var inputs = []input{
	{blockQuestion, anything, "Write it as in a command: client:5, or who is on saturn."},
	{"status", "Status", ""},
	{"due", "Next due date", "A day, a month or a word: 2026-12-01, 2026-12, today, overdue, none, or <30d for the next 30 days."},
	{"product", "Product", "A part of its name, or its number."},
	{"server", "Server", "Its name, host name or address."},
	{"client", "Client", "The number, or the beginning of a name or company."},
	{"username", "Login", "The login at the control panel."},
}

// firstInputs is how many inputs the form begins with.
const firstInputs = 3

// SearchForm is the search form, filled from q. metadata comes back with the
// submission, at most 3,000 units.
func SearchForm(q query.Query, metadata string) slack.ModalViewRequest {
	return formOf(inputs[:firstInputs], fill(q), metadata)
}

// WholeForm is the search form with all its fields, filled with what the first ones hold.
func WholeForm(values FormValues, metadata string) slack.ModalViewRequest {
	filled := map[string]string{}
	for _, in := range inputs[:firstInputs] {
		filled[in.key] = values.typed(in.key)
	}
	return formOf(inputs, filled, metadata)
}

func formOf(fields []input, filled map[string]string, metadata string) slack.ModalViewRequest {
	view := slack.ModalViewRequest{
		Type:            slack.VTModal,
		Title:           plainText("Find services", maxTitle),
		Submit:          plainText("Find", maxTitle),
		Close:           plainText("Cancel", maxTitle),
		CallbackID:      CallbackForm,
		PrivateMetadata: metadata,
	}
	for _, in := range fields {
		var element slack.BlockElement = textInput(in.key, filled[in.key])
		if in.key == "status" {
			element = statusInput(in.key, filled[in.key])
		}
		block := slack.NewInputBlock(in.key, plainText(in.label, maxInputLabel), nil, element)
		if in.hint != "" {
			block.Hint = plainText(in.hint, maxInputLabel)
		}
		block.Optional = true
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, block)
	}
	if len(fields) < len(inputs) {
		d := Style{}.draft(View{})
		d.row(slack.NewButtonBlockElement(d.id(ActionFields), "", plainText("More fields", maxLabel)))
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, d.blocks...)
	}
	return view
}

// textInput is a line of text to be typed.
func textInput(key, value string) *slack.PlainTextInputBlockElement {
	in := slack.NewPlainTextInputBlockElement(nil, key)
	in.MaxLength = maxInput
	if units(value) <= maxInput {
		in.InitialValue = value
	}
	return in
}

// statusInput lets one choose any of the statuses.
func statusInput(key, value string) slack.BlockElement {
	statuses := statusWords()
	in := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plainText("Any status", maxPlaceholder), key)
	for _, word := range statuses {
		option := slack.NewOptionBlockObject(word, plainText(upperFirst(word), maxLabel), nil)
		in.Options = append(in.Options, option)
		if slices.Contains(strings.Split(value, ","), word) {
			in.InitialOptions = append(in.InitialOptions, option)
		}
	}
	return in
}

// statusWords are the statuses in the language's words.
func statusWords() []string {
	if k, ok := keyNamed(query.Keys(), "status"); ok && len(k.Values) > 0 {
		return k.Values
	}
	return []string{"active", "suspended", "pending"}
}

// fill spreads q over the form's first fields. What the others cannot hold, exclusions and
// controls among it, is in the first one.
func fill(q query.Query) map[string]string {
	q = q.Lasting().WithPage(1)
	filled := map[string]string{}
	rest := q
	rest.Terms = nil
	for _, t := range q.Terms {
		if t.Not || t.Key != "status" && t.Key != "due" || filled[t.Key] != "" {
			rest.Terms = append(rest.Terms, t)
			continue
		}
		filled[t.Key] = strings.TrimPrefix(t.String(), t.Key+":")
	}
	filled[blockQuestion] = rest.String()
	return filled
}

// ParseForm makes a line of a submitted form, or says, by block_id, what is wrong
// with a field, in plain text that may be shown there. What the first field holds is
// part of the line as it was typed.
func ParseForm(values FormValues) (line string, errs map[string]string) {
	errs = map[string]string{}
	var parts []string
	for _, in := range inputs {
		part := values.line(in.key)
		if part == "" {
			continue
		}
		if in.key != blockQuestion {
			q, err := query.Parse(part)
			if err != nil {
				errs[in.key] = formError(err)
				continue
			}
			part = q.String()
		}
		parts = append(parts, part)
	}
	if len(errs) > 0 {
		return "", errs
	}
	if len(parts) == 0 {
		return "", map[string]string{blockQuestion: "Fill in at least one field."}
	}
	line = strings.Join(parts, " ")
	if r := query.Read(line); r.Strict {
		return r.Query.String(), nil
	}
	return line, nil
}

// typed is what a field holds.
func (v FormValues) typed(key string) string {
	field := v[key][key]
	if key != "status" {
		return strings.TrimSpace(field.Value)
	}
	var chosen []string
	for _, option := range field.SelectedOptions {
		chosen = append(chosen, option.Value)
	}
	return strings.Join(chosen, ",")
}

// line returns a field as a part of a line, "" where it is empty.
func (v FormValues) line(key string) string {
	value := v.typed(key)
	if value == "" || key == blockQuestion {
		return value
	}
	return key + ":" + quoted(value)
}

// quoted puts quotes around those of the values, which commas part, that hold a
// space. A text with quotes is somebody's own spelling and stays.
func quoted(text string) string {
	if strings.Contains(text, `"`) {
		return text
	}
	values := strings.Split(text, ",")
	for i, v := range values {
		if v = strings.TrimSpace(v); strings.ContainsRune(v, ' ') {
			v = `"` + v + `"`
		}
		values[i] = v
	}
	return strings.Join(values, ",")
}

// formError is a field's error as Slack shows it.
func formError(err error) string {
	if wrong := (*query.Error)(nil); errors.As(err, &wrong) && len(wrong.Problems) > 0 {
		return plain(Problem(wrong.Problems[0]), 150)
	}
	return "This cannot be understood."
}
