package formatting

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// over returns a text one unit longer than n.
func over(n int) string { return strings.Repeat("x", n+1) }

// raw returns a plain_text object as it is, without our own cutting.
func raw(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// rawButton returns a button that Check finds nothing wrong with, to be spoilt.
func rawButton(spoil func(*slack.ButtonBlockElement)) *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement("ask.1", "client:1", raw("Ask"))
	spoil(b)
	return b
}

func actions(elements ...slack.BlockElement) slack.Block {
	return slack.NewActionBlock("", elements...)
}

func spoilt(spoil func(*slack.ButtonBlockElement)) slack.Block { return actions(rawButton(spoil)) }

func section(text *slack.TextBlockObject, fields ...*slack.TextBlockObject) slack.Block {
	return slack.NewSectionBlock(text, fields, nil)
}

// rawTable returns a table, spoilt.
func rawTable(spoil func(*slack.DataTableBlock)) *slack.DataTableBlock {
	b := &slack.DataTableBlock{Type: slack.MBTDataTable, Caption: "Services", PageSize: 20, Rows: [][]slack.DataTableCell{
		{slack.NewDataTableRawTextCell("Service"), slack.NewDataTableRawTextCell("Domain")},
		{slack.NewDataTableRawNumberCell(2).WithText("2"), slack.NewDataTableRawTextCell("a.example")},
	}}
	spoil(b)
	return b
}

func pie(segments ...slack.DataVisualizationSegment) slack.Block {
	return slack.NewDataVisualizationBlock("Status", slack.NewDataVisualizationPieChart(segments...))
}

func segment(label string, value float64) slack.DataVisualizationSegment {
	return slack.NewDataVisualizationSegment(label, value)
}

