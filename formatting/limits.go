package formatting

import (
	"fmt"

	"github.com/slack-go/slack"
)

// Slack's limits, of its documentation's state of November 2026. Where Slack says
// "characters" without saying which, UTF-16 units of the escaped text are counted:
// the strictest reading.
const (
	maxText         = 4_000   // a message's text; chat.update refuses more
	maxBlocks       = 50      // blocks of a message
	maxViewBlocks   = 100     // blocks of a modal or a Home tab
	maxID           = 255     // a block_id, an action_id, a callback_id, an external_id
	maxTextObject   = 3_000   // a text object
	maxFields       = 10      // fields of a section
	maxField        = 2_000   // a field
	maxHeader       = 150     // a header's text
	maxContext      = 10      // elements of a context block
	maxElements     = 25      // elements of an actions block
	maxLabel        = 75      // a button's or an option's text
	maxValue        = 2_000   // a button's value
	maxURL          = 3_000   // a button's address
	maxChoices      = 100     // options of a select
	maxOption       = 150     // an option's value
	maxPlaceholder  = 150     // a placeholder
	maxInputLabel   = 2_000   // an input's label or hint
	maxInput        = 3_000   // what can be typed into an input
	maxTitle        = 24      // a view's title, its submit and close buttons
	maxMetadata     = 3_000   // a view's private_metadata
	maxConfirmTitle = 100     // a confirmation's title
	maxConfirmText  = 300     // a confirmation's text
	maxConfirmLabel = 30      // a confirmation's buttons
	maxColumns      = 20      // columns of a data table
	maxTableRows    = 201     // rows of a data table, its header among them
	maxCaption      = 2_000   // a data table's caption; Slack names no limit
	maxPageSize     = 100     // rows of a data table shown at once
	maxChartTitle   = 50      // a chart's title and its axes' labels
	maxChartLabel   = 20      // a chart's other labels
	maxSeries       = 6       // series of a chart
	maxPoints       = 20      // points of a series
	maxJSON         = 250_000 // bytes of a view; for messages Slack names no limit, so it counts for them, too
)

// Check reports the first of Slack's limits that msg breaks. It knows the blocks
// that this package sends and takes any other for a mistake.
func Check(msg Message) error {
	c := newChecker(surfaceMessage)
	c.units("text", msg.Text, 1, maxText)
	c.blocks(msg.Blocks, maxBlocks)
	return c.err
}

// CheckView reports the first of Slack's limits that a modal or a Home tab breaks.
func CheckView[V slack.ModalViewRequest | slack.HomeTabViewRequest](view V) error {
	switch v := any(view).(type) {
	case slack.ModalViewRequest:
		return checkModal(v)
	case slack.HomeTabViewRequest:
		return checkHome(v)
	}
	return nil
}

func checkModal(v slack.ModalViewRequest) error {
	c := newChecker(surfaceModal)
	c.that(v.Type == slack.VTModal, "type", "is not modal")
	c.plainText("title", v.Title, maxTitle)
	if v.Close != nil {
		c.plainText("close", v.Close, maxTitle)
	}
	if v.Submit != nil {
		c.plainText("submit", v.Submit, maxTitle)
	}
	c.viewIDs(v.CallbackID, v.ExternalID, v.PrivateMetadata)
	c.blocks(v.Blocks.BlockSet, maxViewBlocks)
	c.that(!c.input || v.Submit != nil, "submit", "is needed where there is an input")
	c.size(v)
	return c.err
}

func checkHome(v slack.HomeTabViewRequest) error {
	c := newChecker(surfaceHome)
	c.that(v.Type == slack.VTHomeTab, "type", "is not home")
	c.viewIDs(v.CallbackID, v.ExternalID, v.PrivateMetadata)
	c.blocks(v.Blocks.BlockSet, maxViewBlocks)
	c.size(v)
	return c.err
}

// A broken limit, told so that the place can be found.
func broken(path, format string, args ...any) error {
	return fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
}
