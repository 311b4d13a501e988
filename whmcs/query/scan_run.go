package query

import (
	"context"
	"time"

	"servicesbot/whmcs"
)

// start begins a run. s.mu is held.
func (s *scan) start() {
	ctx, cancel := context.WithCancel(whmcs.WithBudget(context.Background()))
	s.cancel, s.state.running, s.state.err = cancel, true, nil
	s.calls = 0 // of a run before, whose questions are over
	s.done = whmcs.Go(func() error {
		s.runEnded(ctx, whmcs.Recovered(func() error { return s.run(ctx) }))
		return nil
	})
}

// run fetches as many rows as are wanted: once for all processes where they share rows and
// many are wanted.
func (s *scan) run(ctx context.Context) error {
	if s.f.cfg.Shared == nil || s.from != (place{}) || s.fetcher.begun {
		return s.fetchWanted(ctx)
	}
	for {
		if s.adoptCopy(ctx) {
			if s.hasEnough() {
				return nil
			}
			return s.fetchWanted(ctx)
		}
		generation, err := s.f.cfg.Shared.Lead(ctx)
		switch {
		case generation != "" && err == nil:
			return s.lead(ctx, generation)
		case err != nil, !s.worthWaiting():
			return s.fetchWanted(ctx)
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

// fetchWanted adds page after page while more rows are wanted, and waits while as many are
// there. It ends when no question is left.
func (s *scan) fetchWanted(ctx context.Context) error {
	return s.fetcher.fetch(ctx, func(p fetchedPage) (bool, error) {
		s.addPage(p.Page)
		for {
			s.mu.Lock()
			most, waiting, changed, looked := s.mostWanted(), len(s.wants), s.state.changed, s.state.Looked
			s.mu.Unlock()
			switch {
			case waiting == 0:
				return false, nil
			case most > looked:
				return true, nil
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return false, nil
			}
		}
	}, s.startOver)
}

// addPage adds a page, slimmed.
func (s *scan) addPage(p *whmcs.Page) {
	size := s.texts.slim(p.Services)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += size
	s.calls += p.Calls
	p.Calls = 0
	s.state.pages = append(s.state.pages, p)
	s.state.extent = s.fetcher.extent
	s.wake()
}

// startOver drops the pages, as the fetcher starts over.
func (s *scan) startOver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.pages, s.bytes = nil, 0
	s.state.restarts++
	s.state.extent = extent{}
	s.wake()
}

// runEnded ends a run. Whoever waits gets its error, a panic's too.
func (s *scan) runEnded(ctx context.Context, err error) {
	s.mu.Lock()
	s.clearRun(ctx, err)
	if s.state.err == nil && s.mostWanted() > s.state.Looked && !s.state.ended {
		s.start() // somebody came while it was ending
	}
	s.wake()
	s.mu.Unlock()
	s.f.keepSnapshot(s)
	s.f.warmer.offer(s)
}

// clearRun notes that a run is over, and with what error unless it was cancelled. s.mu is held.
func (s *scan) clearRun(ctx context.Context, err error) {
	if ctx.Err() == nil {
		s.state.err = err
	}
	s.cancel()
	s.cancel, s.state.running = nil, false
	s.state.extent = s.fetcher.extent
	if s.state.ended {
		s.texts, s.fetcher.seen = nil, nil
	}
}

// finish notes that everything was fetched, where no question began that.
func (s *scan) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.extent = s.fetcher.extent
	s.texts, s.fetcher.seen = nil, nil
}
