package query

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"servicesbot/whmcs"
)

// How warm rows are fetched, by one process for all that share them.

const (
	// warmFailures is how often in a row a scan may fail before it is given up.
	warmFailures = 3
	// warmPause is how long a scan waits after a failure. For as long WHMCS is left alone
	// after several.
	warmPause = 15 * time.Second
	// namesWithin is how long names of clients are fetched after the rows: newer rows, which may be
	// waited for by then, are fetched after that.
	namesWithin = 5 * time.Minute
	// warmLook is how often a process looks whether another has scanned.
	warmLook = 5 * time.Second
)

// Why a scan brings no warm rows, beside WHMCS's own errors.
var (
	errTooManyRows = errors.New("the installation has more services than are kept in memory")
	errFewerRows   = errors.New("WHMCS counts more services than it sends")
)

// scan fetches every service, or takes the rows that another process has begun to fetch after
// since.
func (w *warmer) scan(ctx context.Context, since time.Time) (*warmRows, error) {
	shared := w.f.cfg.SharedWarm
	if shared == nil {
		return w.scanHere(ctx)
	}
	for {
		if r := w.f.adoptWarm(ctx, since); r != nil {
			return r, nil
		}
		generation, err := shared.Lead(ctx)
		switch {
		case err != nil:
			return w.scanHere(ctx) // the others cannot be reached
		case generation != "":
			return w.lead(ctx, generation, since)
		}
		if err := sleep(ctx, warmLook); err != nil {
			return nil, err
		}
	}
}

// lead scans for all processes.
func (w *warmer) lead(ctx context.Context, generation string, since time.Time) (*warmRows, error) {
	shared := w.f.cfg.SharedWarm
	defer shared.Yield(context.WithoutCancel(ctx), generation)
	going, stop := context.WithCancel(ctx)
	told := whmcs.Go(func() error {
		return keepLead(going, shared, generation, func() whmcs.Coverage { return whmcs.Coverage{} })
	})
	defer func() {
		stop()
		<-told
	}()
	if r := w.f.adoptWarm(ctx, since); r != nil { // another one has just ended
		return r, nil
	}
	r, err := w.scanHere(ctx)
	if err == nil {
		r.share(ctx, shared, generation)
	}
	return r, err
}

// scanHere fetches the rows, and then, where the background is for that, clients' names: whoever
// waits for rows does not wait for these.
func (w *warmer) scanHere(ctx context.Context) (*warmRows, error) {
	r, err := w.f.scanAll(ctx)
	if err != nil || w.f.cfg.Warm == 0 {
		return r, err
	}
	w.keepNewest(r)
	w.wake()
	return &warmRows{scan: r.scan, took: r.took, names: w.fetchNames(ctx, r.names)}, nil
}

// scanAll fetches every service.
func (f *Finder) scanAll(ctx context.Context) (*warmRows, error) {
	s := newScan(f, true, place{})
	keep := func(p fetchedPage) (bool, error) {
		s.addPage(p.Page)
		if s.fetcher.Looked > f.warmer.maxRows {
			return false, errTooManyRows
		}
		return true, nil
	}
	for failures := 0; ; {
		looked := s.fetcher.Looked
		err := s.fetcher.fetch(ctx, keep, s.startOver)
		if err == nil {
			break
		}
		if failures++; s.fetcher.Looked > looked {
			failures = 1
		}
		if ctx.Err() != nil || failures == warmFailures || errors.Is(err, errTooManyRows) || errors.As(err, new(*whmcs.PanicError)) {
			return nil, err
		}
		if err := sleep(ctx, max(warmPause, time.Until(f.api.State().BreakerUntil))); err != nil {
			return nil, err
		}
	}
	s.finish()
	if s.state.fewerSent {
		return nil, errFewerRows
	}
	return &warmRows{scan: s, took: time.Since(s.began)}, nil
}

// fetchNames gets the names of clients, beside those that are known, as far as GetClients gives them
// and there is time. It goes on where the scan before ended.
func (w *warmer) fetchNames(ctx context.Context, known map[int]whmcs.Client) map[int]whmcs.Client {
	ctx, cancel := context.WithTimeout(ctx, namesWithin)
	defer cancel()
	names := make(map[int]whmcs.Client, len(known))
	maps.Copy(names, known) // which questions look at
	for len(names) < MaxWarmRows {
		page, err := w.f.api.ListClients(ctx, w.nextClient)
		if err != nil {
			break
		}
		for _, c := range page.Clients {
			c.Email = "" // which is fetched when it is asked for
			names[c.ID] = c
		}
		if w.nextClient += len(page.Clients); len(page.Clients) == 0 || w.nextClient >= page.Total {
			w.nextClient = 0
			break
		}
	}
	return names
}

// sleep waits, at most until ctx ends: then it returns ctx's error.
func sleep(ctx context.Context, pause time.Duration) error {
	over := time.NewTimer(pause)
	defer over.Stop()
	select {
	case <-over.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// adoptWarm takes the rows that another process has begun to fetch after since; nil: none has.
func (f *Finder) adoptWarm(ctx context.Context, since time.Time) *warmRows {
	var m manifest
	var chunks [][]byte
	_ = tried(ctx, func() (err error) {
		m, chunks, err = loadCopy(ctx, f.cfg.SharedWarm, func(m manifest) bool { return m.Ended && m.Began.After(since) })
		return err
	})
	if chunks == nil {
		return nil
	}
	last := len(chunks) - m.Names
	pages, err := unpacked[*whmcs.Page](chunks[:last])
	clients, failed := unpacked[whmcs.Client](chunks[last:])
	if err != nil || failed != nil {
		return nil
	}
	s := newScan(f, true, place{})
	s.restore(m, pages)
	s.finish()
	s.began = m.Began
	r := &warmRows{scan: s, took: m.Took, names: make(map[int]whmcs.Client, len(clients)), byOther: true}
	for _, c := range clients {
		r.names[c.ID] = c
	}
	return r
}

// share makes rows the newest copy of all processes. Where that fails each of them scans.
func (r *warmRows) share(ctx context.Context, shared SharedRows, generation string) {
	chunks, err := packed(r.current().pages)
	if err != nil {
		return
	}
	m := r.manifest()
	m.Took = r.took
	for clients := range slices.Chunk(slices.Collect(maps.Values(r.names)), chunkRows) {
		chunk, err := squeezed(clients)
		if err != nil {
			return
		}
		chunks, m.Names = append(chunks, chunk), m.Names+1
	}
	if text, err := json.Marshal(m); err == nil {
		_ = tried(ctx, func() error { return shared.Save(ctx, generation, text, chunks, r.life()-time.Since(r.asOf())) })
	}
}

// tried does up to three times what costs less than to scan the installation again.
func tried(ctx context.Context, do func() error) (err error) {
	for range 3 {
		if err = do(); err == nil || sleep(ctx, time.Second) != nil {
			break
		}
	}
	return err
}
