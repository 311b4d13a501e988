package query_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// kept keeps the warm rows of an installation until the test ends.
func (in *installation) kept(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.KeepWarm(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		in.Close()
	})
}

// readings collects how readings ended.
type readings struct {
	mu  sync.Mutex
	all []query.WarmScan
}

func (r *readings) observe(w query.WarmScan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, w)
}

func (r *readings) ended() []query.WarmScan {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// pagesAt returns when the pages of the whole installation were asked for, since a moment.
func (in *installation) pagesAt(since time.Time) []time.Duration {
	var at []time.Duration
	for _, c := range in.fake.Calls() {
		if c.Action == "GetClientsProducts" && c.Form.Get("clientid") == "" && c.Form.Get("serviceid") == "" {
			at = append(at, c.Start.Sub(since))
		}
	}
	return at
}

var warm = query.Options{Warm: true}

const activeOnSaturn = "server:saturn status:active as:summary"

// TestBackgroundReadings: the first begins at the start, the next one interval after the last
// began, or at once where that took longer, with one call at a time.
func TestBackgroundReadings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		latency time.Duration
		want    []time.Duration // of the first page of each reading
	}{
		"with a pause":   {time.Second, []time.Duration{0, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute}},
		"without a stop": {2 * time.Minute, []time.Duration{0, 16 * time.Minute, 30 * time.Minute}},
	} { // the first has a call more, for the names, which is refused
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var seen readings
				in := install(t, whmcsfake.Config{Latency: c.latency, Actions: []string{"GetClientsProducts"}}, whmcs.Config{Timeout: 5 * time.Minute},
					query.FinderConfig{Warm: 10 * time.Minute, Observe: seen.observe})
				began := time.Now()
				in.kept(t)
				<-time.After(34 * time.Minute)
				var first []time.Duration
				for i, at := range in.pagesAt(began) {
					if i%7 == 0 {
						first = append(first, at)
					}
				}
				for i, at := range c.want {
					if len(first) < len(c.want) || first[i] != at {
						t.Fatalf("readings began at %v, want %v", first, c.want)
					}
				}
				if n := in.fake.MostAtOnce(); n != 1 {
					t.Errorf("%d calls at once", n)
				}
				if all := seen.ended(); len(all) < 2 || all[0].Rows != 650 || all[0].Calls != 7 || all[0].Err != nil || all[0].Took < 7*c.latency {
					t.Errorf("readings: %+v", all)
				}
			})
		})
	}
}

// TestWarmRowsAnswerAtOnce: from five minutes on the answer says that its rows are warm, up to
// the interval and twice the time of a reading; beyond, WHMCS is read.
func TestWarmRowsAnswerAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Latency: 3 * time.Second}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{Warm: 15 * time.Minute})
		in.kept(t)
		<-time.After(2 * time.Minute)
		if err := in.fake.Set(whmcsfake.Fault{Name: "server-error"}); err != nil {
			t.Fatal(err)
		}
		first := in.find(t, activeOnSaturn, warm)
		if first.Warm || first.Calls != 0 || first.Matched == 0 || !first.Complete {
			t.Errorf("after 2 minutes: warm %v, %d calls, %d found", first.Warm, first.Calls, first.Matched)
		}
		for _, age := range []time.Duration{6 * time.Minute, 14 * time.Minute, 15*time.Minute + 40*time.Second} {
			<-time.After(time.Until(first.AsOf.Add(age)))
			began := time.Now()
			res := in.find(t, activeOnSaturn, warm)
			if !res.Warm || res.Calls != 0 || res.Matched != first.Matched || !res.AsOf.Equal(first.AsOf) || time.Since(began) != 0 {
				t.Errorf("after %v: warm %v, %d calls, %d found as of %v", age, res.Warm, res.Calls, res.Matched, res.AsOf)
			}
		}
		<-time.After(2 * time.Minute)
		if _, err := in.Find(t.Context(), parse(t, activeOnSaturn), warm); err == nil {
			t.Error("rows that are too old answered")
		}
	})
}

