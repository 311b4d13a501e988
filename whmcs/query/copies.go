package query

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"time"

	"servicesbot/whmcs"
)

// Processes that serve the same installation can read it once for all: one reads, the others
// wait and take its rows.

// SharedRows is what they share it by. An error means that it cannot be reached: the process
// then reads for itself.
type SharedRows interface {
	// Load returns the newest copy, if wanted accepts its manifest; nil chunks where there is none.
	Load(ctx context.Context, wanted func(manifest []byte) bool) (manifest []byte, chunks [][]byte, err error)

	// Lead makes the caller the one that reads, until Yield, or until it has not called Going
	// for 5 s. It returns "" where another one is.
	Lead(ctx context.Context) (generation string, err error)

	// Going says how far the reading has come, Follow how far the other's has. Both are in
	// rows, of so many.
	Going(ctx context.Context, generation string, looked, of int) error
	Follow(ctx context.Context) (looked, of int, err error)

	// Save makes what the leader of a generation has read the newest copy, for as long as
	// life says.
	Save(ctx context.Context, generation string, manifest []byte, chunks [][]byte, life time.Duration) error

	Yield(ctx context.Context, generation string)
}

const (
	chunkRows    = 1000
	chunkAtMost  = 64 << 20 // bytes of a chunk when it is unpacked
	followEvery  = 300 * time.Millisecond
	goingEvery   = time.Second
	waitsFromRow = 1000 // a question that wants fewer rows does not wait for another's reading
)

// A manifest describes a copy. It is written last: a copy with a manifest is whole.
type manifest struct {
	Began  time.Time // when its reading did
	At     [3]int    // place behind its last row
	Totals []int
	Extent whmcs.Coverage
	Whole  bool
	Left   bool
	Ended  bool
	Fewer  bool

	Took  time.Duration // of warm rows: how long the reading took
	Names int           // of warm rows: so many chunks at the end hold clients
}

// manifest describes what was read.
func (s *scan) manifest() manifest {
	r := s.fetcher
	return manifest{
		Began: s.began, At: [3]int{r.at.request, r.at.offset, r.at.id}, Totals: r.totals, Extent: r.Coverage,
		Whole: r.inFirstReplies, Left: r.rowsLeft, Ended: r.ended, Fewer: r.fewerSent,
	}
}

// packed returns pages as chunks of some 1,000 rows.
func packed(pages []*whmcs.Page) ([][]byte, error) {
	var chunks [][]byte
	for begin := 0; begin < len(pages); {
		end, rows := begin, 0
		for ; end < len(pages) && rows < chunkRows; end++ {
			rows += len(pages[end].Services)
		}
		chunk, err := squeezed(pages[begin:end])
		if err != nil {
			return nil, err
		}
		chunks = append(chunks, chunk)
		begin = end
	}
	return chunks, nil
}

// squeezed returns a part of a copy as a chunk.
func squeezed(part any) ([]byte, error) {
	var chunk bytes.Buffer
	w, err := flate.NewWriter(&chunk, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	err = errors.Join(gob.NewEncoder(w).Encode(part), w.Close())
	return chunk.Bytes(), err
}

// unpacked returns what chunks hold: pages, or clients.
func unpacked[T any](chunks [][]byte) ([]T, error) {
	parts, done := make([][]T, len(chunks)), make([]<-chan error, len(chunks))
	for i, chunk := range chunks {
		done[i] = whmcs.Go(func() error {
			text := io.LimitReader(flate.NewReader(bytes.NewReader(chunk)), chunkAtMost)
			return gob.NewDecoder(text).Decode(&parts[i])
		})
	}
	var all []T
	var failed error
	for i := range done {
		failed = errors.Join(failed, <-done[i])
		all = append(all, parts[i]...)
	}
	return all, failed
}

// run reads as much as is wanted: together with other processes where they share rows and
// much is wanted.
func (s *scan) run(ctx context.Context) error {
	if s.f.cfg.Shared == nil || s.from != (place{}) || s.fetcher.begun {
		return s.fetcher.fetch(ctx, s.addWanted(ctx), s.startOver)
	}
	for {
		if s.adoptCopy(ctx) {
			if s.hasEnough() {
				return nil
			}
			return s.fetcher.fetch(ctx, s.addWanted(ctx), s.startOver)
		}
		generation, err := s.f.cfg.Shared.Lead(ctx)
		switch {
		case generation != "" && err == nil:
			return s.lead(ctx, generation)
		case err != nil, !s.worthWaiting():
			return s.fetcher.fetch(ctx, s.addWanted(ctx), s.startOver)
		}
		if looked, of, err := s.f.cfg.Shared.Follow(ctx); err == nil {
			s.showOther(looked, of)
		}
		select {
		case <-time.After(followEvery):
		case <-ctx.Done():
			return nil // nobody waits any more
		}
	}
}

// hasEnough reports whether there are as many rows as anybody wants, or all.
func (s *scan) hasEnough() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.ended || s.mostWanted() <= s.state.Looked
}

// worthWaiting reports whether somebody wants so many rows that waiting for another's reading is
// better than reading.
func (s *scan) worthWaiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostWanted() >= waitsFromRow
}

// showOther shows those who wait how far the other's reading has come.
func (s *scan) showOther(looked, of int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.otherProgress = Progress{Looked: looked, Of: of}
	s.wake()
}

// lead reads for all processes.
func (s *scan) lead(ctx context.Context, generation string) error {
	shared := s.f.cfg.Shared
	defer shared.Yield(context.WithoutCancel(ctx), generation)
	reading, stop := context.WithCancel(ctx)
	going := whmcs.Go(func() error {
		return keepLead(reading, shared, generation, func() whmcs.Coverage { return s.current().Coverage })
	})
	err := whmcs.Recovered(func() error { return s.fetcher.fetch(ctx, s.addWanted(ctx), s.startOver) })
	stop()
	<-going
	if err == nil {
		s.publish(context.WithoutCancel(ctx), generation)
	}
	return err
}

// keepLead says again and again how far the leader's reading has come, until ctx ends.
func keepLead(ctx context.Context, shared SharedRows, generation string, read func() whmcs.Coverage) error {
	tick := time.NewTicker(goingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			now := read()
			_ = shared.Going(ctx, generation, now.Looked, now.Of) // else another reads too
		case <-ctx.Done():
			return nil
		}
	}
}

// publish shares what was read, if that is everything or as much as any question may look at.
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
		_ = s.f.cfg.Shared.Save(ctx, generation, text, chunks, s.f.cfg.SnapshotLife-time.Since(now.AsOf)) // else each process reads
	}
}

// adoptCopy takes the rows that another process has read, where they are young enough.
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

// loadCopy returns the copy that another process has read, if it is wanted; without chunks there
// is none.
func loadCopy(ctx context.Context, shared SharedRows, wanted func(manifest) bool) (m manifest, chunks [][]byte, err error) {
	_, chunks, err = shared.Load(ctx, func(text []byte) bool { return json.Unmarshal(text, &m) == nil && wanted(m) })
	if err != nil || m.Names < 0 || m.Names > len(chunks) {
		return m, nil, err
	}
	return m, chunks, nil
}

// restore makes the scan one that has read what a copy holds.
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
	r.extent = extent{Coverage: m.Extent, inFirstReplies: m.Whole, rowsLeft: m.Left, ended: m.Ended, fewerSent: m.Fewer}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes, s.state.pages, s.state.extent, s.state.otherProgress = size, pages, r.extent, Progress{}
	s.wake()
}
