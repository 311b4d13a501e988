package query

import (
	"context"
	"encoding/json"
	"time"

	"servicesbot/whmcs"
)

// adoptCopy takes the rows that another process has fetched, and reports whether there are any
// that are young enough.
func (s *scan) adoptCopy(ctx context.Context) bool {
	m, chunks, _ := loadCopy(ctx, s.f.cfg.Shared, func(m manifest) bool {
		young := time.Since(m.Extent.AsOf) < s.f.cfg.SnapshotLife
		return len(m.Totals) == len(s.fetcher.totals) && (!s.fresh && young || s.fresh && m.Began.After(s.began))
	})
	if chunks == nil {
		return false
	}
	pages, err := unpacked[*whmcs.Page](chunks)
	if err != nil {
		return false
	}
	s.restore(m, pages)
	return true
}

// showOther shows those who wait how far the other process's scan has come.
func (s *scan) showOther(looked, of int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.otherProgress = Progress{Looked: looked, Of: of}
	s.wake()
}

// lead fetches for all processes.
func (s *scan) lead(ctx context.Context, generation string) error {
	shared := s.f.cfg.Shared
	defer shared.Yield(context.WithoutCancel(ctx), generation)
	leading, stop := context.WithCancel(ctx)
	going := whmcs.Go(func() error {
		return keepLead(leading, shared, generation, func() whmcs.Coverage { return s.current().Coverage })
	})
	err := whmcs.Recovered(func() error { return s.fetchWanted(ctx) })
	stop()
	<-going
	if err == nil {
		s.publish(context.WithoutCancel(ctx), generation)
	}
	return err
}

// publish shares what was fetched, if that is everything or as much as any question may look at.
func (s *scan) publish(ctx context.Context, generation string) {
	now := s.current()
	if !s.fetcher.ended && now.Looked < s.f.cfg.ScanRows || len(now.pages) == 0 {
		return
	}
	text, err := json.Marshal(s.manifest())
	if err != nil {
		return
	}
	chunks, err := packed(now.pages)
	if err == nil {
		_ = s.f.cfg.Shared.Save(ctx, generation, text, chunks, s.f.cfg.SnapshotLife-time.Since(now.AsOf)) // else each process scans
	}
}

// manifest describes what was fetched.
func (s *scan) manifest() manifest {
	r := s.fetcher
	return manifest{
		Began: s.began, At: [3]int{r.at.request, r.at.offset, r.at.id}, Totals: r.totals, Extent: r.Coverage,
		InFirstReplies: r.inFirstReplies, RowsLeft: r.rowsLeft, Ended: r.ended, FewerSent: r.fewerSent,
	}
}

// restore makes the scan one that has fetched what a copy holds.
func (s *scan) restore(m manifest, pages []*whmcs.Page) {
	r := s.fetcher
	size := 0
	for _, p := range pages {
		p.Calls = 0 // it has cost this process none
		size += s.texts.slim(p.Services)
		for _, row := range p.Services {
			r.seen[row.ID] = struct{}{}
		}
	}
	m.Extent.Calls = 0
	r.at, r.totals, r.begun = place{m.At[0], m.At[1], m.At[2]}, m.Totals, true
	r.extent = extent{Coverage: m.Extent, inFirstReplies: m.InFirstReplies, rowsLeft: m.RowsLeft, ended: m.Ended, fewerSent: m.FewerSent}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes, s.state.pages, s.state.extent, s.state.otherProgress = size, pages, r.extent, Progress{}
	s.wake()
}