// TestWarmRowsServeNothingElse: what must be fresh waits for WHMCS.
func TestWarmRowsServeNothingElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		in.find(t, "as:summary")
		<-time.After(6 * time.Minute)
		for line, opt := range map[string]query.Options{
			"server:saturn as:csv":           warm,
			"server:saturn as:emails":        warm,
			"server:saturn fresh:yes":        warm,
			"server:nosuchserver":            warm, // nothing found
			"server:saturn":                  {},
			"server:jupiter fresh:yes":       {Warm: true, Snapshot: true}, // what Share asks
			"domain:nosuch.example ip:::1":   warm,
			"server:saturn page:1 as:emails": warm,
		} {
			in.fake.ResetCalls()
			res := in.find(t, line, opt)
			if res.Warm || time.Since(res.AsOf) > time.Minute || in.fake.Count("GetClientsProducts") == 0 {
				t.Errorf("%s: warm %v, as of %v ago, %d calls", line, res.Warm, time.Since(res.AsOf), in.fake.Count("GetClientsProducts"))
			}
			<-time.After(6 * time.Minute)
		}
	})
}

// TestWithoutBackgroundReadings: the last complete reading of a question serves for half an
// hour, one that was not complete does not.
func TestWithoutBackgroundReadings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{ScanRows: 700})
		first := in.find(t, "as:summary")
		<-time.After(29 * time.Minute)
		in.fake.ResetCalls()
		if res := in.find(t, activeOnSaturn, warm); !res.Warm || !res.AsOf.Equal(first.AsOf) || in.fake.Count("") != 0 {
			t.Errorf("after 29 minutes: warm %v, as of %v, %d calls", res.Warm, res.AsOf, in.fake.Count(""))
		}
		<-time.After(2 * time.Minute)
		if res := in.find(t, activeOnSaturn, warm); res.Warm || res.Calls != 7 {
			t.Errorf("after 31 minutes: warm %v, %d calls", res.Warm, res.Calls)
		}
		in.fake.Resize(1000)
		<-time.After(31 * time.Minute)
		if res := in.find(t, "as:summary", warm); res.Warm || res.Complete {
			t.Errorf("warm %v, complete %v", res.Warm, res.Complete)
		}
		<-time.After(6 * time.Minute)
		if res := in.find(t, "as:summary", warm); res.Warm {
			t.Error("a part of the installation answered")
		}
	})
}

// TestRenewal: whoever was answered from warm rows joins the reading in progress or begins
// one, at most one in five minutes, and is told when newer rows are there.
func TestRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen readings
		in := install(t, whmcsfake.Config{Latency: 10 * time.Second, Actions: []string{"GetClientsProducts"}}, whmcs.Config{MaxConcurrent: 1}, query.FinderConfig{Observe: seen.observe})
		in.find(t, "as:summary")
		<-time.After(6 * time.Minute)
		old := in.find(t, activeOnSaturn, warm)
		in.fake.Suspend("Saturn", 4)
		in.fake.ResetCalls()
		began := time.Now()
		var all sync.WaitGroup
		for i := range 3 {
			all.Go(func() {
				<-time.After(time.Duration(i) * 20 * time.Second)
				if err := in.AwaitNewer(t.Context(), old.AsOf); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took != 70*time.Second {
					t.Errorf("newer rows came after %v", took)
				}
				if res := in.find(t, activeOnSaturn, warm); res.Calls != 0 || res.Matched >= old.Matched || !res.AsOf.After(old.AsOf) {
					t.Errorf("%d found after %d, %d calls", res.Matched, old.Matched, res.Calls)
				}
			})
		}
		all.Wait()
		if n := in.fake.Count("GetClientsProducts"); n != 7 || len(seen.ended()) != 1 {
			t.Errorf("%d calls in %d readings", n, len(seen.ended()))
		}
		in.Renew()
		<-time.After(time.Minute)
		if n := in.fake.Count("GetClientsProducts"); n != 7 {
			t.Errorf("%d calls: a second reading began within five minutes", n)
		}
	})
}

