package query_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// A changingWHMCS has services of clients 1 to 3, by id, which a test changes between calls,
// though a page that is read ahead may be on its way.
type changingWHMCS struct {
	mu   sync.Mutex
	ids  []int
	next int
}

func (s *changingWHMCS) row(id int) map[string]any {
	status := []string{"Active", "Suspended", "Pending", "Terminated"}[id*7919%4]
	return map[string]any{"id": id, "clientid": id%3 + 1, "pid": id%2 + 1, "status": status, "domain": fmt.Sprintf("d%d.example", id*31%1000),
		"name": strings.Repeat("long ", 20) + strconv.Itoa(id%5), "recurringamount": fmt.Sprintf("%d.50", id*13%40), "nextduedate": "2026-12-0" + strconv.Itoa(id%9+1)}
}

func (s *changingWHMCS) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return replyTo(r, func(form url.Values) any {
		rows := []map[string]any{}
		for _, id := range s.ids {
			row := s.row(id)
			if c := form.Get("clientid"); c != "" && c != strconv.Itoa(row["clientid"].(int)) {
				continue
			}
			if p := form.Get("pid"); p != "" && p != strconv.Itoa(row["pid"].(int)) {
				continue
			}
			rows = append(rows, row)
		}
		return rowsReply(form, rows)
	})
}

// change deletes or adds some services.
func (s *changingWHMCS) change(random *rand.Rand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 1 + random.IntN(6) {
		if random.IntN(3) > 0 && len(s.ids) > 0 {
			i := random.IntN(len(s.ids))
			s.ids = slices.Delete(s.ids, i, i+1)
			continue
		}
		s.next++
		s.ids = append(s.ids, s.next)
	}
}

// TestPagesNeverSkipNorRepeat turns random pages of random questions. Between the clicks the
// snapshot goes, other questions are asked, another process takes over, and services are
// deleted and added. Every service that was there all the time is on one of the pages
// that Next and Continue give, once, and Previous shows what is before.
func TestPagesNeverSkipNorRepeat(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { turnPages(t, seed) })
		})
	}
}

func turnPages(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	server := &changingWHMCS{next: 30 + random.IntN(250)}
	for id := range server.next {
		server.ids = append(server.ids, id+1)
	}
	budget := []int{20_000, 60}[random.IntN(2)]
	process := func() *query.Finder {
		api, err := whmcs.New(whmcs.Config{URL: "https://whmcs.example", Identifier: "a", Secret: "b", Transport: server, PageSize: 20, CacheTTL: 30 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		return query.NewFinder(api, query.FinderConfig{ScanRows: budget})
	}
	f := process()
	question := []string{"status:active", "-client:1", "client:1,2", "product:1,2 status:active,suspended", "product:1", "client:2"}[random.IntN(6)]
	question += []string{"", "", " sort:id", " sort:-amount", " sort:due", " sort:domain", " sort:product"}[random.IntN(7)]
	if budget == 60 {
		question, _, _ = strings.Cut(question, " sort") // of a part, each part has its own order
	}
	line := question + " rows:" + strconv.Itoa(1+random.IntN(10))
	start, shown, changed := slices.Clone(server.ids), []int{}, false
	var before []int // of the page before
	for clicks := 0; line != ""; clicks++ {
		res, err := f.Find(t.Context(), parse(t, line), query.Options{})
		if err != nil || clicks > 400 {
			t.Fatalf("%s: click %d: %v", line, clicks, err)
		}
		page := ids(res.Services)
		if res.Changed && !changed {
			t.Fatalf("%s: nothing changed", line)
		}
		shown = append(shown, page...)
		if now := f; len(before) > 0 && res.Previous != "" && !changed && random.IntN(3) == 0 {
			if random.IntN(2) == 0 {
				now = process()
			}
			back, err := now.Find(t.Context(), parse(t, res.Previous), query.Options{})
			if err != nil || !slices.Equal(ids(back.Services), before) || back.Changed {
				t.Fatalf("%s: before %v comes %v, not %v: %v", line, page, ids(back.Services), before, err)
			}
			if again, err := now.Find(t.Context(), parse(t, back.Next), query.Options{}); err != nil || !slices.Equal(ids(again.Services), page) {
				t.Fatalf("%s: and then %v, not %v: %v", line, ids(again.Services), page, err)
			}
		}
		before = page
		if line = res.Next; line == "" {
			line, before = res.Continue, nil
		}
		switch random.IntN(6) {
		case 0:
			<-time.After(6 * time.Minute)
		case 1:
			f = process()
		case 2:
			if _, err := f.Find(t.Context(), parse(t, "as:summary"), query.Options{}); err != nil {
				t.Fatal(err)
			}
		case 3:
			if random.IntN(2) == 0 {
				server.change(random)
				changed = true
				f = process()
			}
		}
	}
	for _, id := range start {
		if slices.Contains(server.ids, id) && matches(question, server.row(id)) && !slices.Contains(shown, id) {
			t.Errorf("%s: service %d is on no page", question, id)
		}
	}
	n := len(shown)
	if slices.Sort(shown); len(slices.Compact(shown)) != n {
		t.Errorf("%s: a service is shown twice", question)
	}
}

// matches tests a row as the questions of turnPages mean it.
func matches(question string, row map[string]any) bool {
	filters, _, _ := strings.Cut(question, " sort")
	for _, f := range strings.Fields(filters) {
		name, values, _ := strings.Cut(strings.TrimPrefix(f, "-"), ":")
		field := map[string]string{"client": "clientid", "product": "pid", "status": "status"}[name]
		is := slices.Contains(strings.Split(values, ","), strings.ToLower(fmt.Sprint(row[field])))
		if is == strings.HasPrefix(f, "-") {
			return false
		}
	}
	return true
}

// TestNextAfterTheSnapshotWent: a list in WHMCS's order goes on in it, though meanwhile all
// rows became known.
func TestNextAfterTheSnapshotWent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		first := in.find(t, "server:saturn")
		if got := ids(first.Services); !slices.Equal(got, []int{1, 3, 10, 11, 25}) {
			t.Fatalf("the first page is %v", got)
		}
		<-time.After(6 * time.Minute)
		in.find(t, "as:summary")
		if got := ids(in.find(t, first.Next).Services); !slices.Equal(got, []int{30, 31, 32, 34, 40}) {
			t.Errorf("the next page is %v", got)
		}
	})
}

