package slackfake

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A Failure is how a door of the Web API misbehaves. What is zero does not happen.
type Failure struct {
	Status     int           // answers with this HTTP status
	RetryAfter time.Duration // beside Status 429; whole seconds are sent
	Refuse     string        // answers {"ok":false,"error":…}
	Hang       bool          // does not answer, and drops the connection when it is healed
	Drop       bool          // drops the connection
	Cut        bool          // sends half of the answer
	Delay      time.Duration // does and answers it that much later, real time
	Done       bool          // does what was asked before it fails; else nothing is done
	Times      int           // how many calls; 0: until Heal
}

// AnyMethod stands for every method in Fail and Heal.
const AnyMethod = "*"

// The names, for Fail and Heal and in Counts.Calls, of what is no method of the Web API.
const (
	ResponseURL = "response_url" // posts to a response_url
	FileUpload  = "upload"       // the bytes of a file
	SocketLink  = "link"         // the WebSocket handshake
)

type faults struct {
	mu        sync.Mutex
	byMethod  map[string]*Failure
	noNew     bool          // data_table and data_visualization are refused
	duplicate bool          // every envelope is delivered twice
	mute      bool          // no pings
	ghosts    int           // sockets that hello counts though nobody knows them
	healed    chan struct{} // closed by Heal
}

func (f *faults) init() { f.byMethod, f.healed = map[string]*Failure{}, make(chan struct{}) }

// Fail lets a method of the Web API misbehave; AnyMethod is every one that has no
// failure of its own, ResponseURL, FileUpload and SocketLink included.
func (w *Workspace) Fail(method string, f Failure) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.byMethod[method] = &f
}

// Heal ends the failures of the methods, or of all if none is named.
func (w *Workspace) Heal(methods ...string) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	if len(methods) == 0 {
		clear(w.faults.byMethod)
	}
	for _, m := range methods {
		delete(w.faults.byMethod, m)
	}
	close(w.faults.healed)
	w.faults.healed = make(chan struct{})
}

// RefuseNewBlocks lets the workspace be one that does not know data_table and
// data_visualization yet: messages and views with them are invalid_blocks.
func (w *Workspace) RefuseNewBlocks(on bool) { w.set(func(f *faults) { f.noNew = on }) }

// Duplicate lets everything be delivered twice: an event in a second envelope with the
// same event_id, anything else as the same envelope again.
func (w *Workspace) Duplicate(on bool) { w.set(func(f *faults) { f.duplicate = on }) }

// Mute stops the pings of all sockets.
func (w *Workspace) Mute(on bool) { w.set(func(f *faults) { f.mute = on }) }

// Ghosts lets hello count n sockets more than there are.
func (w *Workspace) Ghosts(n int) { w.set(func(f *faults) { f.ghosts = n }) }

func (w *Workspace) set(change func(*faults)) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	change(&w.faults)
}

// fault returns the faults that are on or off.
func (w *Workspace) fault() (noNew, duplicate, mute bool, ghosts int) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	return w.faults.noNew, w.faults.duplicate, w.faults.mute, w.faults.ghosts
}

// meet takes one use of the failure that a method has now, and waits its delay. A caller
// who does not wait so long gets nothing done.
func (w *Workspace) meet(method string, r *http.Request) Failure {
	f := w.takeFailure(method)
	if f.Delay <= 0 {
		return f
	}
	t := time.NewTimer(f.Delay)
	defer t.Stop()
	select {
	case <-t.C:
		return f
	case <-r.Context().Done():
	case <-w.closed:
	}
	return Failure{Drop: true}
}

func (w *Workspace) takeFailure(method string) Failure {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	f := w.faults.byMethod[method]
	if f == nil {
		method = AnyMethod
		f = w.faults.byMethod[method]
	}
	if f == nil {
		return Failure{}
	}
	if f.Times > 0 {
		if f.Times--; f.Times == 0 {
			delete(w.faults.byMethod, method)
		}
	}
	return *f
}

// name is what the trace says about a failure; "" is none.
func (f Failure) name() string {
	switch {
	case f.Hang:
		return "no answer"
	case f.Drop:
		return "connection dropped"
	case f.Status != 0:
		return "HTTP " + strconv.Itoa(f.Status)
	case f.Refuse != "":
		return f.Refuse
	}
	return ""
}

// fail answers a call as f says, if f is a failure.
func (w *Workspace) fail(rw http.ResponseWriter, r *http.Request, f Failure) bool {
	switch {
	case f.Hang:
		w.faults.mu.Lock()
		healed := w.faults.healed
		w.faults.mu.Unlock()
		select {
		case <-healed:
		case <-r.Context().Done():
		case <-w.closed:
		}
		drop(rw)
	case f.Drop:
		drop(rw)
	case f.Status != 0:
		if f.RetryAfter > 0 {
			rw.Header().Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
		}
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(f.Status)
		if f.Status == http.StatusTooManyRequests {
			_, _ = rw.Write([]byte(`{"ok":false,"error":"ratelimited"}`))
		}
	case f.Refuse != "":
		writeJSON(rw, f, answer(nil, refuse(f.Refuse)))
	default:
		return false
	}
	return true
}

// drop closes a connection without an answer.
func drop(rw http.ResponseWriter) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}