// TestRenewalThatFails: newer rows are tried for again five minutes after the last reading
// began, as long as somebody waits; then they hear why there are none.
func TestRenewalThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen readings
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{Observe: seen.observe})
		in.find(t, "as:summary")
		<-time.After(6 * time.Minute)
		old := in.find(t, activeOnSaturn, warm)
		if err := in.fake.Set(whmcsfake.Fault{Name: "server-error"}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
		defer cancel()
		var failed *whmcs.Error
		if err := in.AwaitNewer(ctx, old.AsOf); !errors.As(err, &failed) {
			t.Errorf("AwaitNewer: %v", err)
		}
		if all := seen.ended(); len(all) != 1 || all[0].Err == nil || !all[0].AsOf.IsZero() {
			t.Errorf("readings: %+v", all)
		}
		if err := in.fake.Clear("server-error"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := in.AwaitNewer(t.Context(), old.AsOf); err != nil || time.Since(began) > 2*time.Minute || time.Since(began) == 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestBackgroundGivesWay: no question waits for more than one call of the background, however
// many calls it makes one after the other, also where WHMCS takes one at a time.
func TestBackgroundGivesWay(t *testing.T) {
	t.Parallel()
	const call = 3 * time.Second
	for _, most := range []int{1, 2, 4} {
		for _, line := range []string{"client:30 as:table", "service:5", "email:client30@example.com", "domain:demodomain2.net as:csv", "client:30,31,32,33 as:summary", "server:saturn rows:10 fresh:yes"} {
			t.Run(fmt.Sprint(most, " ", line), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					takes := func(cfg query.FinderConfig) (time.Duration, *installation) {
						in := install(t, whmcsfake.Config{Services: 2000, Latency: call}, whmcs.Config{MaxConcurrent: most}, cfg)
						if cfg.Warm > 0 {
							in.kept(t)
						}
						<-time.After(10 * time.Second)
						began := time.Now()
						in.find(t, line)
						return time.Since(began), in
					}
					alone, own := takes(query.FinderConfig{})
					if most == 1 {
						alone = max(alone, time.Duration(own.fake.Count(""))*call) // calls of one question come in any order; the last one may be given up
					}
					beside, in := takes(query.FinderConfig{Warm: 15 * time.Minute})
					if beside > alone+call {
						t.Errorf("it takes %v beside the background, %v without", beside, alone)
					}
					if n := in.fake.MostAtOnce(); n > most {
						t.Errorf("%d calls at once", n)
					}
					<-time.After(10 * time.Minute)
					if in.fake.Count("GetClientsProducts") < 20 {
						t.Error("the background has not gone on")
					}
				})
			})
		}
	}
}

// TestBackgroundWaitsForTheBreaker: while WHMCS is left alone the background makes no call;
// then it goes on where it was.
func TestBackgroundWaitsForTheBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen readings
		in := install(t, whmcsfake.Config{Services: 3000, Latency: time.Second}, whmcs.Config{}, query.FinderConfig{Warm: 15 * time.Minute, Observe: seen.observe})
		in.kept(t)
		<-time.After(10 * time.Second)
		if err := in.fake.Set(whmcsfake.Fault{Name: "bad-credentials"}); err != nil { // opens the breaker at once
			t.Fatal(err)
		}
		<-time.After(5 * time.Second)
		in.fake.ResetCalls()
		if err := in.fake.Clear("bad-credentials"); err != nil {
			t.Fatal(err)
		}
		<-time.After(8 * time.Second)
		if n := in.fake.Count(""); n != 0 {
			t.Errorf("%d calls while the breaker is open", n)
		}
		<-time.After(2 * time.Minute)
		if all := seen.ended(); len(all) != 1 || all[0].Rows != 3000 || all[0].Err != nil {
			t.Errorf("readings: %+v", all)
		}
		if n := in.fake.Count("GetClientsProducts"); n > 25 {
			t.Errorf("%d calls after the pause: it began again", n)
		}
	})
}