// TestWhyAPageIsNotComplete: a page of an answer whose first page ended early says that it
// ends there, too, and offers what is behind; it does not say that time was over, or that
// WHMCS failed, which it did not by now.
func TestWhyAPageIsNotComplete(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  whmcsfake.Fault
		budget int
		first  query.GapKind
		then   query.GapKind
	}{
		"WHMCS fails": {whmcsfake.Fault{Name: "error", Skip: 3, Text: "Something broke"}, 20_000, query.GapFailed, query.GapFirstPage},
		"time":        {whmcsfake.Fault{Name: "slow", Skip: 3, Latency: time.Hour}, 20_000, query.GapTime, query.GapFirstPage},
		"the budget":  {whmcsfake.Fault{Name: "slow", Latency: time.Millisecond}, 300, query.GapBudget, query.GapBudget},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				in := install(t, whmcsfake.Config{}, whmcs.Config{MaxConcurrent: 1, Timeout: 10 * time.Minute}, query.FinderConfig{ScanRows: c.budget})
				if err := in.fake.Set(c.fault); err != nil {
					t.Fatal(err)
				}
				res := in.find(t, "status:active sort:domain")
				if res.Why.Kind != c.first || res.Next == "" {
					t.Fatalf("the first page: %+v, next %q", res.Why, res.Next)
				}
				if err := in.fake.Clear(); err != nil {
					t.Fatal(err)
				}
				looked := res.Looked
				res = in.find(t, res.Next)
				if res.Why.Kind != c.then || res.Why.Looked != looked || res.Why.Of != 650 || res.Complete {
					t.Errorf("the second page: %+v after %d rows", res.Why, looked)
				}
				if res = in.find(t, res.Continue); res.Before != looked || res.Looked == 0 {
					t.Errorf("the search goes on behind row %d, not %d", res.Before, looked)
				}
			})
		})
	}
}

