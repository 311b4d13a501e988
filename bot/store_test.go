package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs"
)

// common is what the memory of one process and the store of several promise alike.
type common interface {
	claims
	values
	limits
}

// A journalLimit counts by the tokens that a store takes for what it accepts.
type journalLimit struct{ *Store }

func (l journalLimit) take(ctx context.Context, name string, perMinute int) (time.Duration, error) {
	is, err := l.accept(ctx, entry{ref: newRef(), asker: name, perMinute: perMinute})
	return is.wait, err
}

// promises are held by both.
var promises = []struct {
	name  string
	holds func(t *testing.T, ctx context.Context, s common)
}{
	{"a name is somebody's once", func(t *testing.T, ctx context.Context, s common) {
		claims := func(by string, want bool, names ...string) {
			t.Helper()
			if got, err := s.claim(ctx, by, time.Minute, names...); got != want || err != nil {
				t.Errorf("%s claims %q: %v, %v", by, names, got, err)
			}
		}
		claims("a", true, "Ev1", "C1/1")
		claims("b", false, "Ev1", "C1/2")
		claims("b", false, "Ev2", "C1/1")
		claims("a", true, "Ev1", "C1/1") // as after a reply that was lost
		claims("b", true, "Ev2", "C1/2") // what was refused has claimed nothing
		claims("c", true, "", "")        // an empty name is none
		claims("c", true)
	}},
	{"what is released is free, by its owner alone", func(t *testing.T, ctx context.Context, s common) {
		s.claim(ctx, "a", time.Minute, "share")
		s.release(ctx, "b", "share")
		if got, _ := s.claim(ctx, "b", time.Minute, "share"); got {
			t.Error("somebody else released it")
		}
		s.release(ctx, "a", "share", "")
		if got, _ := s.claim(ctx, "b", time.Minute, "share"); !got {
			t.Error("it is not free")
		}
	}},
	{"a claim lapses", func(t *testing.T, ctx context.Context, s common) {
		s.claim(ctx, "a", 30*time.Millisecond, "lease")
		begun := time.Now()
		for {
			if got, _ := s.claim(ctx, "b", time.Minute, "lease"); got {
				break
			}
			if time.Since(begun) > 5*time.Second {
				t.Fatal("it never does")
			}
		}
		if time.Since(begun) < 20*time.Millisecond {
			t.Error("it lapsed at once")
		}
	}},
	{"of many who claim at once one gets it", func(t *testing.T, ctx context.Context, s common) {
		var got atomic.Int32
		at(20, func(n int) {
			if mine, err := s.claim(ctx, fmt.Sprint(n), time.Minute, "one", fmt.Sprint("own", n)); mine && err == nil {
				got.Add(1)
			}
		})
		if got.Load() != 1 {
			t.Errorf("%d got it", got.Load())
		}
	}},
	{"a value changes by who saw it last", func(t *testing.T, ctx context.Context, s common) {
		add := func(page []byte) []byte {
			n, _ := strconv.Atoi(string(page))
			return []byte(strconv.Itoa(n + 1))
		}
		at(8, func(int) {
			for begun := time.Now(); time.Since(begun) < 5*time.Second; { // the store gives up after many changes by others
				if _, err := s.change(ctx, "counter", time.Minute, add); err == nil {
					return
				}
			}
		})
		same := func(value []byte) []byte { return value }
		for _, read := range []func(name string) ([]byte, error){
			func(name string) ([]byte, error) { return s.change(ctx, name, time.Minute, same) },
			func(name string) ([]byte, error) { return s.read(ctx, name) },
		} {
			if value, err := read("counter"); string(value) != "8" || err != nil {
				t.Errorf("8 changes made it %q, %v", value, err)
			}
			if value, err := read("another"); value != nil || err != nil {
				t.Errorf("a value that nobody wrote is %q, %v", value, err)
			}
		}
	}},
	{"a limit lets so many pass, and says when the next may", func(t *testing.T, ctx context.Context, s common) {
		for n := range 30 {
			if wait, err := s.take(ctx, "T1/U1", 30); wait != 0 || err != nil {
				t.Fatalf("number %d waits %v, %v", n, wait, err)
			}
		}
		wait, err := s.take(ctx, "T1/U1", 30)
		if wait <= time.Second || wait > 2*time.Second || err != nil {
			t.Errorf("number 31 waits %v, %v", wait, err)
		}
		if wait, _ := s.take(ctx, "T1/U2", 30); wait != 0 {
			t.Errorf("somebody else waits %v", wait)
		}
	}},
}

