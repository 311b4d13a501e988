//go:build unix

package query_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// BenchmarkWarm reads 20,000 services and the names of their clients in the background, over
// loopback from a process of its own, and reports which part of a core that takes every 15 minutes.
func BenchmarkWarm(b *testing.B) {
	const services, interval = 20_000, 15 * time.Minute
	_, url := fakeOf(b, services)
	for b.Loop() {
		api, err := whmcs.New(whmcs.Config{URL: url, Identifier: whmcsfake.Identifier, Secret: whmcsfake.Secret})
		if err != nil {
			b.Fatal(err)
		}
		ended := make(chan query.WarmScan, 1)
		in := &installation{query.NewFinder(api, query.FinderConfig{Warm: interval, Observe: func(r query.WarmScan) { ended <- r }}), nil}
		before := processorTime(b)
		ctx, stop := context.WithCancel(b.Context())
		kept := whmcs.Go(func() error { in.KeepWarm(ctx); return nil })
		r := <-ended
		used := processorTime(b) - before
		stop()
		<-kept
		in.Close()
		if r.Err != nil || r.Rows != services || r.Clients == 0 {
			b.Fatalf("the reading: %+v", r)
		}
		part := 100 * used.Seconds() / interval.Seconds()
		b.ReportMetric(part, "%")
		b.ReportMetric(float64(used.Milliseconds()), "cpu-ms")
		if part >= 2 {
			b.Errorf("it takes %.2f %% of a core", part)
		}
	}
}

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
