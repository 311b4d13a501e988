package slackfake

import (
	"fmt"
	"slices"
)

// Slack's rules for blocks, as its documentation states them. Sizes are in UTF-16 units,
// the strictest reading of "characters". Nothing here is shared with what is tested.

// surface is where blocks are; a rule holds a set of them.
type surface int

const (
	onMessage surface = 1 << iota
	onModal
	onHome
	anywhere = onMessage | onModal | onHome
)

// checker collects what is wrong with the blocks of one message or view.
type checker struct {
	surface  surface
	noNew    bool
	problems []string
	blockIDs map[string]bool
	actions  map[string]bool
	tables   int // table and data_table
	markdown int // units over all markdown blocks
	inputs   int
}

func (w *Workspace) newChecker(on surface) *checker {
	noNew, _, _, _ := w.fault()
	return &checker{surface: on, noNew: noNew, blockIDs: map[string]bool{}, actions: map[string]bool{}}
}

// checkBlocks holds the blocks of a message to Slack's rules.
func (w *Workspace) checkBlocks(blocks []object, on surface) *apiError {
	k := w.newChecker(on)
	k.blocks("/blocks", blocks, 50)
	if len(k.problems) > 0 {
		return &apiError{name: "invalid_blocks", messages: k.problems, extra: object{"errors": k.problems}}
	}
	if k.tables > 1 {
		return &apiError{name: "invalid_attachments", messages: []string{"[ERROR] only_one_table_allowed"}}
	}
	return nil
}

// wrong notes a problem at a JSON pointer.
func (k *checker) wrong(path, format string, a ...any) {
	k.problems = append(k.problems, fmt.Sprintf("[ERROR] %s [json-pointer:%s]", fmt.Sprintf(format, a...), path))
}

// blockRule says where a block type may be and how it is checked.
type blockRule struct {
	on    surface
	check func(k *checker, path string, b object)
}

var blockRules map[string]blockRule

func init() { // the table refers to functions that refer to it
	blockRules = map[string]blockRule{
		"section":            {anywhere, (*checker).section},
		"divider":            {anywhere, func(*checker, string, object) {}},
		"header":             {anywhere, (*checker).header},
		"image":              {anywhere, (*checker).image},
		"actions":            {anywhere, (*checker).actionsBlock},
		"context":            {anywhere, (*checker).context},
		"rich_text":          {anywhere, (*checker).richText},
		"input":              {anywhere, (*checker).input},
		"video":              {anywhere, (*checker).video},
		"markdown":           {onMessage, (*checker).markdownBlock},
		"table":              {onMessage, (*checker).table},
		"data_table":         {onMessage, (*checker).dataTable}, // in a Home tab it is said not to render
		"data_visualization": {onMessage | onHome, (*checker).chart},
		"context_actions":    {onMessage, (*checker).contextActions},
		"alert":              {onModal, (*checker).alert},
		"card":               {onMessage | onHome, (*checker).card},
		"carousel":           {onMessage | onHome, (*checker).carousel},
		"container":          {onMessage | onHome, (*checker).container},
		"layout":             {anywhere, (*checker).layout},
	}
}

func (k *checker) blocks(path string, blocks []object, most int) {
	if len(blocks) > most {
		k.wrong(path, "no more than %d items allowed", most)
		return
	}
	for i, b := range blocks {
		k.block(fmt.Sprintf("%s/%d", path, i), b)
	}
}

func (k *checker) block(path string, b object) {
	kind := str(b["type"])
	rule, known := blockRules[kind]
	isNew := kind == "data_table" || kind == "data_visualization"
	if !known || rule.on&k.surface == 0 || isNew && k.noNew {
		k.wrong(path+"/type", "unsupported type: %s", kind)
		return
	}
	k.unique(path+"/block_id", b["block_id"], k.blockIDs)
	k.onlyKnown(path, "block "+kind, b)
	rule.check(k, path, b)
}