func repeated[T any](n int, v T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// brokenBlocks are messages that break one limit each, by what Check must say.
func brokenBlocks() map[string][]slack.Block {
	ok := raw("x")
	wide := rawTable(func(b *slack.DataTableBlock) {
		b.Rows = [][]slack.DataTableCell{repeated[slack.DataTableCell](21, slack.NewDataTableRawTextCell("x")), repeated[slack.DataTableCell](21, slack.NewDataTableRawTextCell("x"))}
	})
	return map[string][]slack.Block{
		"there are none":                    {},
		"51 blocks":                         repeated[slack.Block](51, slack.NewDividerBlock()),
		"block_id: has 256":                 {slack.NewSectionBlock(ok, nil, nil, slack.SectionBlockOptionBlockID(over(maxID)))},
		`block_id "b" is used twice`:        {slack.NewActionBlock("b", rawButton(func(*slack.ButtonBlockElement) {})), slack.NewSectionBlock(ok, nil, nil, slack.SectionBlockOptionBlockID("b"))},
		"section.text: is shorter":          {section(raw(""))},
		"section.text: has 3001":            {section(raw(over(maxTextObject)))},
		"neither text nor fields":           {section(nil)},
		"11 fields":                         {section(nil, repeated(11, ok)...)},
		"fields[0]: has 2001":               {section(nil, raw(over(maxField)))},
		"header.text: has 151":              {slack.NewHeaderBlock(raw(over(maxHeader)))},
		"header.text: is not plain_text":    {slack.NewHeaderBlock(mrkdwn("x"))},
		"context: 0 elements":               {slack.NewContextBlock("")},
		"context: 11 elements":              {slack.NewContextBlock("", repeated[slack.MixedElement](11, ok)...)},
		"context.elements[0]: has 3001":     {slack.NewContextBlock("", raw(over(maxTextObject)))},
		"actions: 0 elements":               {actions()},
		"actions: 26 elements":              {actions(numbered(26)...)},
		`action_id "ask.1" is used twice`:   {spoilt(func(*slack.ButtonBlockElement) {}), spoilt(func(*slack.ButtonBlockElement) {})},
		"action_id: has 256":                {spoilt(func(b *slack.ButtonBlockElement) { b.ActionID = over(maxID) })},
		"elements[0].text: has 76":          {spoilt(func(b *slack.ButtonBlockElement) { b.Text = raw(over(maxLabel)) })},
		"elements[0].text: is shorter":      {spoilt(func(b *slack.ButtonBlockElement) { b.Text = raw("") })},
		"elements[0].text: is not plain":    {spoilt(func(b *slack.ButtonBlockElement) { b.Text = mrkdwn("x") })},
		"value: has 2001":                   {spoilt(func(b *slack.ButtonBlockElement) { b.Value = over(maxValue) })},
		"url: has 3001":                     {spoilt(func(b *slack.ButtonBlockElement) { b.URL = over(maxURL) })},
		"accessibility_label: has 76":       {spoilt(func(b *slack.ButtonBlockElement) { b.AccessibilityLabel = over(maxLabel) })},
		`style "loud"`:                      {spoilt(func(b *slack.ButtonBlockElement) { b.Style = "loud" })},
		"confirm.title: has 101":            {spoilt(confirmed(over(maxConfirmTitle), "x", "x", "x"))},
		"confirm.text: has 301":             {spoilt(confirmed("x", over(maxConfirmText), "x", "x"))},
		"confirm.confirm: has 31":           {spoilt(confirmed("x", "x", over(maxConfirmLabel), "x"))},
		"confirm.deny: has 31":              {spoilt(confirmed("x", "x", "x", over(maxConfirmLabel)))},
		"rich_text: has no elements":        {slack.NewRichTextBlock("")},
		"rich_text: is shorter":             {slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionTextElement("", nil)))},
		"an element without elements":       {slack.NewRichTextBlock("", slack.NewRichTextSection())},
		"is no block that is sent":          {slack.NewMarkdownBlock("", "x")},
		"is no element that is sent":        {actions(slack.NewDatePickerBlockElement("d"))},
		"caption: is shorter":               {rawTable(func(b *slack.DataTableBlock) { b.Caption = "" })},
		"page_size 0":                       {rawTable(func(b *slack.DataTableBlock) { b.PageSize = 0 })},
		"page_size 101":                     {rawTable(func(b *slack.DataTableBlock) { b.PageSize = 101 })},
		"1 rows of 2":                       {rawTable(func(b *slack.DataTableBlock) { b.Rows = b.Rows[:1] })},
		"202 rows of 2":                     {rawTable(func(b *slack.DataTableBlock) { b.Rows = append(b.Rows, repeated(200, b.Rows[1])...) })},
		"21 columns":                        {wide},
		"row 1 has 1 cells of 2":            {rawTable(func(b *slack.DataTableBlock) { b.Rows[1] = b.Rows[1][:1] })},
		"rows[1][1]: is empty":              {rawTable(func(b *slack.DataTableBlock) { b.Rows[1][1] = slack.NewDataTableRawTextCell("") })},
		"raw_number is no cell for here":    {rawTable(func(b *slack.DataTableBlock) { b.Rows[0][0] = slack.NewDataTableRawNumberCell(1) })},
		"rich_text is no cell":              {rawTable(func(b *slack.DataTableBlock) { b.Rows[1][0] = slack.NewDataTableRichTextCell() })},
		"characters of 10000":               {rawTable(func(b *slack.DataTableBlock) { b.Rows[1][1] = slack.NewDataTableRawTextCell(over(tableText)) })},
		"more than one table":               {rawTable(func(*slack.DataTableBlock) {}), rawTable(func(*slack.DataTableBlock) {})},
		"title: has 51":                     {slack.NewDataVisualizationBlock(over(maxChartTitle), slack.NewDataVisualizationPieChart(segment("a", 1)))},
		"0 segments":                        {pie()},
		"7 segments":                        {pie(repeated(7, segment("a", 1))...)},
		"label: has 21":                     {pie(segment(over(maxChartLabel), 1))},
		"segments[0].label: is shorter":     {pie(segment("", 1))},
		"value 0 is not above 0":            {pie(segment("a", 0))},
		"0 categories":                      {slack.NewDataVisualizationBlock("T", slack.NewDataVisualizationBarChart(slack.NewDataVisualizationAxisConfig()))},
		"0 series":                          {slack.NewDataVisualizationBlock("T", slack.NewDataVisualizationBarChart(slack.NewDataVisualizationAxisConfig("a")))},
		"0 points for 1 categories":         {slack.NewDataVisualizationBlock("T", slack.NewDataVisualizationBarChart(slack.NewDataVisualizationAxisConfig("a"), slack.NewDataVisualizationDataSeries("s")))},
		"input.label: has 2001":             {slack.NewInputBlock("i", raw(over(maxInputLabel)), nil, slack.NewPlainTextInputBlockElement(nil, "i"))},
		"input.hint: has 2001":              {slack.NewInputBlock("i", ok, raw(over(maxInputLabel)), slack.NewPlainTextInputBlockElement(nil, "i"))},
		"placeholder: has 151":              {slack.NewInputBlock("i", ok, nil, slack.NewPlainTextInputBlockElement(raw(over(maxPlaceholder)), "i"))},
		"initial_value: has 3001":           {slack.NewInputBlock("i", ok, nil, slack.NewPlainTextInputBlockElement(nil, "i").WithInitialValue(over(maxInput)))},
		"max_length is over 3000":           {slack.NewInputBlock("i", ok, nil, slack.NewPlainTextInputBlockElement(nil, "i").WithMaxLength(3001))},
		"0 options":                         {selects()},
		"101 options":                       {selects(repeated(101, slack.NewOptionBlockObject("v", ok, nil))...)},
		"options[0].text: has 76":           {selects(slack.NewOptionBlockObject("v", raw(over(maxLabel)), nil))},
		"options[0].value: has 151":         {selects(slack.NewOptionBlockObject(over(maxOption), ok, nil))},
		"initial option is none":            {selectsAnother()},
		"emoji flag":                        {section(&slack.TextBlockObject{Type: slack.MarkdownType, Text: "x", Emoji: new(bool)})},
		"is no text object":                 {section(&slack.TextBlockObject{Type: "html", Text: "x"})},
		"bytes of 250000":                   repeated[slack.Block](45, section(nil, repeated(3, raw(strings.Repeat("\x01", maxField)))...)),
		"blocks[1] section.accessory.value": {slack.NewDividerBlock(), slack.NewSectionBlock(ok, nil, slack.NewAccessory(rawButton(func(b *slack.ButtonBlockElement) { b.Value = over(maxValue) })))},
	}
}