// TestWarmRowsAreOfTheWholeInstallation: neither the rows that one question may look at nor
// its time ends a reading, and a question sees all of them, page after page.
func TestWarmRowsAreOfTheWholeInstallation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Services: 3000, Latency: 10 * time.Second}, whmcs.Config{}, query.FinderConfig{Warm: time.Hour, ScanRows: 500})
		in.kept(t)
		<-time.After(20 * time.Minute)
		want := install(t, whmcsfake.Config{Services: 3000}, whmcs.Config{}, query.FinderConfig{}).find(t, "status:active as:csv")
		for _, line := range []string{"status:active rows:10", "status:active sort:-due rows:10", "status:active as:table"} {
			res := in.find(t, line, warm)
			if !res.Warm || !res.Complete || res.Matched != want.Matched || res.Looked != 3000 {
				t.Fatalf("%s: warm %v, %d of %d found: %+v", line, res.Warm, res.Matched, want.Matched, res.Why)
			}
			seen := make(map[int]bool)
			for {
				for _, s := range res.Services {
					if seen[s.ID] {
						t.Errorf("%s shows %d twice", line, s.ID)
					}
					seen[s.ID] = true
				}
				if res.Next == "" {
					break
				}
				res = in.find(t, res.Next, warm)
			}
			if len(seen) != want.Matched {
				t.Errorf("%s: %d rows on all pages, want %d", line, len(seen), want.Matched)
			}
		}
	})
}

// TestPagesOfRowsThatAreNotAtHand: a page further on than one question may look is not found
// once the warm rows are gone, and says so, rather than skip or repeat rows.
func TestPagesOfRowsThatAreNotAtHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen readings
		in := install(t, whmcsfake.Config{Services: 3000}, whmcs.Config{}, query.FinderConfig{Warm: time.Hour, ScanRows: 500, Observe: seen.observe})
		in.kept(t)
		<-time.After(6 * time.Minute)
		if err := in.fake.Set(whmcsfake.Fault{Name: "server-error", Times: 1000}); err != nil {
			t.Fatal(err)
		}
		first := in.find(t, "status:active rows:10", warm)
		<-time.After(2 * time.Hour)
		if err := in.fake.Clear("server-error"); err != nil {
			t.Fatal(err)
		}
		res := in.find(t, first.Next, query.Options{}) // fresh rows are wanted
		if len(res.Services) != 0 || res.Complete || res.Why.Kind != query.GapNotAtHand || res.Why.Looked != 3000 || res.AsOf.IsZero() {
			t.Errorf("%d rows: %+v", len(res.Services), res.Why)
		}
	})
}

// TestPagesMeetWhateverRowsServe: pages of one question from fresh, young and warm rows, in
// every order, while services come and go: no row that was there all the time is skipped, and
// none is shown twice.
func TestPagesMeetWhateverRowsServe(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"-product:1 rows:10", "-product:1 sort:domain rows:10", "-product:1 sort:-id rows:10"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gone := &shrinkingWHMCS{}
				for id := range 300 {
					gone.ids = append(gone.ids, id+1)
				}
				in := finderOf(t, gone, query.FinderConfig{Warm: 20 * time.Minute})
				in.kept(t)
				<-time.After(6 * time.Minute)
				seen := make(map[int]int)
				res, err := in.Find(t.Context(), parse(t, line), warm)
				for page := 0; ; page++ {
					if err != nil {
						t.Fatal(err)
					}
					for _, s := range res.Services {
						seen[s.ID]++
					}
					if res.Next == "" {
						break
					}
					switch page % 4 {
					case 0: // from rows that are fresh
						gone.change(func(ids []int) []int { return slices.Delete(ids, 3, 4) })
						res, err = in.Find(t.Context(), parse(t, res.Next), query.Options{})
					case 1: // from rows that a fresh question read
						_, _ = in.Find(t.Context(), parse(t, "as:summary fresh:yes"), query.Options{})
						res, err = in.Find(t.Context(), parse(t, res.Next), warm)
					default: // from warm ones
						<-time.After(6 * time.Minute)
						res, err = in.Find(t.Context(), parse(t, res.Next), warm)
					}
				}
				gone.mu.Lock()
				defer gone.mu.Unlock()
				for _, id := range gone.ids {
					if seen[id] != 1 {
						t.Errorf("service %d is shown %d times", id, seen[id])
					}
				}
			})
		})
	}
}

