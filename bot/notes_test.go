package bot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

// A quietSlack says yes to every call and notes when it came.
type quietSlack struct {
	mu    sync.Mutex
	begin time.Time
	calls []string
}

func (q *quietSlack) Do(req *http.Request) (*http.Response, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls = append(q.calls, fmt.Sprintf("%s at %s", path.Base(req.URL.Path), time.Since(q.begin)))
	answer := `{"ok":true,"channel":"C1","ts":"7.7"}`
	if path.Base(req.URL.Path) == "conversations.open" {
		answer = `{"ok":true,"channel":{"id":"D1"}}`
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

// TestProgressOfASlowQuestion: the first note comes after 2 s, further ones where the
// first can be changed, 5 s apart; the answer takes their place.
func TestProgressOfASlowQuestion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		req   *Request
		to    address
		want  []string
		after address
	}{
		{"a mention", &Request{Door: DoorMention, User: "U1", Channel: "C1"}, address{way: post, channel: "C1", thread: "5.1"},
			[]string{"chat.postMessage at 2s", "chat.update at 7s", "chat.update at 12s"}, address{way: update, channel: "C1", thread: "5.1", ts: "7.7"}},
		{"a private line", &Request{Door: DoorMention, User: "U1", Channel: "C1"}, address{way: whisper, channel: "C1", user: "U1"},
			[]string{"chat.postEphemeral at 2s"}, address{}},
		{"a direct message to be opened", &Request{Door: DoorForm, User: "U1"}, address{way: direct, user: "U1"},
			[]string{"conversations.open at 2s", "chat.postMessage at 2s", "chat.update at 7s", "chat.update at 12s"}, address{way: update, user: "U1", channel: "D1", ts: "7.7"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := &quietSlack{}
			web := newWeb("", NewStatus(""), slog.New(slog.DiscardHandler))
			api := slack.New("xoxb-test", slack.OptionHTTPClient(q))
			b := &Bot{log: slog.New(slog.DiscardHandler), poster: newPoster(api, web), notesLimit: newNotesLimit(), answers: &Answers{}}
			synctest.Test(t, func(t *testing.T) {
				q.begin, tt.req.Received = time.Now(), time.Now()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				n := b.startNotes(ctx, tt.req, tt.to)
				<-time.After(13 * time.Second)
				if got := n.stop(); got != tt.after {
					t.Errorf("the answer takes the place of %+v, want %+v", got, tt.after)
				}
				if !slices.Equal(q.calls, tt.want) {
					t.Errorf("calls %v, want %v", q.calls, tt.want)
				}
			})
		})
	}
}

// A slowSlack takes every post and says so too late.
type slowSlack struct{ quietSlack }

func (s *slowSlack) Do(req *http.Request) (*http.Response, error) {
	s.quietSlack.Do(req)
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// TestOneNoteWhereSlackIsSlow: a note that may be there is not posted once more.
func TestOneNoteWhereSlackIsSlow(t *testing.T) {
	t.Parallel()
	q := &slowSlack{}
	web := newWeb("", NewStatus(""), slog.New(slog.DiscardHandler))
	api := slack.New("xoxb-test", slack.OptionHTTPClient(q))
	b := &Bot{log: slog.New(slog.DiscardHandler), poster: newPoster(api, web), notesLimit: newNotesLimit(), answers: &Answers{}}
	synctest.Test(t, func(t *testing.T) {
		q.begin = time.Now()
		n := b.startNotes(t.Context(), &Request{Door: DoorMention, User: "U1", Channel: "C1", Received: time.Now()}, address{way: post, channel: "C1", thread: "5.1"})
		<-time.After(30 * time.Second)
		n.stop()
		if len(q.calls) != 1 {
			t.Errorf("calls %v, want one", q.calls)
		}
	})
}

// TestNotesTakeNoWorkerAway: a note that waits for the end of a pause is not the worker that
// searches: that one has no substitute.
func TestNotesTakeNoWorkerAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		web := newWeb("https://slack.test/", NewStatus(""), slog.New(slog.DiscardHandler))
		web.http.Transport, web.http.Timeout = &pausing{after: map[string]string{"C1": "4"}}, 0
		api := slack.New("xoxb-test", slack.OptionAPIURL(web.base), slack.OptionHTTPClient(web))
		b := &Bot{log: web.log, poster: newPoster(api, web), notesLimit: newNotesLimit(), answers: &Answers{}}
		l := newLane("test", 1, 10)
		l.start(t.Context())
		begun := time.Now()
		l.enqueue(func(ctx context.Context) {
			n := b.startNotes(ctx, &Request{Received: begun}, address{way: post, channel: "C1"})
			<-time.After(5 * time.Second) // the note, sent after 2 s, waits for 4
			n.stop()
		})
		var next time.Duration
		l.enqueue(func(context.Context) { next = time.Since(begun) })
		drainLanes(l)
		if next < 5*time.Second {
			t.Errorf("what queued behind the question began after %v", next)
		}
	})
}

// TestProgressIsRare: all questions together show at most 20 notes in any minute.
func TestProgressIsRare(t *testing.T) {
	t.Parallel()
	l, begin := newNotesLimit(), time.Now()
	shown := 0
	for d := time.Duration(0); d < time.Minute; d += 50 * time.Millisecond {
		if l.AllowN(begin.Add(d), 1) {
			shown++
		}
	}
	if shown > notesPerMinute || shown < notesPerMinute/2 {
		t.Errorf("%d notes in the first minute", shown)
	}
}

// TestAnswersGoFirst: no note is sent where Slack asks for a pause, or where a
// channel has had many messages lately.
func TestAnswersGoFirst(t *testing.T) {
	t.Parallel()
	w := newWeb("", NewStatus(""), slog.New(slog.DiscardHandler))
	p := newPoster(slack.New("xoxb-test"), w)
	to := address{way: post, channel: "C1"}
	if !p.hasRoom(to) {
		t.Fatal("a quiet channel takes no note")
	}
	for range postsBurst/2 + 1 {
		if err := p.pace(t.Context(), "C1"); err != nil {
			t.Fatal(err)
		}
	}
	if p.hasRoom(to) {
		t.Error("a note to a busy channel")
	}
	w.pauses.until[slackLimit{method: "chat.update"}] = time.Now().Add(time.Minute)
	if p.hasRoom(address{way: update, channel: "C2"}) {
		t.Error("a note though Slack asked for a pause")
	}
	if !p.hasRoom(address{way: post, channel: "C2"}) {
		t.Error("no note though the pause is another method's")
	}
}
