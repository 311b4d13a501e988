package slackfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

type object = map[string]any

// decodeList reads a JSON list of objects; numbers keep their spelling.
func decodeList(raw []byte) ([]object, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var list []object
	if d.Decode(&list) != nil || list == nil {
		return nil, false
	}
	return list, true
}

func decodeObject(raw []byte) (object, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var o object
	if d.Decode(&o) != nil || o == nil {
		return nil, false
	}
	return o, true
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil { // only decoded JSON and plain maps come here
		return json.RawMessage("null")
	}
	return raw
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func obj(v any) object {
	o, _ := v.(object)
	return o
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// nameBlocks gives every block without a block_id and every interactive element
// without an action_id one, as Slack does.
func (w *Workspace) nameBlocks(blocks []object) {
	for _, b := range blocks {
		if str(b["block_id"]) == "" {
			b["block_id"] = w.id("b")
		}
		for _, e := range elementsOf(b) {
			if interactive[str(e["type"])] && str(e["action_id"]) == "" {
				e["action_id"] = w.id("a")
			}
		}
	}
}

// interactive holds the element types that have an action_id.
var interactive = map[string]bool{
	"button": true, "overflow": true, "static_select": true, "multi_static_select": true, "external_select": true,
	"users_select": true, "conversations_select": true, "channels_select": true, "checkboxes": true,
	"radio_buttons": true, "datepicker": true, "timepicker": true, "datetimepicker": true,
	"plain_text_input": true, "email_text_input": true, "url_text_input": true, "number_input": true,
	"rich_text_input": true, "file_input": true,
}

// elementsOf are the interactive elements and others of a block: of actions
// and context, the accessory, an input's element, the buttons in a data_table's cells.
func elementsOf(b object) []object {
	var found []object
	add := func(v any) {
		if e := obj(v); e != nil {
			found = append(found, e)
		}
	}
	switch str(b["type"]) {
	case "actions", "context", "context_actions":
		for _, e := range list(b["elements"]) {
			add(e)
		}
	case "section":
		add(b["accessory"])
	case "input":
		add(b["element"])
	case "card":
		for _, e := range list(b["actions"]) {
			add(e)
		}
	case "data_table":
		for _, row := range list(b["rows"]) {
			for _, cell := range list(row) {
				if str(obj(cell)["type"]) == "action_cell" {
					add(obj(cell)["element"])
				}
			}
		}
	case "container":
		for _, child := range list(b["child_blocks"]) {
			found = append(found, elementsOf(obj(child))...)
		}
	}
	return found
}

// element is an interactive element and the block that it is in.
type element struct {
	block, element object
}

// elements are the interactive elements of encoded blocks, in reading order.
func elements(raw json.RawMessage) []element {
	blocks, _ := decodeList(raw)
	var found []element
	for _, b := range blocks {
		for _, e := range elementsOf(b) {
			if interactive[str(e["type"])] {
				found = append(found, element{b, e})
			}
		}
	}
	return found
}

// An Element is something that can be clicked or filled in.
type Element struct {
	Type, ActionID, BlockID string
	Label                   string   // a button's text; an input's label
	Value, URL, Style       string   // of a button
	Options                 []string // of a menu: their texts
}

// Elements are what can be clicked in the message, in reading order.
func (m *Message) Elements() []Element { return publicElements(m.Blocks) }

// Elements are what can be clicked or filled in, in reading order.
func (v *View) Elements() []Element { return publicElements(v.Blocks) }

// Button finds the action_id of the first element with this label, or else of the first
// whose label contains it.
func (m *Message) Button(label string) (actionID string, ok bool) { return button(m.Elements(), label) }

// Button finds the action_id of the first element with this label, or else of the first
// whose label contains it.
func (v *View) Button(label string) (actionID string, ok bool) { return button(v.Elements(), label) }

func button(all []Element, label string) (string, bool) {
	for _, e := range all {
		if e.Label == label {
			return e.ActionID, true
		}
	}
	for _, e := range all {
		if label != "" && strings.Contains(e.Label, label) {
			return e.ActionID, true
		}
	}
	return "", false
}

func publicElements(raw json.RawMessage) []Element {
	var found []Element
	for _, e := range elements(raw) {
		label := str(obj(e.element["text"])["text"])
		if str(e.block["type"]) == "input" {
			label = str(obj(e.block["label"])["text"])
		}
		found = append(found, Element{
			Type: str(e.element["type"]), ActionID: str(e.element["action_id"]), BlockID: str(e.block["block_id"]),
			Label: label, Value: str(e.element["value"]), URL: str(e.element["url"]), Style: str(e.element["style"]),
			Options: optionTexts(e.element),
		})
	}
	return found
}

// optionTexts are the texts of a menu's options.
func optionTexts(e object) []string {
	var found []string
	groups := append([]any{e}, list(e["option_groups"])...)
	for _, g := range groups {
		for _, o := range list(obj(g)["options"]) {
			found = append(found, str(obj(obj(o)["text"])["text"]))
		}
	}
	return found
}

// Menu finds the action_id of the first menu in the message with an option of this text.
func (m *Message) Menu(option string) (actionID string, ok bool) {
	return menuWith(m.Elements(), option)
}

func menuWith(all []Element, option string) (string, bool) {
	for _, e := range all {
		if slices.Contains(e.Options, option) {
			return e.ActionID, true
		}
	}
	return "", false
}

// blockTexts are the texts that encoded blocks show, in reading order.
func blockTexts(raw json.RawMessage) []string {
	blocks, ok := decodeList(raw)
	if !ok {
		return nil
	}
	var t texts
	for _, b := range blocks {
		t.walk(b)
	}
	return t.found
}

// texts collects what is shown. Neighbours within one rich text line are one text.
type texts struct {
	found []string
}

// reading is the order in which the parts of a block are read; other parts follow by name.
var reading = []string{
	"title", "rich_text_title", "subtitle", "caption", "label", "text", "fields", "element", "elements", "accessory", "rows", "chart",
	"segments", "series", "name", "data", "value", "placeholder", "options", "hint",
}

// mute are the parts of blocks that nobody sees.
var mute = map[string]bool{
	"type": true, "block_id": true, "action_id": true, "url": true, "style": true, "fallback": true, "confirm": true,
	"image_url": true, "page_size": true, "row_header_column_index": true, "accessibility_label": true,
	"axis_config": true, "column_settings": true,
}

func (t *texts) walk(v any) {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			t.walk(item)
		}
	case object:
		t.object(x)
	}
}