// finderOf returns a Finder of a WHMCS that a test plays.
func finderOf(t *testing.T, transport http.RoundTripper, cfg query.FinderConfig) *installation {
	t.Helper()
	api, err := whmcs.New(whmcs.Config{URL: "http://127.0.0.1/", Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return &installation{query.NewFinder(api, cfg), nil}
}

// TestWarmNames: clients' names are read with the rows, so that an answer at once has them.
func TestWarmNames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Latency: time.Second}, whmcs.Config{}, query.FinderConfig{Warm: 15 * time.Minute})
		in.kept(t)
		<-time.After(10 * time.Minute)
		for _, line := range []string{"server:saturn as:clients", "server:saturn rows:10"} {
			in.fake.ResetCalls()
			res := in.find(t, line, warm)
			if n := in.fake.Count(""); !res.Warm || n != 0 || len(res.Clients) == 0 || res.Unnamed != 0 {
				t.Errorf("%s: warm %v, %d calls, names of %v, %d without", line, res.Warm, n, slices.Collect(maps.Keys(res.Clients)), res.Unnamed)
			}
		}
	})
}

// TestNamesOfManyClients: they are read for five minutes after the rows, and after the next ones
// from there on, so that newer rows do not wait long for them.
func TestNamesOfManyClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fast, slow := readings{}, readings{}
		in := install(t, whmcsfake.Config{Services: 2000}, whmcs.Config{}, query.FinderConfig{Warm: time.Hour, Observe: fast.observe})
		in.kept(t)
		in = install(t, whmcsfake.Config{Services: 2000, Latency: 55 * time.Second}, whmcs.Config{Timeout: time.Minute}, query.FinderConfig{Warm: 30 * time.Minute, Observe: slow.observe})
		in.kept(t)
		<-time.After(55 * time.Minute) // 20 pages of rows are there after 1,100 s
		all, got := fast.ended()[0].Clients, slow.ended()
		if len(got) != 2 || got[0].Clients != 500 || got[1].Clients != all {
			t.Errorf("%+v: want names of 500 clients, and then of %d", got, all)
		}
	})
}

// TestWarmCardIsReadByID: what a card shows is fetched, and where it is no longer what was
// asked for, WHMCS is read again.
func TestWarmCardIsReadByID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
		in.find(t, "as:summary")
		<-time.After(6 * time.Minute)
		line := `"demodomain2.net" server:pluto status:active`
		calls := in.asked(func() { in.find(t, line, warm) })
		if !slices.ContainsFunc(calls, func(c string) bool { return c == "GetClientsProducts serviceid=2" }) || len(calls) > 2 {
			t.Errorf("asked %v", calls)
		}
		in.fake.Suspend("Pluto", 1)
		if res := in.find(t, line, warm); res.Warm || res.Matched != 0 || res.Looked != 650 {
			t.Errorf("warm %v, %d found of %d", res.Warm, res.Matched, res.Looked)
		}
	})
}

// TestWarmRowsEnd: Close ends a reading, and no other begins.
func TestWarmRowsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := install(t, whmcsfake.Config{Latency: time.Second}, whmcs.Config{}, query.FinderConfig{})
		in.find(t, "as:summary")
		<-time.After(6 * time.Minute)
		in.Renew()
		<-time.After(1500 * time.Millisecond)
		in.Close()
		calls := in.fake.Count("")
		in.Renew()
		<-time.After(time.Minute)
		if n := in.fake.Count(""); n != calls {
			t.Errorf("%d calls after the end", n-calls)
		}
		if err := in.AwaitNewer(t.Context(), time.Now()); err == nil {
			t.Error("AwaitNewer has newer rows after the end")
		}
	})
}