// at runs do n times at once.
func at(n int, do func(n int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Add(1)
		go func() {
			defer all.Done()
			do(i)
		}()
	}
	all.Wait()
}

// TestPromises holds the memory of a process and the store to the same promises.
func TestPromises(t *testing.T) {
	t.Parallel()
	for _, p := range promises {
		t.Run("memory/"+p.name, func(t *testing.T) {
			t.Parallel()
			p.holds(t, t.Context(), newMemory())
		})
	}
	t.Run("store", func(t *testing.T) {
		t.Parallel()
		url := sharedServer(t)
		for n, p := range promises {
			t.Run(p.name, func(t *testing.T) { p.holds(t, t.Context(), journalLimit{openStore(t, url, fmt.Sprint("A", n))}) })
		}
	})
}

// TestWhatTwoReplicasShare: one replica's claims, pages, rates and entries are the other's;
// another app's are not.
func TestWhatTwoReplicasShare(t *testing.T) {
	t.Parallel()
	url, ctx := sharedServer(t), t.Context()
	one, two, other := openStore(t, url, "A1share"), openStore(t, url, "A1share"), openStore(t, url, "A2share")
	e := entry{ref: "ref1", names: []string{"Ev1", "C1/1/"}, request: []byte("client:1")}
	for _, c := range []struct {
		s    *Store
		ref  string
		want bool
	}{{one, "ref1", true}, {two, "ref2", false}, {other, "ref3", true}} {
		if is, err := c.s.accept(ctx, entry{ref: c.ref, names: e.names, request: e.request}); is.first != c.want || err != nil {
			t.Errorf("%s: accepted %v, %v", c.ref, is, err)
		}
	}
	one.change(ctx, "noted", time.Minute, func([]byte) []byte { return []byte("demodomain.com") })
	if value, _ := two.read(ctx, "noted"); string(value) != "demodomain.com" {
		t.Errorf("the value is %q at the other replica", value)
	}
	if value, _ := other.read(ctx, "noted"); value != nil {
		t.Errorf("the value is %q at another app", value)
	}
	for range 30 {
		journalLimit{one}.take(ctx, "T1/U1", 30)
	}
	if wait, _ := (journalLimit{two}).take(ctx, "T1/U1", 30); wait == 0 {
		t.Error("each replica counts for itself")
	}
	limited := entry{ref: "limited", asker: "T1/U3", perMinute: 1}
	for range 2 { // the second time as after a reply that was lost
		if is, err := one.accept(ctx, limited); !is.first || is.wait != 0 || err != nil {
			t.Errorf("the first of a minute: %v, %v", is, err)
		}
	}
	limited.ref = "limited-2"
	if is, _ := one.accept(ctx, limited); is.wait == 0 {
		t.Error("the second of a minute need not wait")
	}
	e.asker = "T1/U1"
	for _, e.asked = range []string{"client:1", "client:2", "client:1"} {
		one.done(ctx, e, true)
	}
	e.asker, e.asked = "T1/U2", ""
	one.done(ctx, e, true)
	if lines, err := two.lastAsked(ctx, "T1/U1"); !slices.Equal(lines, []string{"client:1", "client:2"}) || err != nil {
		t.Errorf("asked last, by the other replica: %q, %v", lines, err)
	}
	for _, who := range []struct {
		s     *Store
		asker string
	}{{two, "T1/U2"}, {other, "T1/U1"}} {
		if lines, err := who.s.lastAsked(ctx, who.asker); len(lines) > 0 || err != nil {
			t.Errorf("%s has asked %q, %v", who.asker, lines, err)
		}
	}
	if is, _ := two.accept(ctx, entry{ref: "ref4", names: e.names}); is.first {
		t.Error("what was answered is accepted again")
	}
	again := entry{ref: "ref5", names: []string{"Ev5"}}
	one.accept(ctx, again)
	one.done(ctx, again, false)
	if is, _ := two.accept(ctx, entry{ref: "ref6", names: []string{"Ev5"}}); !is.first {
		t.Error("what was turned away may not come again")
	}
}

