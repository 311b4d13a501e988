package bot

import (
	"slices"
	"sync"

	"github.com/maypok86/otter/v2"
)

const historyMost = 5 // questions a person

// history is what each person asked last, for the Home tab. It is in memory only.
type history struct {
	mu     sync.Mutex
	people *otter.Cache[string, []string]
}

func newHistory() *history {
	return &history{people: newCache[[]string](cachedMost, nil)}
}

// add notes a question as the newest of a person's.
func (h *history) add(user, line string) {
	if line == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	lines, _ := h.people.GetIfPresent(user)
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == line })
	lines = slices.Insert(lines, 0, line)
	h.people.Set(user, lines[:min(len(lines), historyMost)])
}

// of returns a person's questions, newest first.
func (h *history) of(user string) []string {
	lines, _ := h.people.GetIfPresent(user)
	return lines
}
