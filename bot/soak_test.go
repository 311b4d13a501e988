package bot_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

var soakFor = flag.Duration("soak", 0, "how long the soak lasts, 10m for example; 0: none")

// soakUsers ask by commands and direct messages.
const soakUsers = 200

// A sample is what a process holds at a moment.
type sample struct {
	goroutines, files int
	memory            float64 // MiB
}

// TestSoak puts a bot in a process of its own through trouble for long and holds that what
// it holds of goroutines, files and memory does not grow.
func TestSoak(t *testing.T) {
	if *soakFor == 0 {
		t.Skip("it takes long: go test ./bot -run Soak -soak 10m -timeout 20m -v")
	}
	r := &road{t: t, whmcs: whmcsfake.New(whmcsfake.Config{Services: 20_000, Latency: 20 * time.Millisecond})}
	if err := r.whmcs.Start(); err != nil {
		t.Fatal(err)
	}
	defer r.whmcs.Close()
	var err error
	if r.slack, err = slackfake.New(slackfake.Config{}); err != nil {
		t.Fatal(err)
	}
	for n := range soakUsers {
		r.slack.SetUser(slackfake.User{ID: soakUser(n), Name: fmt.Sprintf("soak%d", n)})
		if err := r.slack.Invite(soakUser(n), slackfake.Support); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.slack.Start(); err != nil {
		t.Fatal(err)
	}
	defer r.slack.Close()
	addr := freeAddr(t)
	c, err := startChild("bot", "ERROR", r.slack, r.whmcs, "HTTP_ADDR="+addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.kill()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.slack.WaitSockets(ctx, 2); err != nil {
		t.Fatal(err)
	}
	samples, asked := r.soak(addr)
	third := len(samples) / 3
	before, after := middle(samples[third:2*third]), middle(samples[2*third:])
	t.Logf("%d questions; in the second third %d goroutines, %d files, %.1f MiB; in the last %d, %d, %.1f",
		asked, before.goroutines, before.files, before.memory, after.goroutines, after.files, after.memory)
	if after.goroutines > before.goroutines*11/10+10 || after.files > before.files*11/10+10 || after.memory > before.memory*1.1+4 {
		t.Error("the process grows")
	}
}

func soakUser(n int) string { return fmt.Sprintf("U0SOAK%03d", n) }

// soak asks 20 times per second, makes trouble every two, and takes a sample every second.
// Trouble that lasts is ended before the next.
func (r *road) soak(addr string) (samples []sample, asked int) {
	all := troubles()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	end, ask, next, look := time.After(*soakFor), time.NewTicker(50*time.Millisecond), time.NewTicker(2*time.Second), time.NewTicker(time.Second)
	defer ask.Stop()
	defer next.Stop()
	defer look.Stop()
	for {
		select {
		case <-end:
			return samples, asked
		case <-look.C:
			samples = append(samples, r.sample(addr))
		case <-next.C:
			r.slack.Heal()
			r.slack.Duplicate(false)
			if err := r.whmcs.Clear(); err != nil {
				r.t.Error(err)
			}
			all[random.IntN(len(all))].begin(r)
		case <-ask.C:
			asked++
			user, number := soakUser(random.IntN(soakUsers)), 1+random.IntN(20_000)
			if asked%2 == 0 {
				r.do(r.slack.Slash(user, slackfake.Support, fmt.Sprintf("/services service:%d", number)))
			} else {
				r.do(r.slack.Post(user, slackfake.DM(user), "", fmt.Sprintf("service:%d", number)))
			}
		}
	}
}

// sample asks the process what it holds.
func (r *road) sample(addr string) sample {
	r.t.Helper()
	resp, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	value := func(name string) float64 {
		found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
		if found == nil {
			r.t.Fatalf("/metrics lacks %s", name)
		}
		v, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			r.t.Fatal(err)
		}
		return v
	}
	return sample{int(value("go_goroutines")), int(value("process_open_fds")), value("process_resident_memory_bytes") / (1 << 20)}
}

// middle is the median of each figure.
func middle(samples []sample) sample {
	of := func(figure func(sample) float64) float64 {
		var all []float64
		for _, s := range samples {
			all = append(all, figure(s))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return sample{
		int(of(func(s sample) float64 { return float64(s.goroutines) })),
		int(of(func(s sample) float64 { return float64(s.files) })),
		of(func(s sample) float64 { return s.memory }),
	}
}

// freeAddr is an address of this machine where nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