// TestTakeOver: what a replica had accepted and not done goes to one other, once, with whether
// it may have been posted; the replica that was taken for dead may post no more, and the one that took it
// over may.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	dead, one, two := openStore(t, redis.URL(), "A1"), openStore(t, redis.URL(), "A1"), openStore(t, redis.URL(), "A1")
	for _, ref := range []string{"waits", "posted", "done", "stopped"} {
		if _, err := dead.accept(ctx, entry{ref: ref, request: []byte("request " + ref)}); err != nil {
			t.Fatal(err)
		}
	}
	dead.beat(ctx)
	if may, _ := dead.post(ctx, "posted", "U1"); may != permitted {
		t.Errorf("its own: %v", may)
	}
	dead.done(ctx, entry{ref: "done"}, true)
	if all, err := one.takeOver(ctx, dead.id); len(all) != 0 || err != nil {
		t.Errorf("a replica that lives was taken over: %v, %v", all, err)
	}
	if err := dead.leave(ctx); err != nil {
		t.Fatal(err)
	}
	if r, _ := one.beat(ctx); len(r.left) != 1 || r.left[0] != dead.id || len(r.living) != 1 {
		t.Errorf("replicas: %+v", r)
	}
	var got [2][]entry
	at(2, func(n int) { got[n], _ = []*Store{one, two}[n].takeOver(ctx, dead.id) })
	all := append(got[0], got[1]...)
	if len(all) != 3 || len(got[0])*len(got[1]) != 0 {
		t.Fatalf("taken over: %v and %v", got[0], got[1])
	}
	taker := one
	if len(got[1]) > 0 {
		taker = two
	}
	taker.raise(ctx, stopFlag("stopped", "U1"), time.Minute)
	taker.raise(ctx, stopFlag("waits", "U2"), time.Minute) // somebody else's
	for _, e := range all {
		if e.posted != (e.ref == "posted") || string(e.request) != "request "+e.ref {
			t.Errorf("%+v", e)
		}
		if may, _ := dead.post(ctx, e.ref, "U1"); may != takenOver {
			t.Errorf("the dead one may post %s: %v", e.ref, may)
		}
		want := map[bool]permit{true: toldStop, false: permitted}[e.ref == "stopped"]
		if may, _ := taker.post(ctx, e.ref, "U1"); may != want {
			t.Errorf("the taker may post %s: %v", e.ref, may)
		}
	}
	redis.Do("FLUSHALL")
	if may, _ := taker.post(ctx, "waits", "U1"); may != permitted {
		t.Error("a server that lost everything keeps answers back")
	}
}

// TestStoreIsSealed: nothing that somebody typed or Slack said is legible on the server, and
// what was sealed with another token, or for another key, is as good as absent.
func TestStoreIsSealed(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	s := openStore(t, redis.URL(), "A1")
	s.accept(ctx, entry{ref: "ref1", names: []string{"Ev1SECRET", "C0SECRET/1.2/"}, request: []byte("domain:secret.example.com"), asker: "T1/U0SECRET", perMinute: 30})
	s.change(ctx, "page/U0SECRET", time.Minute, func([]byte) []byte { return []byte("email:secret@example.com") })
	s.done(ctx, entry{ref: "ref1", names: []string{"Ev1SECRET"}, asker: "T1/U0SECRET", asked: "domain:secret.example.com"}, true)
	s.accept(ctx, entry{ref: "ref2", request: []byte("domain:secret.example.com")})
	if lists := redis.Do("LLEN " + s.key("asked", "T1/U0SECRET")); !strings.HasPrefix(lists, ":1") {
		t.Errorf("what was asked is not there: %q", lists)
	}
	for key := range strings.FieldsSeq(redis.Do("KEYS *")) {
		shown := key
		switch {
		case strings.Contains(redis.Do("TYPE "+key), "hash"):
			shown += redis.Do("HGETALL " + key)
		case strings.Contains(redis.Do("TYPE "+key), "string"):
			shown += redis.Do("GET " + key)
		case strings.Contains(redis.Do("TYPE "+key), "list"):
			shown += redis.Do("LRANGE " + key + " 0 -1")
		}
		if strings.Contains(strings.ToLower(shown), "secret") {
			t.Errorf("%s shows %q", key, shown)
		}
		if strings.HasPrefix(key, "{") && !strings.HasPrefix(key, "{T1:A1}:") {
			t.Errorf("key %s does not begin with the team and the app", key)
		}
	}
	other, err := newSeal("xoxb-2-another")
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.seal.close("key", []byte("value"))
	if _, ok := other.open("key", sealed); ok {
		t.Error("another token opens it")
	}
	if _, ok := s.seal.open("another", sealed); ok {
		t.Error("it opens as another key's")
	}
	if v, ok := s.seal.open("key", sealed); !ok || string(v) != "value" || bytes.Equal(sealed, s.seal.close("key", []byte("value"))) {
		t.Error("it does not open, or its nonce is not random")
	}
	redis.Do("SET " + s.valueKey("broken") + " nonsense")
	page, err := s.change(ctx, "broken", time.Minute, func(page []byte) []byte { return append(page, "new"...) })
	if string(page) != "new" || err != nil {
		t.Errorf("what cannot be opened is not absent: %q, %v", page, err)
	}
}

