package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"servicesbot/bot/slackfake"
)

// A script is a conversation to play.
type script struct {
	name, text string
	pause      time.Duration // before each line, so that one can follow on the page
}

// scriptPause is the pause of a script that people look at.
const scriptPause = 1500 * time.Millisecond

// readScript reads a script; without a path there is none.
func readScript(path string) (script, error) {
	if path == "" {
		return script{}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return script{}, fmt.Errorf("script: %w", err)
	}
	return script{name: filepath.Base(path), text: string(text), pause: scriptPause}, nil
}

// botSockets is how many connections the bot keeps.
const botSockets = 2

// viewerPatience is how long a script waits for somebody to look at it.
const viewerPatience = 20 * time.Second

// showScript plays a script as soon as the page is open in a browser, or after a while if
// it is not.
func showScript(ctx context.Context, w *slackfake.Workspace, s script, out io.Writer) {
	fmt.Fprintf(out, "%s starts as soon as the page is open, in %v at the latest.\n", s.name, viewerPatience)
	waiting, cancel := context.WithTimeout(ctx, viewerPatience)
	defer cancel()
	_ = w.Wait(waiting, func() bool { return w.Viewers() > 0 }) // without a viewer it plays anyway
	playScript(ctx, w, s, out)
}

// playScript plays a conversation on the page and shows its progress, there and on out.
// Afterwards the demo goes on, also if a line failed.
func playScript(ctx context.Context, w *slackfake.Workspace, s script, out io.Writer) {
	if err := w.WaitSockets(ctx, botSockets); err != nil {
		return
	}
	err := slackfake.Play(ctx, w, s.text, slackfake.PlayOptions{
		Name: s.name,
		Before: func(line string) {
			fmt.Fprintln(out, " ", line)
			w.Caption(line)
			select {
			case <-time.After(s.pause):
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
		w.Caption(s.name + " is over; the demo goes on.")
		fmt.Fprintf(out, "%s is over; the demo goes on.\n", s.name)
	}
}
