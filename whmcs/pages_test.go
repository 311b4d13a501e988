package whmcs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// habits are the services of an installation, known by their ids only, and how it
// lists them.
type habits struct {
	ids      []int
	cap      int           // rows a page at most; 0: what is asked for
	greedy   bool          // all rows from the offset on
	stuck    bool          // always from the first row on
	uncount  bool          // tells no total
	growing  bool          // the total grows with each call
	hidden   int           // an id that is counted and never sent
	delay    time.Duration // of each call
	onCall   func(start int)
	breaksAt int // pages of more rows break
}

// A shelf is an installation. Its fields may be touched between calls only.
type shelf struct {
	habits
	mu     sync.Mutex
	starts []int
	flying int
	most   int // calls at once
}

func (s *shelf) wire(form url.Values, r *http.Request) (*http.Response, error) {
	start, _ := strconv.Atoi(form.Get("limitstart"))
	limit, _ := strconv.Atoi(form.Get("limitnum"))
	s.mu.Lock()
	s.starts = append(s.starts, start)
	s.flying++
	s.most = max(s.most, s.flying)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.flying--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(s.delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.onCall != nil {
		s.onCall(start)
	}
	if s.breaksAt > 0 && limit > s.breaksAt {
		return respond(500, ""), nil
	}
	return respond(200, s.page(start, limit)), nil
}

// page writes the reply for some rows. s.mu is held.
func (s *shelf) page(start, limit int) string {
	if s.stuck {
		start = 0
	}
	if s.cap > 0 {
		limit = min(limit, s.cap)
	}
	from := min(start, len(s.ids))
	to := min(from+limit, len(s.ids))
	if s.greedy {
		to = len(s.ids)
	}
	var rows []string
	for _, id := range s.ids[from:to] {
		if id != s.hidden {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"clientid":1}`, id))
		}
	}
	total := len(s.ids)
	if s.growing {
		total += 1000 * len(s.starts)
	}
	head := fmt.Sprintf(`"totalresults":"%d",`, total)
	if s.uncount {
		head = ""
	}
	return `{"result":"success",` + head + `"products":{"product":[` + strings.Join(rows, ",") + `]}}`
}

// count returns the ids from 1 to n.
func count(n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i + 1
	}
	return ids
}

// readAll reads all pages.
func readAll(ctx context.Context, a *API, req GetClientsProductsRequest) (ids []int, pages int, err error) {
	for p, err := range a.Pages(ctx, req) {
		if err != nil {
			return ids, pages, err
		}
		pages++
		ids = append(ids, idsOf(p)...)
	}
	return ids, pages, nil
}

// TestPages wants all rows once, in order, from servers of every habit, with no
// more calls than needed.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		habits
		req   GetClientsProductsRequest
		want  []int // nil: all
		calls int
		kind  Kind
	}{
		{name: "none", habits: habits{ids: []int{}}, calls: 1},
		{name: "one page", habits: habits{ids: count(7)}, calls: 1},
		{name: "exactly one page", habits: habits{ids: count(10)}, calls: 1},
		{name: "many", habits: habits{ids: count(95)}, calls: 10},
		{name: "from the middle", habits: habits{ids: count(95)}, req: GetClientsProductsRequest{LimitStart: 90}, want: []int{91, 92, 93, 94, 95}, calls: 1},
		{name: "from beyond the end", habits: habits{ids: count(5)}, req: GetClientsProductsRequest{LimitStart: 50}, want: []int{}, calls: 1},
		{name: "smaller pages than asked for", habits: habits{ids: count(95), cap: 7}, calls: 14},
		{name: "everything at once", habits: habits{ids: count(95), greedy: true}, calls: 1},
		{name: "everything from an offset on", habits: habits{ids: count(95), greedy: true}, req: GetClientsProductsRequest{LimitStart: 10}, want: count(95)[10:], calls: 1},
		{name: "no total", habits: habits{ids: count(95), uncount: true}, calls: 10},
		{name: "no total, full last page", habits: habits{ids: count(30), uncount: true}, calls: 4},
		{name: "a row that is counted and not sent", habits: habits{ids: count(40), hidden: 15}, want: slices.DeleteFunc(count(40), func(id int) bool { return id == 15 }), calls: 5},
		{name: "offset ignored", habits: habits{ids: count(95), stuck: true}, want: count(10), kind: ErrWHMCS},
		{name: "duplicates", habits: habits{ids: append(count(20), count(25)...)}, want: count(25), calls: 5},
		{name: "breaks on big pages", habits: habits{ids: count(95), breaksAt: 25}, req: GetClientsProductsRequest{LimitNum: 40}, calls: 6},
		{name: "total grows for ever", habits: habits{ids: count(95), growing: true}, kind: ErrWHMCS},
	} {
		for _, atOnce := range []int{1, 4} {
			t.Run(fmt.Sprint(c.name, " ", atOnce), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := shelf{habits: c.habits}
					s.ids, s.delay = slices.Clone(c.ids), time.Millisecond
					cfg := testConfig(s.wire)
					cfg.MaxConcurrent, cfg.PageSize = atOnce, 10
					a, err := New(cfg)
					if err != nil {
						t.Fatal(err)
					}
					got, pages, err := readAll(t.Context(), a, c.req)
					want := c.want
					if want == nil {
						want = s.ids
					}
					if !slices.Equal(got, want) || kindOf(err) != c.kind {
						t.Errorf("%v, error %v, want %v", got, err, want)
					}
					if c.calls > 0 && len(s.starts) != c.calls || s.most > atOnce || pages == 0 {
						t.Errorf("%d pages from calls for %v, want %d calls; %d at once", pages, s.starts, c.calls, s.most)
					}
				})
			})
		}
	}
}

// TestRunaway wants an end to pages that never end.
func TestRunaway(t *testing.T) {
	t.Parallel()
	w := walk{a: newTestAPI(t, nil), pages: maxPages, total: 1}
	if err := w.runaway(false); kindOf(err) != ErrWHMCS {
		t.Error(err)
	}
	w.plan = 1 // all is read
	if err := w.runaway(false); err != nil {
		t.Error(err)
	}
}

// TestPagesStop wants one call for a caller who stops after the first page, and
// nothing left running for one who stops later.
func TestPagesStop(t *testing.T) {
	t.Parallel()
	for stop, most := range map[int]int{1: 1, 2: 6} {
		synctest.Test(t, func(t *testing.T) {
			s := shelf{habits: habits{ids: count(1000), delay: time.Second}}
			cfg := testConfig(s.wire)
			cfg.PageSize = 10
			a, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			start, pages := time.Now(), 0
			for p, err := range a.Pages(t.Context(), GetClientsProductsRequest{ClientID: 1}) {
				if err != nil || len(p.Services) != 10 {
					t.Fatal(p, err)
				}
				if pages++; pages == stop {
					break
				}
			}
			if len(s.starts) > most || time.Since(start) != time.Duration(stop)*time.Second {
				t.Errorf("stop after %d: %d calls in %v", stop, len(s.starts), time.Since(start))
			}
			if s.flying != 0 {
				t.Error("a call is still under way")
			}
			if st := a.State(); st.LastError != "" {
				t.Errorf("%+v", st)
			}
		})
	}
}

// TestPagesAhead wants as many calls at once as may be, all the time, with a
// caller who takes as long for a page as WHMCS.
func TestPagesAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := shelf{habits: habits{ids: count(10_000), delay: 50 * time.Millisecond}}
		a := newTestAPI(t, s.wire)
		start := time.Now()
		rows := 0
		for p, err := range a.Pages(t.Context(), GetClientsProductsRequest{}) {
			if err != nil {
				t.Fatal(err)
			}
			rows += len(p.Services)
			<-time.After(10 * time.Millisecond)
		}
		ideal := 100 * s.delay / 4
		if took := time.Since(start); rows != 10_000 || s.most != 4 || took > ideal*115/100 {
			t.Errorf("%d rows, %d at once, %v, ideal %v", rows, s.most, took, ideal)
		}
	})
}

// TestPagesGoing wants all rows that are there throughout, once and in order,
// while others go.
func TestPagesGoing(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []int{1, 4} {
		for _, at := range []int{0, 10, 20, 50} {
			synctest.Test(t, func(t *testing.T) {
				s := shelf{habits: habits{ids: count(95), delay: time.Millisecond}}
				gone := false
				s.onCall = func(start int) {
					if start > at && !gone {
						gone = true
						s.ids = slices.Delete(s.ids, at+2, at+5)
					}
				}
				cfg := testConfig(s.wire)
				cfg.MaxConcurrent, cfg.PageSize = atOnce, 10
				a, err := New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				got, _, err := readAll(t.Context(), a, GetClientsProductsRequest{})
				seen := map[int]bool{}
				for _, id := range got {
					if seen[id] {
						t.Errorf("%d came twice", id)
					}
					seen[id] = true
				}
				for _, id := range s.ids {
					if !seen[id] {
						t.Errorf("at once %d, gone at %d: %d is missing", atOnce, at, id)
					}
				}
				if err != nil || !slices.IsSorted(got) {
					t.Errorf("%v, %v", got, err)
				}
			})
		}
	}
}

// TestPagesError wants the pages before a failure, and the failure last.
func TestPagesError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := shelf{habits: habits{ids: count(95), delay: time.Second}}
		cfg := testConfig(s.wire)
		cfg.PageSize = 10
		a, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		got, pages, err := readAll(ctx, a, GetClientsProductsRequest{})
		if kindOf(err) != ErrTimeout || pages != 5 || len(got) != 50 {
			t.Errorf("%d pages, %d rows, %v", pages, len(got), err)
		}
	})
}

// TestPagesCache wants pages of a question kept, and those of a scan not.
func TestPagesCache(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		req   GetClientsProductsRequest
		calls int
	}{
		"question":       {GetClientsProductsRequest{ClientID: 1}, 3},
		"fresh question": {GetClientsProductsRequest{ClientID: 1, Fresh: true}, 6},
		"scan":           {GetClientsProductsRequest{}, 6},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := shelf{habits: habits{ids: count(25)}}
			cfg := testConfig(s.wire)
			cfg.PageSize, cfg.CacheTTL = 10, time.Minute
			a, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if got, _, err := readAll(t.Context(), a, c.req); err != nil || len(got) != 25 {
					t.Error(got, err)
				}
			}
			if len(s.starts) != c.calls {
				t.Errorf("%s: %d calls, want %d", name, len(s.starts), c.calls)
			}
		})
	}
}