// TestOutage: an outage costs one time limit; while it lasts the store says so at once, and
// when it is over it is used again within 5 s.
func TestOutage(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	s := openStore(t, redis.URL(), "A1")
	if _, err := s.claim(ctx, "a", time.Minute, "before"); err != nil {
		t.Fatal(err)
	}
	back := func(how string) {
		t.Helper()
		for begun := time.Now(); ; {
			if _, err := s.claim(ctx, "a", time.Minute, "after"); err == nil {
				return
			}
			if time.Since(begun) > 5*time.Second {
				t.Fatalf("%s: not used again after 5 s", how)
			}
			<-time.After(10 * time.Millisecond)
		}
	}
	redis.Freeze()
	begun := time.Now()
	s.claim(ctx, "a", time.Minute, "frozen")
	if took := time.Since(begun); took > storeWithin+500*time.Millisecond {
		t.Errorf("the first call took %v", took)
	}
	begun = time.Now()
	for range 1000 {
		if _, err := s.claim(ctx, "a", time.Minute, "frozen"); err != errAway {
			t.Fatalf("a frozen store: %v", err)
		}
	}
	if took := time.Since(begun); took > 100*time.Millisecond {
		t.Errorf("1000 further calls took %v", took)
	}
	if state := s.State(); !strings.HasPrefix(state, "away for") {
		t.Errorf("the state is %q", state)
	}
	redis.Thaw()
	back("thawed")
	redis.Kill()
	if _, err := s.claim(ctx, "a", time.Minute, "killed"); err != errAway {
		t.Errorf("a killed store: %v", err)
	}
	redis.Start()
	back("started again with nothing in it")
	if state := s.State(); state != "answers" {
		t.Errorf("the state is %q", state)
	}
}

// TestStoreLogin: a server that refuses the login is an error at once, without the password; a
// server that is not there is none.
func TestStoreLogin(t *testing.T) {
	t.Parallel()
	redis := StartRedis(t)
	redis.Kill()
	open := func(login string) error {
		cfg := StoreConfig{URL: Secret("redis://" + login + redis.Addr()), BotToken: "xoxb-1", Status: NewStatus(""), Log: slog.New(slog.DiscardHandler)}
		s, err := OpenStore(t.Context(), cfg)
		if err == nil {
			s.Close()
		}
		return err
	}
	if err := open(""); err != nil {
		t.Errorf("a server that is not there: %v", err)
	}
	redis.Start("--requirepass", "right")
	for login, good := range map[string]bool{"": false, ":hunter2@": false, "hunter2:right@": false, ":right@": true} {
		err := open(login)
		if (err == nil) != good || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("login %q: %v", login, err)
		}
	}
	redis.Freeze()
	begun := time.Now()
	if err := open(":right@"); err != nil || time.Since(begun) > 4*time.Second {
		t.Errorf("a server that does not answer: %v after %v", err, time.Since(begun))
	}
	redis.Thaw()
}

// TestStoreURL: what is wrong with a URL is said without a part of it.
func TestStoreURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"redis://h", "rediss://u:p@h:6380/2", "valkey://h:1", "valkeys://h:1?skip_verify=false", "unix:///run/redis.sock?db=1",
		"redis://h:1?addr=h2:1&addr=h3:1", "redis://h:26379/0?master_set=mymaster", "redis://h?dial_timeout=500ms&protocol=2",
	} {
		if err := CheckStoreURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"hunter2", "http://u:hunter2@h", "redis:hunter2", "redis://", "redis://u:hunter2@h/x", "redis://u:hunter2@h?pool_size=3", "redis://u:hunter2@h?hunter2=1",
		"redis://u:hunter2@h?dial_timeout=5", "redis://u:hunter2@h:port", "redis://u:hunter2@h/1/2", "redis://u:hunter2@h?a;b", "redis://u:hunter2@h/-1", "%zz",
	} {
		err := CheckStoreURL(bad)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	err := CheckStoreURL("redis://h?pool_size=3")
	if err == nil || !strings.Contains(err.Error(), `"pool_size", which is not known`) {
		t.Errorf("an unknown parameter: %v", err)
	}
}