// numbered returns n good buttons.
func numbered(n int) []slack.BlockElement {
	d := Style{}.draft(View{})
	var out []slack.BlockElement
	for range n {
		out = append(out, d.ask("client:1"))
	}
	return out
}

func confirmed(title, text, confirm, deny string) func(*slack.ButtonBlockElement) {
	return func(b *slack.ButtonBlockElement) {
		b.Confirm = slack.NewConfirmationBlockObject(raw(title), raw(text), raw(confirm), raw(deny))
	}
}

func selects(options ...*slack.OptionBlockObject) slack.Block {
	return slack.NewInputBlock("i", raw("x"), nil, slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, "i", options...))
}

func selectsAnother() slack.Block {
	e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, "i", slack.NewOptionBlockObject("v", raw("x"), nil))
	e.InitialOptions = []*slack.OptionBlockObject{slack.NewOptionBlockObject("w", raw("x"), nil)}
	return slack.NewInputBlock("i", raw("x"), nil, e)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for want, blocks := range brokenBlocks() {
		err := Check(Message{Text: "x", Blocks: blocks})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check says %v, want %q", err, want)
		}
	}
	good := []slack.Block{section(raw("x"))}
	for text, want := range map[string]string{"": "text: is shorter", over(maxText): "text: has 4001"} {
		if err := Check(Message{Text: text, Blocks: good}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check says %v, want %q", err, want)
		}
	}
	if err := Check(Message{Text: "x", Blocks: []slack.Block{section(raw(strings.Repeat("👍", 1500))), rawTable(func(*slack.DataTableBlock) {}), pie(segment("a", 1))}}); err != nil {
		t.Errorf("a good message: %v", err)
	}
	if err := Check(Message{Text: "x", Blocks: []slack.Block{section(raw(strings.Repeat("👍", 1501)))}}); err == nil {
		t.Error("an emoji counts as two units")
	}
}

func TestCheckView(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*slack.ModalViewRequest){
		"type":                      func(v *slack.ModalViewRequest) { v.Type = slack.VTHomeTab },
		"title: is missing":         func(v *slack.ModalViewRequest) { v.Title = nil },
		"title: has 25":             func(v *slack.ModalViewRequest) { v.Title = raw(over(maxTitle)) },
		"title: is not plain_text":  func(v *slack.ModalViewRequest) { v.Title = mrkdwn("x") },
		"submit: has 25":            func(v *slack.ModalViewRequest) { v.Submit = raw(over(maxTitle)) },
		"close: has 25":             func(v *slack.ModalViewRequest) { v.Close = raw(over(maxTitle)) },
		"callback_id: has 256":      func(v *slack.ModalViewRequest) { v.CallbackID = over(maxID) },
		"external_id: has 256":      func(v *slack.ModalViewRequest) { v.ExternalID = over(maxID) },
		"private_metadata: has 300": func(v *slack.ModalViewRequest) { v.PrivateMetadata = over(maxMetadata) },
		"submit: is needed":         func(v *slack.ModalViewRequest) { v.Submit = nil },
		"101 blocks": func(v *slack.ModalViewRequest) {
			v.Blocks.BlockSet = repeated[slack.Block](101, slack.NewDividerBlock())
		},
		"there are none": func(v *slack.ModalViewRequest) { v.Blocks.BlockSet = nil },
		"a modal shows no table": func(v *slack.ModalViewRequest) {
			v.Blocks.BlockSet = []slack.Block{rawTable(func(*slack.DataTableBlock) {})}
		},
		"a modal shows no chart": func(v *slack.ModalViewRequest) { v.Blocks.BlockSet = []slack.Block{pie(segment("a", 1))} },
		"bytes of 250000": func(v *slack.ModalViewRequest) {
			v.Blocks.BlockSet = repeated[slack.Block](90, section(raw(strings.Repeat("x", 2790))))
		},
	} {
		view := SearchForm(parsed(t, "client:1"), "")
		spoil(&view)
		if err := CheckView(view); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckView says %v, want %q", err, want)
		}
	}
	home := house.Home(Own{}, nil, here())
	home.Type = slack.VTModal
	if err := CheckView(home); err == nil {
		t.Error("a Home tab of type modal passes")
	}
	home = house.Home(Own{}, nil, here())
	home.Blocks.BlockSet = append(home.Blocks.BlockSet, rawTable(func(*slack.DataTableBlock) {}))
	if err := CheckView(home); err == nil || !strings.Contains(err.Error(), "home shows no table") {
		t.Errorf("a Home tab with a table: %v", err)
	}
}

// TestSlackGoAgrees: what the library itself checks, it finds right, too.
func TestSlackGoAgrees(t *testing.T) {
	t.Parallel()
	for name, msg := range messages(t) {
		for _, b := range msg.Blocks {
			if chart, ok := b.(*slack.DataVisualizationBlock); ok {
				if err := chart.Validate(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}
