package whmcs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// What the benchmark of a scan reads, and how long a call takes there.
const (
	scanServices = 100_000
	scanLatency  = 50 * time.Millisecond
	serverEnv    = "SERVICESBOT_SCAN_SERVER" // set: this process is the server
)

// TestScanServer is no test but the server of BenchmarkScan, which runs the test
// binary again for it: client and server would share a garbage collector
// otherwise. It ends with its standard input.
func TestScanServer(t *testing.T) {
	if os.Getenv(serverEnv) == "" {
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	cfg := whmcsfake.Config{Services: scanServices, Latency: scanLatency}
	if err := whmcsfake.Serve(ctx, cfg, func(url string) { fmt.Println("at " + url) }); err != nil {
		t.Error(err)
	}
}

// startServer runs the server process and returns its address.
func startServer(b *testing.B) string {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), exe, "-test.run=^TestScanServer$")
	cmd.Env = append(os.Environ(), serverEnv+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "at "); ok {
			return url
		}
	}
	b.Fatal("the server did not start")
	return ""
}

// BenchmarkScan reads an installation of 100,000 services, 50 ms a call and four
// calls at a time, and tells how many times the ideal that takes and how much
// memory is in use at the most.
func BenchmarkScan(b *testing.B) {
	api, err := whmcs.New(whmcs.Config{URL: startServer(b), Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(api.Close)
	calls := 0
	var most uint64
	var mem runtime.MemStats
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		for page, err := range api.Pages(b.Context(), whmcs.GetClientsProductsRequest{}) {
			if err != nil {
				b.Fatal(err)
			}
			rows += len(page.Services)
			if calls += page.Calls; calls%100 == 0 {
				runtime.ReadMemStats(&mem)
				most = max(most, mem.HeapInuse)
			}
		}
		if rows != scanServices {
			b.Fatalf("%d rows", rows)
		}
	}
	ideal := time.Duration(calls) * scanLatency / 4
	b.ReportMetric(float64(b.Elapsed())/float64(ideal), "x-ideal")
	b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
	b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
}
