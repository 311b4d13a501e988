//go:build unix

package local

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"servicesbot/whmcs"
)

// What the benchmark reads, and what it takes to load WHMCS there: once a worker by the
// Local API, once a call over HTTP.
const (
	scanServices = 100_000
	scanPages    = scanServices / 100
	scanStart    = 50 * time.Millisecond
)

// BenchmarkScan reads an installation of 100,000 services that answers at once, by four
// workers that have started, and then again over HTTP. x-time is how many times that
// takes what PHP needs to make and encode those pages and Go to decode them, one after
// the other; x-CPU the same of the processor time of all processes. http-s and local-s
// are the seconds of both ways, starts included, where loading WHMCS takes 50 ms.
func BenchmarkScan(b *testing.B) {
	for b.Loop() {
		floor := encoding(b).plus(decoding(b))
		starts := measured(b, func() { workersAt(b, 0, 4).Close() })
		var fast cost
		all := measured(b, func() {
			workers := workersAt(b, 0, 4)
			fast = measured(b, func() { scan(b, apiBy(b, whmcs.Config{Way: workers})) })
			workers.Close()
		})
		slow := measured(b, func() { scan(b, apiBy(b, whmcs.Config{Way: workersAt(b, scanStart, 0)})) })
		http := measured(b, func() { scan(b, overHTTP(b)) })
		b.ReportMetric(floor.time*1000, "ms-floor")
		b.ReportMetric(fast.time*1000/scanPages, "ms-page")
		b.ReportMetric(fast.time/scanPages/floor.time, "x-time")
		b.ReportMetric((all.processor-starts.processor)/scanPages/floor.processor, "x-CPU")
		b.ReportMetric(slow.time, "local-s")
		b.ReportMetric(http.time, "http-s")
	}
}

// A cost is what something takes, in seconds and in seconds of processor time.
type cost struct{ time, processor float64 }

func (c cost) plus(d cost) cost { return cost{c.time + d.time, c.processor + d.processor} }

// measured is the cost of do, with that of the processes that ended meanwhile.
func measured(b *testing.B, do func()) cost {
	b.Helper()
	begun, before := time.Now(), processorSeconds(b)
	do()
	return cost{time.Since(begun).Seconds(), processorSeconds(b) - before}
}

func scanEnv(start time.Duration) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "STANDIN_SERVICES=" + strconv.Itoa(scanServices), "STANDIN_START=" + strconv.FormatFloat(start.Seconds(), 'f', -1, 64)}
}

func apiBy(b *testing.B, cfg whmcs.Config) *whmcs.API {
	b.Helper()
	api, err := whmcs.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	return api
}

// scan reads all services.
func scan(b *testing.B, api *whmcs.API) {
	b.Helper()
	defer api.Close()
	rows := 0
	for page, err := range api.Pages(b.Context(), everything) {
		if err != nil {
			b.Fatal(err)
		}
		rows += len(page.Services)
	}
	if rows != scanServices {
		b.Fatalf("%d rows", rows)
	}
}

// processorSeconds is the processor time of this process, and of those that it waited for.
func processorSeconds(b *testing.B) (seconds float64) {
	b.Helper()
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			b.Fatal(err)
		}
		seconds += float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
	}
	return seconds
}

// workersAt returns workers at the stand-in, of which so many have started.
func workersAt(b *testing.B, start time.Duration, started int) *Workers {
	b.Helper()
	s := staged(b, php(b), "-q", absolute(b, "worker.php"), absolute(b, standin))
	s.cfg.Env = scanEnv(start)
	for range started {
		if _, err := s.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return s.Workers
}

// encoding is what PHP needs to make and encode a page.
func encoding(b *testing.B) (c cost) {
	b.Helper()
	cmd := exec.Command(php(b), absolute(b, standin+"/encode.php"))
	cmd.Env = scanEnv(0)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := fmt.Sscan(string(out), &c.time, &c.processor); err != nil {
		b.Fatal(err)
	}
	return c
}

// A bodyWay answers each call with the same reply.
type bodyWay struct{ body []byte }

func (w bodyWay) Call(context.Context, string, url.Values) (*whmcs.Reply, error) {
	return &whmcs.Reply{Body: w.body, At: time.Now()}, nil
}
func (w bodyWay) Rest()          {}
func (w bodyWay) String() string { return "a reply" }

// decoding is what Go needs to make services of a page.
func decoding(b *testing.B) cost {
	b.Helper()
	reply, err := workersAt(b, 0, 0).Call(b.Context(), "GetClientsProducts", url.Values{"limitnum": {"100"}})
	if err != nil {
		b.Fatal(err)
	}
	api := apiBy(b, whmcs.Config{Way: bodyWay{reply.Body}})
	const pages = 400
	c := measured(b, func() {
		for range pages {
			if page, err := api.GetClientsProducts(b.Context(), everything); err != nil || len(page.Services) != 100 {
				b.Fatal(err)
			}
		}
	})
	return cost{c.time / pages, c.processor / pages}
}

// overHTTP serves the stand-in with PHP's own server, which loads it for each request.
func overHTTP(b *testing.B) *whmcs.API {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.Command(php(b), "-S", address, "-t", absolute(b, standin))
	cmd.Env = append(scanEnv(scanStart), "PHP_CLI_SERVER_WORKERS=4")
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { killGroup(cmd); cmd.Wait() })
	waits(b, "PHP's server", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return apiBy(b, whmcs.Config{URL: "http://" + address, Identifier: "any", Secret: "any-secret"})
}
