package slackfake

import (
	"fmt"
	"slices"
)

// placeOf says in which part of a block an element is.
type placeOf int

const (
	inActions placeOf = 1 << iota
	inAccessory
	inInput
)

// elementRule says where an element may be, on which surfaces, and how it is checked.
type elementRule struct {
	in    placeOf
	on    surface
	check func(k *checker, path string, e object)
}

var elementRules = map[string]elementRule{
	"button":               {inActions | inAccessory, anywhere, (*checker).button},
	"workflow_button":      {inActions | inAccessory, onMessage, (*checker).button},
	"overflow":             {inActions | inAccessory, anywhere, (*checker).overflow},
	"static_select":        {inActions | inAccessory | inInput, anywhere, (*checker).selectMenu},
	"multi_static_select":  {inAccessory | inInput, anywhere, (*checker).selectMenu},
	"external_select":      {inActions | inAccessory | inInput, anywhere, (*checker).placeholder},
	"users_select":         {inActions | inAccessory | inInput, anywhere, (*checker).placeholder},
	"conversations_select": {inActions | inAccessory | inInput, anywhere, (*checker).placeholder},
	"channels_select":      {inActions | inAccessory | inInput, anywhere, (*checker).placeholder},
	"datepicker":           {inActions | inAccessory | inInput, anywhere, (*checker).placeholder},
	"timepicker":           {inActions | inAccessory | inInput, anywhere, (*checker).placeholder},
	"datetimepicker":       {inActions | inInput, onMessage | onModal, (*checker).placeholder},
	"checkboxes":           {inActions | inAccessory | inInput, anywhere, (*checker).choices},
	"radio_buttons":        {inActions | inAccessory | inInput, anywhere, (*checker).choices},
	"image":                {inAccessory, anywhere, (*checker).image},
	"plain_text_input":     {inInput, anywhere, (*checker).textInput},
	"email_text_input":     {inInput, onModal, (*checker).placeholder},
	"url_text_input":       {inInput, onModal, (*checker).placeholder},
	"number_input":         {inInput, onModal, (*checker).placeholder},
	"file_input":           {inInput, onModal, func(*checker, string, object) {}},
	"rich_text_input":      {inInput, onModal | onHome, (*checker).placeholder},
}

func (k *checker) element(path string, e object, in placeOf) {
	kind := str(e["type"])
	rule, known := elementRules[kind]
	if !known || rule.in&in == 0 || rule.on&k.surface == 0 {
		k.wrong(path+"/type", "unsupported type: %s", kind)
		return
	}
	if interactive[kind] {
		k.unique(path+"/action_id", e["action_id"], k.actions)
	}
	k.onlyKnown(path, kind, e)
	rule.check(k, path, e)
	k.confirm(path+"/confirm", e["confirm"])
}

func (k *checker) button(path string, e object) {
	k.neededText(path+"/text", e["text"], 75, "plain_text")
	k.length(path+"/value", e["value"], 0, 2000)
	k.length(path+"/url", e["url"], 0, 3000)
	k.length(path+"/accessibility_label", e["accessibility_label"], 0, 75)
	k.oneOf(path+"/style", e["style"], "primary", "danger")
}

func (k *checker) confirm(path string, v any) {
	if v == nil {
		return
	}
	c := obj(v)
	k.onlyKnown(path, "confirm", c)
	k.text(path+"/title", c["title"], 100, "plain_text") // Slack has words of its own for what is not given
	k.neededText(path+"/text", c["text"], 300, "plain_text", "mrkdwn")
	k.text(path+"/confirm", c["confirm"], 30, "plain_text")
	k.text(path+"/deny", c["deny"], 30, "plain_text")
	k.oneOf(path+"/style", c["style"], "primary", "danger")
}

func (k *checker) overflow(path string, e object) {
	k.options(path+"/options", e["options"], 1, 5, optionRule{urls: true})
}

func (k *checker) placeholder(path string, e object) {
	k.text(path+"/placeholder", e["placeholder"], 150, "plain_text")
}

func (k *checker) selectMenu(path string, e object) {
	k.placeholder(path, e)
	if (e["options"] == nil) == (e["option_groups"] == nil) {
		k.wrong(path, "options or option_groups is required, not both")
		return
	}
	if e["options"] != nil {
		k.options(path+"/options", e["options"], 1, 100, optionRule{})
	} else {
		for i, g := range k.items(path+"/option_groups", e["option_groups"], 1, 100) {
			at := fmt.Sprintf("%s/option_groups/%d", path, i)
			k.onlyKnown(at, "option_group", g)
			k.neededText(at+"/label", g["label"], 75, "plain_text")
			k.options(at+"/options", g["options"], 1, 100, optionRule{})
		}
	}
	k.initial(path, e)
}

func (k *checker) choices(path string, e object) {
	k.options(path+"/options", e["options"], 1, 10, optionRule{mrkdwn: true})
	k.initial(path, e)
}

// optionRule is what options of some elements may have.
type optionRule struct {
	urls   bool // a link: of an overflow menu
	mrkdwn bool // marked-up text: of checkboxes and radio buttons
}

func (k *checker) options(path string, v any, least, most int, may optionRule) {
	types := []string{"plain_text"}
	if may.mrkdwn {
		types = append(types, "mrkdwn")
	}
	for i, o := range k.items(path, v, least, most) {
		at := fmt.Sprintf("%s/%d", path, i)
		k.onlyKnown(at, "option", o)
		k.neededText(at+"/text", o["text"], 75, types...)
		k.needed(at+"/value", o["value"], 150)
		k.text(at+"/description", o["description"], 75, types...)
		if o["url"] != nil && !may.urls {
			k.wrong(at+"/url", "is allowed in an overflow menu only")
		}
		k.length(at+"/url", o["url"], 0, 3000)
	}
}

// initial checks that what is chosen at first is one of the options.
func (k *checker) initial(path string, e object) {
	chosen := slices.Clone(list(e["initial_options"]))
	if e["initial_option"] != nil {
		chosen = append(chosen, e["initial_option"])
	}
	for _, c := range chosen {
		if found := option(e, str(obj(c)["value"])); found == nil || str(obj(found["text"])["text"]) != str(obj(obj(c)["text"])["text"]) {
			k.wrong(path+"/initial_option", "must be one of the options")
		}
	}
}

func (k *checker) textInput(path string, e object) {
	k.placeholder(path, e)
	longest := 3000.0
	if n, ok := number(e["max_length"]); ok {
		longest = n
	}
	if least, ok := number(e["min_length"]); ok && (least < 0 || least > longest) {
		k.wrong(path+"/min_length", "must be 0 to max_length")
	}
	if longest < 1 || longest > 3000 {
		k.wrong(path+"/max_length", "must be 1 to 3000")
		return
	}
	k.length(path+"/initial_value", e["initial_value"], 0, int(longest))
}

func (k *checker) input(path string, b object) {
	k.inputs++
	k.neededText(path+"/label", b["label"], 2000, "plain_text")
	k.text(path+"/hint", b["hint"], 2000, "plain_text")
	if b["element"] == nil {
		k.wrong(path+"/element", "missing required field")
		return
	}
	k.element(path+"/element", obj(b["element"]), inInput)
}
