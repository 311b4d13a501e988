package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// sharingFinders makes n Finders of one installation that share their rows, and counts the
// pages that each reads.
func sharingFinders(t testing.TB, redis *bot.RedisServer, fake *whmcsfake.Server, n int) (finders []*query.Finder, pages []*atomic.Int32) {
	t.Helper()
	for range n {
		read := &atomic.Int32{}
		api, err := whmcs.New(whmcs.Config{URL: fake.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, Observe: func(c whmcs.Call) {
			if c.Action == "GetClientsProducts" {
				read.Add(1)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		finders = append(finders, query.NewFinder(api, query.FinderConfig{Shared: bot.OpenRows(t, redis.URL())}))
		pages = append(pages, read)
	}
	return finders, pages
}

// found asks a Finder and returns what matched, as text.
func found(ctx context.Context, f *query.Finder, line string, progress func(query.Progress)) (string, *query.Result, error) {
	q, err := query.Parse(line)
	if err != nil {
		return "", nil, err
	}
	res, err := f.Find(ctx, q, query.Options{Progress: progress})
	if err != nil {
		return "", nil, err
	}
	var all strings.Builder
	fmt.Fprint(&all, res.Matched, " of ", res.Of, " complete ", res.Complete)
	for _, s := range res.Services {
		fmt.Fprintf(&all, "\n%+v", s)
	}
	return all.String(), res, nil
}

const wholeScan = "status:suspended sort:due rows:10"

// TestRowsAreReadOnceForAll: of replicas that need the whole installation at once one reads it,
// the others wait with its progress and answer the same; one that comes later reads nothing,
// unless it is to be fresh.
func TestRowsAreReadOnceForAll(t *testing.T) {
	t.Parallel()
	redis, fake := bot.StartRedis(t), newInstallation(t, 6000, 100*time.Millisecond)
	finders, pages := sharingFinders(t, redis, fake, 4)
	answers, told := make([]string, 3), make([]atomic.Int32, 3)
	var all sync.WaitGroup
	for n := range 3 {
		all.Add(1)
		go func() {
			defer all.Done()
			var err error
			answers[n], _, err = found(t.Context(), finders[n], wholeScan, func(p query.Progress) {
				if p.Of == 6000 {
					told[n].Add(1)
				}
			})
			if err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	readers := 0
	for n := range 3 {
		if pages[n].Load() > 0 {
			readers++
		}
		if told[n].Load() == 0 {
			t.Errorf("finder %d heard of no progress", n)
		}
		if answers[n] != answers[0] || !strings.Contains(answers[n], "complete true") {
			t.Errorf("finder %d found\n%s\nand not\n%s", n, answers[n], answers[0])
		}
	}
	if readers != 1 {
		t.Errorf("%d replicas read", readers)
	}
	late, _, err := found(t.Context(), finders[3], wholeScan, nil)
	if late != answers[0] || err != nil || pages[3].Load() != 0 {
		t.Errorf("the late one read %d pages and found, %v,\n%s", pages[3].Load(), err, late)
	}
	_, res, err := found(t.Context(), finders[3], wholeScan+" fresh:yes", nil)
	if err != nil || pages[3].Load() < 60 || time.Since(res.AsOf) > time.Minute {
		t.Errorf("a fresh question read %d pages, %v", pages[3].Load(), err)
	}
}

// TestReaderDies: where the one that reads ends, another one reads.
func TestReaderDies(t *testing.T) {
	t.Parallel()
	redis, fake := bot.StartRedis(t), newInstallation(t, 3000, 100*time.Millisecond)
	finders, pages := sharingFinders(t, redis, fake, 2)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		found(ctx, finders[0], wholeScan, nil)
	}()
	for pages[0].Load() == 0 {
		<-time.After(time.Millisecond)
	}
	answer := make(chan string)
	go func() {
		text, _, err := found(t.Context(), finders[1], wholeScan, nil)
		if err != nil {
			t.Error(err)
		}
		answer <- text
	}()
	<-time.After(500 * time.Millisecond)
	cancel()
	<-ended
	if text := <-answer; !strings.Contains(text, "complete true") || pages[1].Load() < 30 {
		t.Errorf("the other one read %d pages:\n%s", pages[1].Load(), text)
	}
}

// TestRowsWithoutTheStore: while the store is away each replica reads for itself.
func TestRowsWithoutTheStore(t *testing.T) {
	t.Parallel()
	redis, fake := bot.StartRedis(t), newInstallation(t, 2000, 0)
	finders, pages := sharingFinders(t, redis, fake, 2)
	redis.Kill()
	for n, f := range finders {
		text, _, err := found(t.Context(), f, wholeScan, nil)
		if err != nil || !strings.Contains(text, "complete true") || pages[n].Load() < 20 {
			t.Errorf("finder %d read %d pages, %v:\n%s", n, pages[n].Load(), err, text)
		}
	}
}

// TestLargerThanAQuestionMayLookAt: rows are shared too where there are more than one question
// may look at.
func TestLargerThanAQuestionMayLookAt(t *testing.T) {
	t.Parallel()
	redis, fake := bot.StartRedis(t), newInstallation(t, 3000, 0)
	var finders []*query.Finder
	for range 2 {
		api, err := whmcs.New(whmcs.Config{URL: fake.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		finders = append(finders, query.NewFinder(api, query.FinderConfig{Shared: bot.OpenRows(t, redis.URL()), ScanRows: 2000}))
	}
	first, _, err := found(t.Context(), finders[0], wholeScan, nil)
	if err != nil {
		t.Fatal(err)
	}
	calls := fake.Count("GetClientsProducts")
	second, _, err := found(t.Context(), finders[1], wholeScan, nil)
	if second != first || err != nil || fake.Count("GetClientsProducts") != calls {
		t.Errorf("%d more calls, %v; found\n%s\nand not\n%s", fake.Count("GetClientsProducts")-calls, err, second, first)
	}
}

// TestOneReplicaKeepsAllWarm: of replicas that keep rows warm one reads, with the names of
// clients, and the others take what it read; where it ends meanwhile, another one reads.
func TestOneReplicaKeepsAllWarm(t *testing.T) {
	t.Parallel()
	redis, fake := bot.StartRedis(t), newInstallation(t, 2000, 50*time.Millisecond)
	read := make(chan query.WarmScan, 10)
	stops := make([]func(), 3)
	finders := make([]*query.Finder, 3)
	for n := range finders {
		api, err := whmcs.New(whmcs.Config{URL: fake.URL(), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
		if err != nil {
			t.Fatal(err)
		}
		finders[n] = query.NewFinder(api, query.FinderConfig{
			SharedWarm: bot.OpenRows(t, redis.URL()), Warm: time.Hour, SnapshotLife: time.Millisecond, ScanRows: 500,
			Observe: func(r query.WarmScan) { read <- r },
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			finders[n].KeepWarm(ctx)
		}()
		stops[n] = sync.OnceFunc(func() {
			cancel()
			<-ended
			finders[n].Close()
		})
		t.Cleanup(stops[n])
		if n == 0 {
			for fake.Count("GetClientsProducts") < 3 {
				<-time.After(time.Millisecond)
			}
		}
	}
	stops[0]() // in the middle of its reading
	began := fake.Count("GetClientsProducts")
	here, elsewhere := <-read, <-read
	if here.Elsewhere {
		here, elsewhere = elsewhere, here
	}
	if here.Elsewhere || !elsewhere.Elsewhere || here.Rows != 2000 || elsewhere.Rows != 2000 || here.Clients == 0 || elsewhere.Clients != here.Clients {
		t.Errorf("readings: %+v and %+v", here, elsewhere)
	}
	if n := fake.Count("GetClientsProducts") - began; n > 21 {
		t.Errorf("%d calls: both have read", n)
	}
	calls := fake.Count("")
	for n, f := range finders[1:] {
		q, err := query.Parse("server:saturn as:clients")
		if err != nil {
			t.Fatal(err)
		}
		res, err := f.Find(t.Context(), q, query.Options{Warm: true})
		if err != nil || !res.Warm || !res.Complete || res.Looked != 2000 || res.Unnamed != 0 {
			t.Errorf("finder %d: %v, %+v", n+1, err, res)
		}
	}
	if n := fake.Count("") - calls; n != 0 {
		t.Errorf("%d calls for what is warm", n)
	}
}

// BenchmarkSharedRows reads 20,000 services from a WHMCS that takes 50 ms a page, and then takes
// them from another process's copy. It prints both times, what is on the server, and judges
// nothing.
func BenchmarkSharedRows(b *testing.B) {
	redis := bot.StartRedis(b)
	var took [2]time.Duration
	for n, latency := range []time.Duration{50 * time.Millisecond, 0} { // what else is asked of WHMCS costs the second nothing
		finders, _ := sharingFinders(b, redis, newInstallation(b, 20_000, latency), 1)
		f := finders[0]
		begun := time.Now()
		if _, _, err := found(b.Context(), f, "status:suspended sort:due rows:1", nil); err != nil {
			b.Fatal(err)
		}
		took[n] = time.Since(begun)
	}
	bytes := 0
	for key := range strings.FieldsSeq(redis.Do("KEYS *rows-*")) {
		if strings.HasPrefix(key, "{") {
			n := 0
			fmt.Sscanf(redis.Do("MEMORY USAGE "+key), ":%d", &n)
			bytes += n
		}
	}
	fmt.Printf("\nread from WHMCS in %v, from the copy in %v (1/%.0f); %.2f MiB on the server\n", took[0], took[1], float64(took[0])/float64(took[1]), float64(bytes)/(1<<20))
}
