package bot

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// noBlocksFor is how long lists are sent after Slack refused the newer blocks.
const noBlocksFor = time.Hour

// newBlocks knows whether Slack takes the blocks of tables and charts, which it does not do
// everywhere yet. One refused message is no proof: its content may be at fault.
type newBlocks struct {
	mu    sync.Mutex
	until time.Time // until when lists are sent instead
	line  string    // the answer that was refused last
	when  time.Time
}

// refused reports whether lists are to be sent at a time.
func (n *newBlocks) refused(now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return now.Before(n.until)
}

// note takes that Slack refused the answer to a line. Where it names the type of block, or
// refused another answer within the hour, lists are sent for an hour; it reports that.
func (n *newBlocks) note(now time.Time, line string, err error) (refused bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	another := n.line != "" && n.line != line && now.Sub(n.when) < noBlocksFor
	n.line, n.when = line, now
	if another || namesBlock(err) {
		n.until = now.Add(noBlocksFor)
		return true
	}
	return false
}

// refuse has lists sent until a time, as another replica found out.
func (n *newBlocks) refuse(until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.until = later(n.until, until)
}

// retry lets the newer blocks be sent at once.
func (n *newBlocks) retry() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.until, n.line = time.Time{}, ""
}

// refusesBlocks reports whether Slack found fault with the blocks, not the call.
func refusesBlocks(err error) bool {
	switch slackError(err) {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments", "only_one_table_allowed":
		return true
	}
	return false
}

// namesBlock reports whether Slack's error says that it does not know a type of block.
func namesBlock(err error) bool {
	e, ok := errors.AsType[slack.SlackErrorResponse](err)
	return ok && slices.ContainsFunc(append(e.ResponseMetadata.Messages, e.Err), func(m string) bool {
		return strings.Contains(m, "unsupported type") || strings.Contains(m, "data_table") || strings.Contains(m, "data_visualization")
	})
}

// TryNewBlocks lets tables and charts be sent at once where Slack refused them within the
// hour: somebody knows that it takes them now.
func (b *Bot) TryNewBlocks() { b.blocks.retry() }
