package query_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// The test's binary plays other parts in processes of their own: a WHMCS, and a
// Finder whose memory is measured.
var (
	role = flag.String("role", "", "what this process is: fake or scan; empty: the tests")
	base = flag.String("url", "", "address of the installation to scan")
	rows = flag.Int("services", 0, "services of the fake, or to scan")
)

func TestMain(m *testing.M) {
	flag.Parse()
	switch *role {
	case "fake":
		os.Exit(told(beFake()))
	case "scan":
		os.Exit(told(beScan()))
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		code = told(err)
	}
	os.Exit(code)
}

func told(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// beFake serves until its input is closed.
func beFake() error {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return whmcsfake.Serve(ctx, whmcsfake.Config{Services: *rows}, func(url string) { fmt.Println(url) })
}

// beScan reads the whole installation once, and prints the most memory that this
// process had, in KiB.
func beScan() error {
	api, err := whmcs.New(whmcs.Config{URL: *base, Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret, CacheTTL: 30 * time.Second})
	if err != nil {
		return err
	}
	in := query.NewFinder(api, query.FinderConfig{ScanRows: *rows})
	q, err := query.Parse("status:active as:summary")
	if err != nil {
		return err
	}
	res, err := in.Find(context.Background(), q, query.Options{})
	if err != nil {
		return err
	}
	if !res.Complete || res.Looked != *rows {
		return fmt.Errorf("the scan looked at %d rows: %+v", res.Looked, res.Why)
	}
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Println(strings.TrimSuffix(strings.TrimSpace(peak), " kB"))
		}
	}
	return nil
}

// BenchmarkScan reads 100,000 services over loopback, in a process of its own,
// and tells the most memory that process had.
func BenchmarkScan(b *testing.B) {
	const services = 100_000
	self, url := fakeOf(b, services)
	for b.Loop() {
		scan := exec.Command(self, "-role=scan", "-services="+fmt.Sprint(services), "-url="+url)
		scan.Stderr = os.Stderr
		said, err := scan.Output()
		if err != nil {
			b.Fatal(err)
		}
		var peak float64
		if _, err := fmt.Sscan(string(said), &peak); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(peak/1024, "MiB")
		if peak > 160*1024 {
			b.Errorf("the process had %.0f MiB", peak/1024)
		}
	}
}

// fakeOf starts a WHMCS in a process of its own and returns the program and the address.
func fakeOf(b *testing.B, services int) (self, url string) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	fake := exec.Command(self, "-role=fake", "-services="+fmt.Sprint(services))
	fake.Stderr = os.Stderr
	in, err := fake.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := fake.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := fake.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		fake.Wait()
	})
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return self, strings.TrimSpace(url)
}
