package bot

import (
	"slices"
	"sync"

	"github.com/maypok86/otter/v2"
)

const recentMost = 5 // questions a person

// recent is what each person asked last, for the Home tab. It is in memory only.
type recent struct {
	mu     sync.Mutex
	people *otter.Cache[string, []string]
}

func newRecent() *recent {
	return &recent{people: newCache[[]string](cachedMost, nil)}
}

// remember notes what req asked for among its asker's last questions. Paging and
// the views of a question, one click away, are no questions of their own.
func (b *Bot) remember(req *Request, ans Answer) {
	if ans.Result == nil {
		return
	}
	q := ans.Query.Lasting().WithPage(1)
	if req.Door == DoorButton {
		q.As = ""
	}
	b.recent.add(req.User, q.String())
}

// add notes a question as the newest of a person's.
func (r *recent) add(user, line string) {
	if line == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	lines, _ := r.people.GetIfPresent(user)
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == line })
	lines = slices.Insert(lines, 0, line)
	r.people.Set(user, lines[:min(len(lines), recentMost)])
}

// of returns a person's questions, newest first.
func (r *recent) of(user string) []string {
	lines, _ := r.people.GetIfPresent(user)
	return lines
}