// TestPositionInALine: what a position is in a line, and what it is dropped from.
func TestPositionInALine(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	for _, question := range []string{"server:saturn", "group:hosting sort:-amount", "client:1,2,3,4,5 sort:product rows:1", "status:active as:table"} {
		line := in.find(t, question).Next
		q := parse(t, line)
		if q.Position == "" || len(q.Position) > 200 || q.String() != line || !reflect.DeepEqual(parse(t, q.String()), q) {
			t.Errorf("%s is read as %+v", line, q)
		}
		q.Fresh = true
		for n, changed := range []query.Query{q.Lasting(), q.WithPage(3), q.WithAs(query.ViewCSV), q.WithSort(query.Sort{Key: "id"}), q.With(q.Terms[0]), q.Without(0), q.WithStatus("active")} {
			if changed.Position != "" {
				t.Errorf("%d: %s keeps its position", n, changed)
			}
		}
		if again := q.Again(); again.Position != q.Position || again.Fresh {
			t.Errorf("again is %s", again)
		}
	}
	for _, k := range query.Keys() {
		if k.Name == "pos" {
			t.Error("pos is a key of help and completion")
		}
	}
}

// TestHostilePositions: whatever somebody makes of a button's value, there is a clear answer.
func TestHostilePositions(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Rows: 3})
	position := parse(t, in.find(t, "server:saturn").Next).Position
	refused := func(line string) (corrected []string) {
		t.Helper()
		q, err := query.Parse(line)
		if err == nil {
			_, err = in.Find(t.Context(), q, query.Options{})
		}
		var e *query.Error
		if !errors.As(err, &e) || e.Problems[0].Reason != query.BadPosition {
			t.Fatalf("%s: %v", line, err)
		}
		return e.Corrected
	}
	if got := refused("server:mars page:2 pos:" + position); !slices.Equal(got, []string{"server:mars page:2"}) {
		t.Errorf("corrected to %q", got)
	}
	for i := range position {
		for _, c := range "Aa0_-" {
			if rune(position[i]) != c {
				refused("server:saturn pos:" + position[:i] + string(c) + position[i+1:])
			}
		}
		if i > 0 {
			refused("server:saturn pos:" + position[:i])
		}
	}
	for _, line := range []string{"server:saturn sort:id pos:" + position, "server:saturn as:csv pos:" + position,
		"-pos:" + position, "server:saturn pos:" + position + "," + position, "server:saturn pos:" + position + " pos:" + position,
		"server:saturn pos:" + strings.Repeat("A", 5000), `server:saturn pos:""`} {
		refused(line)
	}
}

// TestFewerRowsThanCounted: what WHMCS counts and does not send is said, and nothing offers
// to go on.
func TestFewerRowsThanCounted(t *testing.T) {
	t.Parallel()
	reply := `{"result":"success","totalresults":5,"products":{"product":[{"id":1,"clientid":1},{"id":2,"clientid":1},{"id":3,"clientid":1}]}}`
	none := `{"result":"success","totalresults":5,"products":{"product":[]}}`
	for _, line := range []string{"client:1", "client:1 as:summary", "client:1 as:csv", "client:1 sort:id", "-status:active"} {
		api, err := whmcs.New(whmcs.Config{URL: "https://whmcs.example", Identifier: "a", Secret: "b", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return textReply(r, func(form url.Values) string {
				if form.Get("limitstart") != "" {
					return none
				}
				return reply
			})
		})})
		if err != nil {
			t.Fatal(err)
		}
		res, err := query.NewFinder(api, query.FinderConfig{}).Find(t.Context(), parse(t, line), query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := (query.Gap{Kind: query.GapFewer, Looked: 3, Of: 5, Limit: 20000}); res.Why != want || res.Complete || res.Counted || res.Matched != 3 || res.Continue != "" {
			t.Errorf("%s: %+v", line, res)
		}
	}
}

// TestContinueKeepsLittle: however often a search goes on, nothing is read twice, and what
// was read is not kept longer than a snapshot is.
func TestContinueKeepsLittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Services: 5000}, whmcs.Config{}, query.FinderConfig{ScanRows: 500})
		line, rows := "as:csv", 0
		for clicks := 0; line != ""; clicks++ {
			began := time.Now()
			res := in.find(t, line)
			if len(res.Services) > 500 || res.Looked > 500 || res.Before != 500*clicks || res.Calls > 6 {
				t.Fatalf("click %d: %d rows, looked at %d after %d with %d calls", clicks, len(res.Services), res.Looked, res.Before, res.Calls)
			}
			if clicks > 0 && !res.AsOf.Before(began) {
				t.Errorf("click %d: as of %s, though the answers before are older", clicks, res.AsOf)
			}
			rows, line = rows+len(res.Services), res.Continue
			<-time.After(4 * time.Minute)
		}
		if rows != 5000 {
			t.Errorf("%d rows in all", rows)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
