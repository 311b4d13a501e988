package slackfake

import "fmt"

func (k *checker) section(path string, b object) {
	if b["text"] == nil && b["fields"] == nil {
		k.wrong(path, "text or fields is required")
	}
	k.text(path+"/text", b["text"], 3000, "mrkdwn", "plain_text")
	if b["fields"] != nil {
		for i, f := range k.items(path+"/fields", b["fields"], 1, 10) {
			k.text(fmt.Sprintf("%s/fields/%d", path, i), f, 2000, "mrkdwn", "plain_text")
		}
	}
	if b["accessory"] != nil {
		k.element(path+"/accessory", obj(b["accessory"]), inAccessory)
	}
}

func (k *checker) header(path string, b object) {
	k.neededText(path+"/text", b["text"], 150, "plain_text")
	if level, ok := number(b["level"]); b["level"] != nil && (!ok || level < 1 || level > 4) {
		k.wrong(path+"/level", "must be 1 to 4")
	}
}

func (k *checker) image(path string, b object) {
	if b["slack_file"] == nil {
		k.needed(path+"/image_url", b["image_url"], 3000)
	}
	k.needed(path+"/alt_text", b["alt_text"], 2000)
	k.text(path+"/title", b["title"], 2000, "plain_text")
}

func (k *checker) actionsBlock(path string, b object) {
	for i, e := range k.items(path+"/elements", b["elements"], 1, 25) {
		k.element(fmt.Sprintf("%s/elements/%d", path, i), e, inActions)
	}
}

func (k *checker) contextActions(path string, b object) {
	for i, e := range k.items(path+"/elements", b["elements"], 1, 5) {
		at := fmt.Sprintf("%s/elements/%d", path, i)
		k.oneOf(at+"/type", e["type"], "feedback_buttons", "icon_button")
		k.unique(at+"/action_id", e["action_id"], k.actions)
		k.onlyKnown(at, str(e["type"]), e)
	}
}

func (k *checker) context(path string, b object) {
	for i, e := range k.items(path+"/elements", b["elements"], 1, 10) {
		at := fmt.Sprintf("%s/elements/%d", path, i)
		if str(e["type"]) == "image" {
			k.onlyKnown(at, "image", e)
			k.image(at, e)
			continue
		}
		k.text(at, e, 3000, "mrkdwn", "plain_text")
	}
}

func (k *checker) markdownBlock(path string, b object) {
	text, ok := b["text"].(string)
	if !ok || text == "" {
		k.wrong(path+"/text", "missing required field")
	}
	if k.markdown += units(text); k.markdown > 12_000 {
		k.wrong(path+"/text", "must be less than 12001 characters over all markdown blocks")
	}
}

func (k *checker) video(path string, b object) {
	k.neededText(path+"/title", b["title"], 200, "plain_text")
	k.needed(path+"/video_url", b["video_url"], 3000)
	k.needed(path+"/thumbnail_url", b["thumbnail_url"], 3000)
	k.needed(path+"/alt_text", b["alt_text"], 200)
	k.length(path+"/author_name", b["author_name"], 0, 50)
}

func (k *checker) alert(path string, b object) {
	k.neededText(path+"/text", b["text"], 200, "plain_text", "mrkdwn")
	k.oneOf(path+"/level", b["level"], "default", "info", "warning", "error", "success")
}

func (k *checker) card(path string, b object) {
	k.text(path+"/title", b["title"], 150, "mrkdwn", "plain_text")
	k.text(path+"/subtitle", b["subtitle"], 150, "mrkdwn", "plain_text")
	k.text(path+"/body", b["body"], 200, "mrkdwn", "plain_text")
	k.text(path+"/subtext", b["subtext"], 200, "mrkdwn", "plain_text")
	if b["actions"] != nil {
		for i, e := range k.items(path+"/actions", b["actions"], 1, 3) {
			k.element(fmt.Sprintf("%s/actions/%d", path, i), e, inActions)
		}
	}
}

func (k *checker) carousel(path string, b object) {
	for i, card := range k.items(path+"/elements", b["elements"], 1, 10) {
		k.card(fmt.Sprintf("%s/elements/%d", path, i), card)
	}
}

func (k *checker) container(path string, b object) {
	if b["title"] == nil && b["rich_text_title"] == nil {
		k.wrong(path, "title or rich_text_title is required")
	}
	k.text(path+"/title", b["title"], 150, "plain_text")
	k.text(path+"/subtitle", b["subtitle"], 150, "plain_text", "mrkdwn")
	k.blocks(path+"/child_blocks", k.items(path+"/child_blocks", b["child_blocks"], 1, 10), 10)
}

func (k *checker) layout(path string, b object) {
	k.needed(path+"/label", b["label"], 150)
	for i, row := range k.items(path+"/rows", b["rows"], 1, 5) {
		at := fmt.Sprintf("%s/rows/%d/items", path, i)
		for j, item := range k.items(at, row["items"], 1, 3) {
			k.block(fmt.Sprintf("%s/%d/block", at, j), obj(item["block"]))
		}
	}
}

// richParts and richElements are the types of each part of rich text.
var (
	richParts = map[string]bool{
		"rich_text_section": true, "rich_text_list": true, "rich_text_preformatted": true, "rich_text_quote": true,
	}
	richElements = map[string]bool{
		"text": true, "link": true, "emoji": true, "user": true, "usergroup": true, "channel": true, "broadcast": true,
		"date": true, "color": true, "team": true,
	}
)

func (k *checker) richText(path string, b object) {
	for i, part := range k.items(path+"/elements", b["elements"], 1, 1000) {
		k.richPart(fmt.Sprintf("%s/elements/%d", path, i), part)
	}
}

func (k *checker) richPart(path string, part object) {
	kind := str(part["type"])
	if !richParts[kind] {
		k.wrong(path+"/type", "unsupported type: %s", kind)
		return
	}
	k.onlyKnown(path, kind, part)
	if kind == "rich_text_list" {
		k.oneOf(path+"/style", part["style"], "bullet", "ordered")
	}
	for i, e := range k.items(path+"/elements", part["elements"], 0, 10_000) {
		at := fmt.Sprintf("%s/elements/%d", path, i)
		if kind == "rich_text_list" {
			k.richPart(at, e)
			continue
		}
		k.richElement(at, e)
	}
}

func (k *checker) richElement(path string, e object) {
	kind := str(e["type"])
	if !richElements[kind] {
		k.wrong(path+"/type", "unsupported type: %s", kind)
		return
	}
	k.onlyKnown(path, kind, e)
	switch kind {
	case "text":
		k.needed(path+"/text", e["text"], 1<<20)
	case "link":
		k.needed(path+"/url", e["url"], 3000)
	case "user":
		k.needed(path+"/user_id", e["user_id"], 255)
	case "date":
		k.needed(path+"/format", e["format"], 1000)
		if _, ok := number(e["timestamp"]); !ok {
			k.wrong(path+"/timestamp", "must be a number")
		}
	}
}
