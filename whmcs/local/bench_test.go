//go:build unix

package local

import (
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"servicesbot/whmcs"
)

// What the benchmark reads, and what it takes to load WHMCS there: once a worker by the
// Local API, once a call over HTTP.
const (
	scanServices = 100_000
	scanStart    = 50 * time.Millisecond
)

// BenchmarkScan reads an installation of 100,000 services that answers at once, by four
// workers, and then again over HTTP. x-time and x-CPU are how many times that takes what
// PHP needs to make and encode those pages and Go to decode them, in processor time: in
// time, and in processor time of the workers and of this process. http-s and local-s are
// the seconds of both ways where loading WHMCS takes 50 ms.
func BenchmarkScan(b *testing.B) {
	for b.Loop() {
		encode, decode := encodeSeconds(b), decodeSeconds(b)
		began := processorSeconds(b)
		workers, api := workersAt(b, 0)
		fast := scan(b, api)
		workers.Close()
		processor := processorSeconds(b) - began
		_, api = workersAt(b, scanStart)
		slow := scan(b, api)
		http := scan(b, overHTTP(b))
		pages := scanServices / 100.0
		sum := (encode + decode) * pages
		b.ReportMetric(encode*1000, "ms-encode")
		b.ReportMetric(decode*1000, "ms-decode")
		b.ReportMetric(fast, "s")
		b.ReportMetric(fast/sum, "x-time")
		b.ReportMetric(processor/sum, "x-CPU")
		b.ReportMetric(slow, "local-s")
		b.ReportMetric(http, "http-s")
	}
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

// scan reads all services and returns how many seconds that takes.
func scan(b *testing.B, api *whmcs.API) float64 {
	b.Helper()
	defer api.Close()
	begun, rows := time.Now(), 0
	for page, err := range api.Pages(b.Context(), everything) {
		if err != nil {
			b.Fatal(err)
		}
		rows += len(page.Services)
	}
	if rows != scanServices {
		b.Fatalf("%d rows", rows)
	}
	return time.Since(begun).Seconds()
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

func workersAt(b *testing.B, start time.Duration) (*stage, *whmcs.API) {
	b.Helper()
	s := staged(b, php(b), "-q", absolute(b, "worker.php"), absolute(b, standin))
	s.cfg.Env = scanEnv(start)
	return s, apiBy(b, whmcs.Config{Way: s.Workers})
}

// encodeSeconds is what PHP needs to make and encode a page.
func encodeSeconds(b *testing.B) float64 {
	b.Helper()
	cmd := exec.Command(php(b), absolute(b, standin+"/encode.php"))
	cmd.Env = scanEnv(0)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return seconds
}

// A bodyWay answers each call with the same reply.
type bodyWay struct{ body []byte }

func (w bodyWay) Call(context.Context, string, url.Values) (*whmcs.Reply, error) {
	return &whmcs.Reply{Body: w.body, At: time.Now()}, nil
}
func (w bodyWay) Rest()          {}
func (w bodyWay) String() string { return "a reply" }

// decodeSeconds is what Go needs to make services of a page.
func decodeSeconds(b *testing.B) float64 {
	b.Helper()
	s := staged(b, php(b), "-q", absolute(b, "worker.php"), absolute(b, standin))
	s.cfg.Env = scanEnv(0)
	reply, err := s.Call(b.Context(), "GetClientsProducts", url.Values{"limitnum": {"100"}})
	if err != nil {
		b.Fatal(err)
	}
	api := apiBy(b, whmcs.Config{Way: bodyWay{reply.Body}})
	const pages = 400
	began := processorSeconds(b)
	for range pages {
		if page, err := api.GetClientsProducts(b.Context(), everything); err != nil || len(page.Services) != 100 {
			b.Fatal(err)
		}
	}
	return (processorSeconds(b) - began) / pages
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
