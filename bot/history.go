package bot

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

const (
	historyMost = 5 // questions a person
	historyFor  = 90 * 24 * time.Hour
)

// history is what each person asked last, for the Home tab: in this process's memory, and
// with replicas in their journal too.
type history struct {
	own    values
	shared journal // nil: there is no store
}

// add notes a question as the newest of a person's, in this process.
func (h *history) add(ctx context.Context, asker, line string) {
	_, _ = h.own.change(ctx, historyOf(asker), historyFor, func(value []byte) []byte {
		lines := linesOf(value)
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == line })
		lines = slices.Insert(lines, 0, line)
		next, err := json.Marshal(lines[:min(len(lines), historyMost)])
		if err != nil {
			return value
		}
		return next
	})
}

// of returns a person's questions, newest first.
func (h *history) of(ctx context.Context, asker string) []string {
	if h.shared != nil {
		if lines, err := h.shared.lastAsked(ctx, asker); err == nil {
			return lines
		}
	}
	value, _ := h.own.read(ctx, historyOf(asker))
	return linesOf(value)
}

func historyOf(asker string) string { return "history/" + asker }

func linesOf(value []byte) []string {
	var lines []string
	if json.Unmarshal(value, &lines) != nil {
		return nil
	}
	return lines
}
