package formatting

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"
)

// The surfaces that blocks are on.
const (
	surfaceMessage = "message"
	surfaceModal   = "modal"
	surfaceHome    = "home"
)

// An object is a JSON object as Slack receives it. Checking the JSON and not the
// Go values also finds what marshalling leaves out or adds.
type object map[string]any

// A checker walks over the blocks of one message or view and keeps the first
// limit broken.
type checker struct {
	surface string
	ids     map[string]bool // block_ids and action_ids seen
	tables  int
	input   bool // whether there was an input block
	err     error
}

func newChecker(surface string) *checker {
	return &checker{surface: surface, ids: map[string]bool{}}
}

// that notes a broken limit unless ok.
func (c *checker) that(ok bool, path, format string, args ...any) {
	if !ok && c.err == nil {
		c.err = broken(path, format, args...)
	}
}

// units checks a text's length.
func (c *checker) units(path, s string, least, most int) {
	n := units(s)
	c.that(n >= least, path, "is shorter than %d", least)
	c.that(n <= most, path, "has %d characters of %d", n, most)
}

// size checks a view's bytes.
func (c *checker) size(v any) {
	raw, err := json.Marshal(v)
	c.that(err == nil, "view", "cannot be marshalled: %v", err)
	c.that(len(raw) <= maxJSON, "view", "has %d bytes of %d", len(raw), maxJSON)
}

// viewIDs checks what a view carries beside its blocks.
func (c *checker) viewIDs(callback, external, metadata string) {
	c.units("callback_id", callback, 0, maxID)
	c.units("external_id", external, 0, maxID)
	c.units("private_metadata", metadata, 0, maxMetadata)
}

// plainText checks one of our plain_text objects outside of blocks.
func (c *checker) plainText(path string, t *slack.TextBlockObject, most int) {
	c.that(t != nil, path, "is missing")
	if t != nil {
		c.that(t.Type == slack.PlainTextType, path, "is not plain_text")
		c.units(path, t.Text, 1, most)
	}
}

// blockChecks are the blocks that we send, and what is checked in each.
var blockChecks = map[string]func(c *checker, path string, b object){
	"section":            (*checker).section,
	"header":             (*checker).header,
	"context":            (*checker).context,
	"actions":            (*checker).actions,
	"divider":            func(*checker, string, object) {},
	"rich_text":          (*checker).richText,
	"input":              (*checker).inputBlock,
	"data_table":         (*checker).dataTable,
	"data_visualization": (*checker).chart,
}

// blocks checks a list of blocks, and what they weigh together.
func (c *checker) blocks(blocks []slack.Block, most int) {
	c.that(len(blocks) > 0, "blocks", "there are none")
	c.that(len(blocks) <= most, "blocks", "%d blocks of %d", len(blocks), most)
	raw, err := json.Marshal(blocks)
	c.that(err == nil, "blocks", "cannot be marshalled: %v", err)
	c.that(len(raw) <= maxJSON, "blocks", "%d bytes of %d", len(raw), maxJSON)
	var list []object
	if err == nil {
		err = json.Unmarshal(raw, &list)
		c.that(err == nil, "blocks", "are no list of objects: %v", err)
	}
	for i, b := range list {
		kind := b.text("type")
		path := fmt.Sprintf("blocks[%d] %s", i, kind)
		c.id(path, b, "block_id")
		check := blockChecks[kind]
		c.that(check != nil, path, "is no block that is sent from here")
		if check != nil {
			check(c, path, b)
		}
	}
	c.that(c.tables <= 1, "blocks", "more than one table")
}

// id checks that an id is short enough and the only one of its kind.
func (c *checker) id(path string, o object, key string) {
	id := o.text(key)
	c.units(path+" "+key, id, 0, maxID)
	if id != "" {
		c.that(!c.ids[key+" "+id], path, "%s %q is used twice", key, id)
		c.ids[key+" "+id] = true
	}
}

// textObject checks a text object; kind is plain_text, mrkdwn, or "" for either.
func (c *checker) textObject(path string, o object, kind string, most int) {
	is := o.text("type")
	c.that(is == "plain_text" || is == "mrkdwn", path, "is no text object")
	c.that(kind == "" || is == kind, path, "is not %s", kind)
	c.that(is != "mrkdwn" || o["emoji"] == nil, path, "mrkdwn takes no emoji flag")
	c.units(path, o.text("text"), 1, most)
}

func (c *checker) section(path string, b object) {
	fields := b.list("fields")
	c.that(b["text"] != nil || len(fields) > 0, path, "has neither text nor fields")
	if b["text"] != nil {
		c.textObject(path+".text", b.object("text"), "", maxTextObject)
	}
	c.that(len(fields) <= maxFields, path, "%d fields of %d", len(fields), maxFields)
	for i, f := range fields {
		c.textObject(fmt.Sprintf("%s.fields[%d]", path, i), f, "", maxField)
	}
	if b["accessory"] != nil {
		c.element(path+".accessory", b.object("accessory"))
	}
}