// unique checks an id: at most 255 characters, once in a message or view.
func (k *checker) unique(path string, v any, seen map[string]bool) {
	if v == nil {
		return
	}
	id, ok := v.(string)
	switch {
	case !ok:
		k.wrong(path, "must be a string")
	case units(id) > 255:
		k.wrong(path, "must be less than 256 characters")
	case id != "" && seen[id]:
		k.wrong(path, "is not unique: %s", id)
	}
	seen[id] = true
}

// length checks a string that may be absent.
func (k *checker) length(path string, v any, least, most int) {
	if v == nil {
		return
	}
	s, ok := v.(string)
	switch n := units(s); {
	case !ok:
		k.wrong(path, "must be a string")
	case n < least:
		k.wrong(path, "must be more than %d characters", least-1)
	case n > most:
		k.wrong(path, "must be less than %d characters", most+1)
	}
}

// needed checks a string that must be there.
func (k *checker) needed(path string, v any, most int) {
	if v == nil {
		k.wrong(path, "missing required field")
		return
	}
	k.length(path, v, 1, most)
}

// text checks a text object of one of the types; absent is allowed.
func (k *checker) text(path string, v any, most int, types ...string) {
	if v == nil {
		return
	}
	o, ok := v.(object)
	if !ok || !slices.Contains(types, str(o["type"])) {
		k.wrong(path, "must be a text object of the type %v", types)
		return
	}
	if o["text"] == nil {
		k.wrong(path+"/text", "missing required field")
	}
	k.length(path+"/text", o["text"], 1, most)
	k.onlyKnown(path, str(o["type"]), o)
}

func (k *checker) neededText(path string, v any, most int, types ...string) {
	if v == nil {
		k.wrong(path, "missing required field")
		return
	}
	k.text(path, v, most, types...)
}

// items checks the length of a list and returns its objects.
func (k *checker) items(path string, v any, least, most int) []object {
	l, ok := v.([]any)
	switch {
	case !ok:
		k.wrong(path, "must be a list")
		return nil
	case len(l) < least:
		k.wrong(path, "no less than %d items allowed", least)
	case len(l) > most:
		k.wrong(path, "no more than %d items allowed", most)
		return nil
	}
	var all []object
	for i, item := range l {
		o, ok := item.(object)
		if !ok {
			k.wrong(fmt.Sprintf("%s/%d", path, i), "must be an object")
			continue
		}
		all = append(all, o)
	}
	return all
}

// oneOf checks a string that may be absent but not anything else.
func (k *checker) oneOf(path string, v any, allowed ...string) {
	if v != nil && !slices.Contains(allowed, str(v)) {
		k.wrong(path, "must be one of %v", allowed)
	}
}

// checkView holds a modal or a Home tab to the rules of views.
func (w *Workspace) checkView(o object, kind string) []string {
	on := onModal
	if kind == "home" {
		on = onHome
	}
	k := w.newChecker(on)
	if str(o["type"]) != kind {
		k.wrong("/view/type", "must be %s", kind)
	}
	if kind == "modal" {
		k.neededText("/view/title", o["title"], 24, "plain_text")
		k.text("/view/submit", o["submit"], 24, "plain_text")
		k.text("/view/close", o["close"], 24, "plain_text")
	}
	k.onlyKnown("/view", "view "+kind, o)
	k.length("/view/callback_id", o["callback_id"], 0, 255)
	k.length("/view/external_id", o["external_id"], 0, 255)
	k.length("/view/private_metadata", o["private_metadata"], 0, 3000)
	k.blocks("/view/blocks", k.items("/view/blocks", o["blocks"], 0, 100), 100)
	if k.inputs > 0 && kind == "modal" && o["submit"] == nil {
		k.wrong("/view/submit", "is required when a block is an input")
	}
	return trimErrors(k.problems)
}

// trimErrors removes the mark that the caller adds again.
func trimErrors(problems []string) []string {
	for i, p := range problems {
		problems[i] = p[len("[ERROR] "):]
	}
	return problems
}
