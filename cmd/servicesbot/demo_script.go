package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"servicesbot/bot/slackfake"
)

// scriptPause is how long each line of a script stands before it is played, so that one
// can follow on the page.
const scriptPause = 1500 * time.Millisecond

// playScript plays a conversation on the page and tells where it stands, there and on out.
// The demo goes on afterwards, also when a line fails.
func playScript(ctx context.Context, w *slackfake.Workspace, path, script string, out io.Writer) {
	if err := w.WaitSockets(ctx, 1); err != nil {
		return
	}
	name := filepath.Base(path)
	err := slackfake.Play(ctx, w, script, slackfake.PlayOptions{
		Name: name,
		Before: func(line string) {
			fmt.Fprintln(out, " ", line)
			w.Caption(line)
			select {
			case <-time.After(scriptPause):
			case <-ctx.Done():
			}
		},
	})
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		w.Caption("stopped: " + err.Error())
		fmt.Fprintln(out, "The script failed:", err)
	default:
		w.Caption("")
		fmt.Fprintf(out, "%s is over; the demo goes on.\n", name)
	}
}
