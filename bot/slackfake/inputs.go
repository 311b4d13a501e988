package slackfake

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
)

// stateOf is what a view's inputs hold.
func (w *Workspace) stateOf(v *View) object { return stateOf(v.Blocks, v.values) }

// stateOf is what the inputs of blocks hold: what was filled in, else their initial values.
func stateOf(blocks json.RawMessage, filledIn map[string]map[string]object) object {
	state := object{}
	for _, e := range elements(blocks) {
		if holders[str(e.element["type"])].now == "" { // such as a button
			continue
		}
		block, action := str(e.block["block_id"]), str(e.element["action_id"])
		value, filled := filledIn[block][action]
		if !filled {
			value = initialValue(e.element)
		}
		if state[block] == nil {
			state[block] = object{}
		}
		obj(state[block])[action] = value
	}
	return state
}

// holders are the names under which an element has its state and its initial value.
var holders = map[string]struct{ now, initial string }{
	"plain_text_input": {"value", "initial_value"}, "email_text_input": {"value", "initial_value"},
	"url_text_input": {"value", "initial_value"}, "number_input": {"value", "initial_value"},
	"rich_text_input": {"rich_text_value", "initial_value"},
	"static_select":   {"selected_option", "initial_option"}, "radio_buttons": {"selected_option", "initial_option"},
	"external_select":     {"selected_option", "initial_option"},
	"multi_static_select": {"selected_options", "initial_options"}, "checkboxes": {"selected_options", "initial_options"},
	"datepicker": {"selected_date", "initial_date"}, "timepicker": {"selected_time", "initial_time"},
	"datetimepicker": {"selected_date_time", "initial_date_time"}, "users_select": {"selected_user", "initial_user"},
	"conversations_select": {"selected_conversation", "initial_conversation"},
	"channels_select":      {"selected_channel", "initial_channel"},
}

func initialValue(e object) object {
	kind := str(e["type"])
	h := holders[kind]
	value := e[h.initial]
	if value == nil && h.now == "selected_options" {
		value = []any{}
	}
	return object{"type": kind, h.now: value}
}

// fillValue turns what a person chose or typed into an element's state: a string, or for
// elements with several choices a list of strings. Options are named by value or text.
func fillValue(e object, given any) (object, error) {
	kind := str(e["type"])
	h, ok := holders[kind]
	if !ok {
		return nil, fmt.Errorf("a %s cannot be filled in", kind)
	}
	state := object{"type": kind}
	switch h.now {
	case "selected_option":
		text := fmt.Sprint(given)
		if text == "" {
			state[h.now] = nil
			return state, nil
		}
		o := option(e, text)
		if o == nil {
			return nil, fmt.Errorf("no option %q in %s", text, str(e["action_id"]))
		}
		state[h.now] = o
	case "selected_options":
		chosen := []any{}
		for _, text := range stringsOf(given) {
			o := option(e, text)
			if o == nil {
				return nil, fmt.Errorf("no option %q in %s", text, str(e["action_id"]))
			}
			chosen = append(chosen, o)
		}
		state[h.now] = chosen
	case "selected_date_time":
		text := fmt.Sprint(given)
		if text == "" {
			state[h.now] = nil
			return state, nil
		}
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a time in Unix seconds, as %s wants it", text, str(e["action_id"]))
		}
		state[h.now] = json.Number(strconv.FormatInt(seconds, 10))
	default:
		if text := fmt.Sprint(given); text != "" {
			state[h.now] = text
		} else {
			state[h.now] = nil
		}
	}
	return state, nil
}

func stringsOf(given any) []string {
	switch v := given.(type) {
	case []string:
		return v
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, fmt.Sprint(x))
		}
		return all
	case string:
		if v == "" {
			return nil
		}
		return []string{v}
	}
	return nil
}

// option finds an option of a select, of its groups too, by value or by text.
func option(e object, name string) object {
	all := slices.Clone(list(e["options"]))
	for _, g := range list(e["option_groups"]) {
		all = append(all, list(obj(g)["options"])...)
	}
	for _, v := range all {
		if o := obj(v); str(o["value"]) == name || str(obj(o["text"])["text"]) == name {
			return o
		}
	}
	return nil
}

// fill puts values into a view; keys are labels, block_ids or action_ids of its inputs.
func (w *Workspace) fill(v *View, values map[string]any) error {
	for key, given := range values {
		found := false
		for _, e := range elements(v.Blocks) {
			block, action := str(e.block["block_id"]), str(e.element["action_id"])
			if key != block && key != action && key != str(obj(e.block["label"])["text"]) {
				continue
			}
			state, err := fillValue(e.element, given)
			if err != nil {
				return err
			}
			if v.values == nil {
				v.values = map[string]map[string]object{}
			}
			if v.values[block] == nil {
				v.values[block] = map[string]object{}
			}
			v.values[block][action] = state
			found = true
			break
		}
		if !found {
			return fmt.Errorf("the view has no input %q", key)
		}
	}
	return nil
}

// complain is what Slack's own client says about inputs before it submits them.
func (w *Workspace) complain(v *View) map[string]string {
	problems := map[string]string{}
	state := w.stateOf(v)
	for _, e := range elements(v.Blocks) {
		if str(e.block["type"]) != "input" {
			continue
		}
		block := str(e.block["block_id"])
		value := obj(obj(state[block])[str(e.element["action_id"])])[holders[str(e.element["type"])].now]
		optional, _ := e.block["optional"].(bool)
		if p := clientCheck(e.element, value, optional); p != "" {
			problems[block] = p
		}
	}
	return problems
}

func clientCheck(e object, value any, optional bool) string {
	text, isText := value.(string)
	empty := value == nil || isText && text == ""
	if l, ok := value.([]any); ok {
		empty = len(l) == 0
	}
	switch {
	case empty && !optional:
		return "Please complete this required field."
	case empty:
		return ""
	}
	if n, ok := number(e["min_length"]); ok && float64(units(text)) < n {
		return fmt.Sprintf("Please use at least %v characters.", n)
	}
	if n, ok := number(e["max_length"]); ok && float64(units(text)) > n {
		return fmt.Sprintf("Please use at most %v characters.", n)
	}
	return formatCheck(str(e["type"]), text)
}

func formatCheck(kind, text string) string {
	switch kind {
	case "email_text_input":
		if _, err := mail.ParseAddress(text); err != nil {
			return "Please enter an e-mail address."
		}
	case "url_text_input":
		if u, err := url.Parse(text); err != nil || u.Scheme == "" {
			return "Please enter a URL."
		}
	case "number_input":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "Please enter a number."
		}
	}
	return ""
}

// number reads a JSON number.
func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}
