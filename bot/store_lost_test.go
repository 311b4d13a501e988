package bot

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Swallowing starts a proxy in front of a server. While it swallows, what is sent arrives and no
// reply comes back; when that ends the connections do too, as no byte of a connection can be
// missing.
func Swallowing(t testing.TB, server string) (url Secret, swallow func(bool)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	swallows, open := false, map[net.Conn]bool{}
	var ended sync.WaitGroup
	end := func() {
		for c := range open {
			c.Close()
		}
	}
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		end()
		mu.Unlock()
		ended.Wait()
	})
	pass := func(to, from net.Conn, reply bool) {
		defer ended.Done()
		defer to.Close()
		defer from.Close()
		for buffer := make([]byte, 64<<10); ; {
			n, err := from.Read(buffer)
			if err != nil {
				return
			}
			mu.Lock()
			drop := swallows && reply
			mu.Unlock()
			if !drop {
				if _, err := to.Write(buffer[:n]); err != nil {
					return
				}
			}
		}
	}
	ended.Add(1)
	go func() {
		defer ended.Done()
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				continue
			}
			mu.Lock()
			open[client], open[upstream] = true, true
			ended.Add(2)
			mu.Unlock()
			go pass(upstream, client, false)
			go pass(client, upstream, true)
		}
	}()
	return Secret("redis://" + l.Addr().String()), func(on bool) {
		mu.Lock()
		defer mu.Unlock()
		swallows = on
		if !on {
			end()
			clear(open)
		}
	}
}

// TestSwallowedReplies: a write whose reply is lost counts as not known, is sent once, and does not
// turn its own maker away when it is made again. Nobody else gets the name.
func TestSwallowedReplies(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	url, swallow := Swallowing(t, redis.Addr())
	behind, direct := openStore(t, url, "A1"), openStore(t, redis.URL(), "A1")
	if is, err := behind.accept(ctx, entry{ref: "before"}); !is.first || err != nil { // the server knows the script from now on
		t.Fatalf("%v, %v", is, err)
	}
	back := func() {
		t.Helper()
		swallow(false)
		for begun := time.Now(); behind.ready() == nil; <-time.After(5 * time.Millisecond) {
			if time.Since(begun) > 5*time.Second {
				t.Fatal("not used again after 5 s")
			}
		}
	}
	var e entry
	for n := 0; ; n++ { // a probe that is on its way may keep it from being sent
		e = entry{ref: fmt.Sprint("ref", n), names: []string{fmt.Sprint("Ev", n)}, request: []byte("request")}
		swallow(true)
		if is, err := behind.accept(ctx, e); is.first || err != errAway {
			t.Fatalf("an entry without a reply: %v, %v", is, err)
		}
		if strings.HasPrefix(redis.Do("EXISTS "+behind.key("claim", e.names[0])), ":1") {
			break
		}
		back()
	}
	if got, err := behind.claim(ctx, "a", time.Minute, "share"); got || err != errAway {
		t.Errorf("a claim while it is away: %v, %v", got, err)
	}
	back()
	if is, err := direct.accept(ctx, entry{ref: "another", names: e.names}); is.first || err != nil {
		t.Errorf("the entry had no effect: %v, %v", is, err)
	}
	for begun := time.Now(); ; { // the first call may find that the connection is gone
		is, err := behind.accept(ctx, e)
		if is.first && err == nil {
			break
		}
		if err == nil || time.Since(begun) > 5*time.Second {
			t.Fatalf("its maker is turned away: %v, %v", is, err)
		}
	}
	behind.renew(ctx, false)
	if mine, err := direct.claim(ctx, "b", time.Minute, "share"); mine || err != nil {
		t.Errorf("a claim that was made while the server was away is not put there: %v, %v", mine, err)
	}
}