// TestPlacesOfAllReplicas: all replicas together make so many calls at once; who waits longest
// is next; what a dead replica held lapses; while the store is away each has its part.
func TestPlacesOfAllReplicas(t *testing.T) {
	t.Parallel()
	redis := StartRedis(t)
	const most = 4
	var stores []*Store
	var all []whmcs.Places
	for range 2 {
		s := openStore(t, redis.URL(), "A1")
		stores = append(stores, s)
		all = append(all, s.Places("billing", most, 20*time.Second))
	}
	for _, s := range stores {
		s.beat(t.Context())
		s.beat(t.Context())
	}
	stores[0].beat(t.Context()) // so that it has seen the other
	var now, peak atomic.Int32
	var by [2]atomic.Int32
	load := func(calls int) {
		at(2*most, func(n int) {
			for range calls {
				p := all[n%2]
				if err := p.Take(t.Context()); err != nil {
					t.Error(err)
					return
				}
				for here := now.Add(1); ; {
					if had := peak.Load(); had >= here || peak.CompareAndSwap(had, here) {
						break
					}
				}
				by[n%2].Add(1)
				<-time.After(10 * time.Millisecond)
				now.Add(-1)
				p.Give()
			}
		})
	}
	load(10)
	if peak.Load() != most {
		t.Errorf("%d calls at once, want %d", peak.Load(), most)
	}
	if by[0].Load() != by[1].Load() {
		t.Errorf("one replica made %d calls, the other %d", by[0].Load(), by[1].Load())
	}
	redis.Kill()
	for _, s := range stores {
		for s.ready() != nil {
			<-time.After(5 * time.Millisecond)
		}
	}
	peak.Store(0)
	load(3)
	if peak.Load() > most {
		t.Errorf("without the store %d calls at once, want %d at most", peak.Load(), most)
	}

	redis.Start()
	short := openStore(t, redis.URL(), "A1").Places("another", 1, -placeSpare+300*time.Millisecond)
	if err := short.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now() // it is never given back
	if err := openStore(t, redis.URL(), "A1").Places("another", 1, time.Second).Take(t.Context()); err != nil || time.Since(begun) < 200*time.Millisecond {
		t.Errorf("the place of a dead replica: %v after %v", err, time.Since(begun))
	}
}

// TestPlacesAreKept: quick calls in a row are made with one place, which another replica has a
// moment after the last of them.
func TestPlacesAreKept(t *testing.T) {
	t.Parallel()
	redis := StartRedis(t)
	one, two := openStore(t, redis.URL(), "A1"), openStore(t, redis.URL(), "A1")
	quick, other := one.Places("billing", 1, time.Second), two.Places("billing", 1, time.Second)
	holder := func() string { return redis.Do("ZRANGE " + one.key("places", "billing") + " 0 -1") }
	if err := quick.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, begun := holder(), time.Now()
	for time.Since(begun) < placeKept/2 {
		quick.Give()
		if err := quick.Take(t.Context()); err != nil || holder() != first {
			t.Fatalf("%v; the place of %q is %q's now", err, first, holder())
		}
	}
	quick.Give()
	if err := other.Take(t.Context()); err != nil || holder() == first {
		t.Errorf("%v; the other replica has no place", err)
	}
	other.Give()
	if err := quick.Take(t.Context()); err != nil {
		t.Error(err)
	}
	for slow := time.Now(); time.Since(slow) <= placeKept; {
		<-time.After(placeKept / 4)
	}
	quick.Give()
	if is := holder(); !strings.HasPrefix(is, "*0") {
		t.Errorf("after a slow call the place is still %q's", is)
	}
}

// TestClosedConnections: that the server has closed connections meanwhile is no outage.
func TestClosedConnections(t *testing.T) {
	t.Parallel()
	redis := StartRedis(t)
	s := openPatientStore(t, redis.URL(), "A1", 2*time.Second)
	for round := range 3 {
		at(2*storeConnections, func(n int) {
			if got, err := s.claim(t.Context(), "me", time.Minute, fmt.Sprint(round, "/", n)); !got || err != nil {
				t.Errorf("round %d: %v, %v", round, got, err)
			}
		})
		redis.Do("CLIENT KILL TYPE normal SKIPME yes")
	}
}