func (t *texts) object(o object) {
	switch str(o["type"]) {
	case "mrkdwn", "markdown":
		t.found = append(t.found, plainMrkdwn(str(o["text"])))
		return
	case "plain_text", "raw_text", "text":
		t.found = append(t.found, str(o["text"]))
		return
	case "raw_number":
		t.found = append(t.found, firstOf(str(o["text"]), fmt.Sprint(o["value"])))
		return
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		t.found = append(t.found, richLine(list(o["elements"])))
		return
	case "button":
		t.walk(o["text"])
		return
	}
	for _, key := range reading {
		t.part(key, o[key])
	}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(reading, key) {
			t.part(key, o[key])
		}
	}
}

// part collects one part of an object; a bare string or number is shown as it is.
func (t *texts) part(key string, v any) {
	switch x := v.(type) {
	case string:
		if !mute[key] && slices.Contains(reading, key) {
			t.found = append(t.found, x)
		}
	case json.Number:
		if key == "value" {
			t.found = append(t.found, x.String())
		}
	default:
		if !mute[key] {
			t.walk(v)
		}
	}
}

// richLine is one line of rich text.
func richLine(elements []any) string {
	var b strings.Builder
	for _, v := range elements {
		e := obj(v)
		switch str(e["type"]) {
		case "user":
			b.WriteString("@" + str(e["user_id"]))
		case "channel":
			b.WriteString("#" + str(e["channel_id"]))
		case "emoji":
			b.WriteString(":" + str(e["name"]) + ":")
		case "date":
			b.WriteString(str(e["fallback"]))
		default:
			b.WriteString(firstOf(str(e["text"]), str(e["url"])))
		}
	}
	return b.String()
}

// entities decodes the three entities that Slack knows, in one pass; a space that does not
// break reads as a space.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "\u00a0", " ")

var angle = regexp.MustCompile(`<([^<>]*)>`)

// marks are the pairs that mrkdwn marks text up with; code comes first.
var marks = []*regexp.Regexp{
	regexp.MustCompile("(^|[^\\pL\\pN`])`{1,3}([^`]+)`{1,3}()"),
	regexp.MustCompile(`(^|[^\pL\pN])\*([^*\s](?:[^*\n]*[^*\s])?)\*($|[^\pL\pN])`),
	regexp.MustCompile(`(^|[^\pL\pN])_([^_\s](?:[^_\n]*[^_\s])?)_($|[^\pL\pN])`),
	regexp.MustCompile(`(^|[^\pL\pN])~([^~\s](?:[^~\n]*[^~\s])?)~($|[^\pL\pN])`),
}

// plainMrkdwn is mrkdwn as read: without its marks, links by their label, dates by their
// fallback, entities decoded.
func plainMrkdwn(s string) string {
	for _, mark := range marks {
		for range 2 { // neighbours share the character between them
			s = mark.ReplaceAllString(s, "${1}${2}${3}")
		}
	}
	s = angle.ReplaceAllStringFunc(s, func(seq string) string {
		inner := seq[1 : len(seq)-1]
		target, label, labelled := strings.Cut(inner, "|")
		switch {
		case labelled:
			return label
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
			return target
		case strings.HasPrefix(target, "!"):
			return "@" + strings.TrimPrefix(target, "!")
		}
		return target
	})
	return entities.Replace(s)
}

// firstOf is the first string that is not empty.
func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