// TestClaimsAreRenewed: what is in progress for long keeps its claims, what is done does not need
// that, and what was taken over is not renewed by who had it.
func TestClaimsAreRenewed(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	one, two := openStore(t, redis.URL(), "A1"), openStore(t, redis.URL(), "A1")
	long, short, taken := entry{ref: "long", names: []string{"Ev1"}}, entry{ref: "short", names: []string{"Ev2"}}, entry{ref: "taken", names: []string{"Ev3"}}
	for _, e := range []entry{long, short, taken} {
		if is, err := one.accept(ctx, e); !is.first || err != nil {
			t.Fatal(is, err)
		}
	}
	one.done(ctx, short, true)
	key := one.key("claim", "Ev1")
	redis.Do("PEXPIRE " + key + " 60000")
	one.renew(ctx, false)
	if left := redis.Do("TTL " + key); !strings.HasPrefix(left, ":60") && !strings.HasPrefix(left, ":59") {
		t.Errorf("a new entry is renewed: %s", left)
	}
	for _, e := range one.kept.open {
		e.told = e.told.Add(-renewAfter)
	}
	redis.Do("SET " + one.takenKey("taken") + " " + two.id)
	redis.Do("DEL " + one.key("claim", "Ev3"))
	one.renew(ctx, false)
	if left := redis.Do("TTL " + key); !strings.HasPrefix(left, ":300") && !strings.HasPrefix(left, ":299") {
		t.Errorf("an entry in progress lasts %s", left)
	}
	if is := redis.Do("EXISTS " + one.key("claim", "Ev3")); !strings.HasPrefix(is, ":0") {
		t.Error("an entry that was taken over is renewed")
	}
	if len(one.kept.open) != 1 {
		t.Errorf("%d entries are kept, want 1", len(one.kept.open))
	}
}

// TestDoneStaysDone: what is done while it is entered again does not stay in the journal, nor does
// what could not be taken out of it before its replica leaves.
func TestDoneStaysDone(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	one, two := openStore(t, redis.URL(), "A1"), openStore(t, redis.URL(), "A1")
	for _, e := range []entry{{ref: "during", names: []string{"Ev1"}}, {ref: "before", names: []string{"Ev2"}}, {ref: "left", names: []string{"Ev3"}}} {
		if is, err := one.accept(ctx, e); !is.first || err != nil {
			t.Fatal(is, err)
		}
	}
	one.kept.failed()
	again := one.kept.owed(false)
	if err := one.done(ctx, entry{ref: "during", names: []string{"Ev1"}}, true); err != nil {
		t.Fatal(err)
	}
	if err := one.putBack(ctx, &again); err != nil {
		t.Fatal(err)
	}
	one.kept.end("before") // as done does before a call that fails
	one.kept.remains("before")
	if err := one.leave(ctx); err != nil {
		t.Fatal(err)
	}
	if all, err := two.takeOver(ctx, one.id); len(all) != 1 || all[0].ref != "left" || err != nil {
		t.Errorf("taken over: %+v, %v", all, err)
	}
}

// TestKeptIsPutBack: a server that has lost everything gets back what lasts, and what was given back
// or lowered stays away.
func TestKeptIsPutBack(t *testing.T) {
	t.Parallel()
	redis, ctx := StartRedis(t), t.Context()
	one, two := openStore(t, redis.URL(), "A1"), openStore(t, redis.URL(), "A1")
	one.beat(ctx)
	one.accept(ctx, entry{ref: "posted", names: []string{"Ev1"}, request: []byte("request")})
	one.post(ctx, "posted", "U1")
	one.accept(ctx, entry{ref: "done", names: []string{"Ev2"}})
	one.done(ctx, entry{ref: "done", names: []string{"Ev2"}}, true)
	one.claim(ctx, "a", time.Hour, "share")
	one.claim(ctx, "a", time.Hour, "given back")
	one.release(ctx, "a", "given back")
	one.raise(ctx, "up", time.Hour)
	one.raise(ctx, "down", time.Hour)
	one.lower(ctx, "down")
	redis.Do("FLUSHALL")
	r, err := one.beat(ctx)
	if err != nil || !r.isNew {
		t.Fatalf("the loss is not seen: %+v, %v", r, err)
	}
	one.renew(ctx, r.isNew)
	if r, _ := one.beat(ctx); r.isNew {
		t.Error("the loss is seen twice")
	}
	for name, free := range map[string]bool{"Ev1": false, "Ev2": false, "share": false, "given back": true} {
		if mine, err := two.claim(ctx, "b", time.Minute, name); mine != free || err != nil {
			t.Errorf("%s is free: %v, %v", name, mine, err)
		}
	}
	for name, up := range map[string]bool{"up": true, "down": false} {
		if left, err := two.raised(ctx, name); left > 0 != up || err != nil {
			t.Errorf("flag %s is up for %v, %v", name, left, err)
		}
	}
	one.leave(ctx)
	if all, err := two.takeOver(ctx, one.id); len(all) != 1 || !all[0].posted || string(all[0].request) != "request" || err != nil {
		t.Errorf("taken over: %+v, %v", all, err)
	}

	k := newKept()
	for range keptMost {
		k.claim("a", time.Hour, "one", "two")
	}
	if n := len(k.claims); n > keptMost+keptAtOnce {
		t.Errorf("%d claims are kept", n)
	}
}