// TestExamineStore: the doctor learns what the server is, or why it cannot.
func TestExamineStore(t *testing.T) {
	t.Parallel()
	redis := StartRedis(t)
	facts, err := ExamineStore(t.Context(), redis.URL(), "xapp-1-A0000001-1-x", &slack.AuthTestResponse{TeamID: "T1"})
	if err != nil || facts.Server != "redis" && facts.Server != "valkey" || facts.Version == "" || facts.Policy != "noeviction" || facts.Latency <= 0 || !facts.Tried {
		t.Errorf("%+v, %v", facts, err)
	}
	redis.Kill()
	if _, err := ExamineStore(t.Context(), redis.URL(), "", nil); !errors.As(err, new(*UnreachableStore)) || strings.Contains(err.Error(), redis.Addr()) {
		t.Errorf("a server that is not there: %v", err)
	}
	redis.Start("--requirepass", "right", "--maxmemory-policy", "allkeys-lru")
	if _, err := ExamineStore(t.Context(), redis.URL(), "", nil); err != ErrStoreLogin {
		t.Errorf("a server that wants a password: %v", err)
	}
	if facts, err := ExamineStore(t.Context(), Secret("redis://:right@"+redis.Addr()), "", nil); err != nil || facts.Policy != "allkeys-lru" {
		t.Errorf("%+v, %v", facts, err)
	}
	valkey := factsOf("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n# Memory\r\nmaxmemory_policy:noeviction\r\n")
	if want := (StoreFacts{Server: "valkey", Version: "8.1.1", Policy: "noeviction"}); valkey != want {
		t.Errorf("%+v, want %+v", valkey, want)
	}
}

// TestExamineStoreTries: the doctor finds a server that answers and does not do what the bot
// needs, and the rules of OPERATING.md are enough.
func TestExamineStoreTries(t *testing.T) {
	t.Parallel()
	const commands = "+@read +@write +@connection +@scripting +@pubsub +info +time"
	const enough = "~{T1:A0000001}:* &{T1:A0000001}:* " + commands
	if doc, err := os.ReadFile("../.github/OPERATING.md"); err != nil || !strings.Contains(string(doc), commands) {
		t.Errorf("OPERATING.md has other rules (%v)", err)
	}
	self := &slack.AuthTestResponse{TeamID: "T1"}
	redis := StartRedis(t)
	redis.Do("ACL SETUSER enough on >pw " + enough)
	redis.Do("ACL SETUSER keys on >pw " + strings.Replace(enough, "~{T1:A0000001}:*", "~other:*", 1))
	redis.Do("ACL SETUSER channels on >pw " + strings.Replace(enough, "&{T1:A0000001}:*", "resetchannels &other:*", 1))
	redis.Do("ACL SETUSER scripts on >pw " + strings.Replace(enough, "+@scripting", "", 1))
	redis.Do("ACL SETUSER news on >pw " + strings.Replace(enough, "+@pubsub", "+publish", 1))
	for user, allowed := range map[string]bool{"enough": true, "keys": false, "channels": false, "scripts": false, "news": false} {
		facts, err := ExamineStore(t.Context(), Secret("redis://"+user+":pw@"+redis.Addr()), "xapp-1-A0000001-1-x", self)
		if forbidden := errors.As(err, new(*ForbiddenStore)); forbidden == allowed || facts.Version == "" {
			t.Errorf("%s: %+v, %v", user, facts, err)
		}
	}
	redis.Do("CONFIG SET maxmemory 1mb")
	if _, err := ExamineStore(t.Context(), redis.URL(), "xapp-1-A0000001-1-x", self); !errors.As(err, new(*AnsweringStore)) {
		t.Errorf("memory is full: %v", err)
	}
	if _, err := ExamineStore(t.Context(), redis.URL()+"/99", "", nil); !errors.As(err, new(*AnsweringStore)) {
		t.Errorf("no such database: %v", err)
	}
}

// TestStoreStaysAway: a server that does not let the bot run its scripts is away and stays so.
func TestStoreStaysAway(t *testing.T) {
	t.Parallel()
	redis := StartRedis(t)
	redis.Do("ACL SETUSER few on >pw ~* &* +@read +@write +@connection +@pubsub +info +time")
	s := openStore(t, Secret("redis://few:pw@"+redis.Addr()), "A1")
	for !strings.HasPrefix(s.State(), "away") {
		if t.Context().Err() != nil {
			t.Fatal(s.State())
		}
		<-time.After(5 * time.Millisecond)
	}
	if err := s.probe(t.Context()); !forbids(err) {
		t.Errorf("a probe without scripts: %v", err)
	}
}