func (c *checker) header(path string, b object) {
	c.textObject(path+".text", b.object("text"), "plain_text", maxHeader)
}

func (c *checker) context(path string, b object) {
	elements := b.list("elements")
	c.that(len(elements) >= 1 && len(elements) <= maxContext, path, "%d elements of %d", len(elements), maxContext)
	for i, e := range elements {
		c.textObject(fmt.Sprintf("%s.elements[%d]", path, i), e, "", maxTextObject)
	}
}

func (c *checker) actions(path string, b object) {
	elements := b.list("elements")
	c.that(len(elements) >= 1 && len(elements) <= maxElements, path, "%d elements of %d", len(elements), maxElements)
	for i, e := range elements {
		c.element(fmt.Sprintf("%s.elements[%d]", path, i), e)
	}
}

// richText checks that every text in it says something; Slack names no other
// limit but the whole message's.
func (c *checker) richText(path string, b object) {
	c.that(len(b.list("elements")) > 0, path, "has no elements")
	for _, e := range b.list("elements") {
		c.that(len(e.list("elements")) > 0, path, "has an element without elements")
		for _, part := range e.list("elements") {
			c.units(path, part.text("text"), 1, maxJSON)
		}
	}
}

func (c *checker) inputBlock(path string, b object) {
	c.input = true
	c.textObject(path+".label", b.object("label"), "plain_text", maxInputLabel)
	if b["hint"] != nil {
		c.textObject(path+".hint", b.object("hint"), "plain_text", maxInputLabel)
	}
	c.element(path+".element", b.object("element"))
}

// element checks an interactive element.
func (c *checker) element(path string, e object) {
	c.id(path, e, "action_id")
	if e["placeholder"] != nil {
		c.textObject(path+".placeholder", e.object("placeholder"), "plain_text", maxPlaceholder)
	}
	if e["confirm"] != nil {
		c.confirm(path+".confirm", e.object("confirm"))
	}
	switch kind := e.text("type"); kind {
	case "button":
		c.button(path, e)
	case "plain_text_input":
		c.units(path+".initial_value", e.text("initial_value"), 0, maxInput)
		length, _ := e["max_length"].(float64)
		c.that(length <= maxInput, path, "max_length is over %d", maxInput)
	case "static_select", "multi_static_select":
		c.options(path, e)
	default:
		c.that(false, path, "%s is no element that is sent from here", kind)
	}
}

func (c *checker) button(path string, e object) {
	c.textObject(path+".text", e.object("text"), "plain_text", maxLabel)
	c.units(path+".value", e.text("value"), 0, maxValue)
	c.units(path+".url", e.text("url"), 0, maxURL)
	c.units(path+".accessibility_label", e.text("accessibility_label"), 0, maxLabel)
	style := e.text("style")
	c.that(style == "" || style == "primary" || style == "danger", path, "style %q", style)
}

func (c *checker) options(path string, e object) {
	options := e.list("options")
	c.that(len(options) >= 1 && len(options) <= maxChoices, path, "%d options of %d", len(options), maxChoices)
	values := map[string]bool{}
	for i, o := range options {
		at := fmt.Sprintf("%s.options[%d]", path, i)
		c.textObject(at+".text", o.object("text"), "", maxLabel)
		c.units(at+".value", o.text("value"), 1, maxOption)
		values[o.text("value")] = true
	}
	for _, o := range e.list("initial_options") {
		c.that(values[o.text("value")], path, "an initial option is none of the options")
	}
	c.that(e["initial_options"] == nil || len(e.list("initial_options")) > 0, path, "initial_options is empty")
}

func (c *checker) confirm(path string, o object) {
	c.textObject(path+".title", o.object("title"), "plain_text", maxConfirmTitle)
	c.textObject(path+".text", o.object("text"), "", maxConfirmText)
	c.textObject(path+".confirm", o.object("confirm"), "plain_text", maxConfirmLabel)
	if o["deny"] != nil {
		c.textObject(path+".deny", o.object("deny"), "plain_text", maxConfirmLabel)
	}
}

// text returns a string of o, "" where it has none.
func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

// object returns an object of o, nil where it has none.
func (o object) object(key string) object {
	m, _ := o[key].(map[string]any)
	return m
}

// list returns the objects of a list of o.
func (o object) list(key string) []object {
	items, _ := o[key].([]any)
	var list []object
	for _, item := range items {
		m, _ := item.(map[string]any)
		list = append(list, m)
	}
	return list
}

// strings returns the texts of a list of o.
func (o object) strings(key string) []string {
	items, _ := o[key].([]any)
	var list []string
	for _, item := range items {
		s, _ := item.(string)
		list = append(list, strings.TrimSpace(s))
	}
	return list
}
