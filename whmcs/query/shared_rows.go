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

// Processes that serve the same installation can scan it once for all: one scans, the others
// wait and take a copy of its rows.

// SharedRows is what they share it by. An error means that it cannot be reached: the process
// then scans for itself.
type SharedRows interface {
	// Load returns the newest copy, if wanted accepts its manifest; nil chunks where there is none.
	Load(ctx context.Context, wanted func(manifest []byte) bool) (manifest []byte, chunks [][]byte, err error)

	// Lead makes the caller the one that scans, until Yield, or until it has not called Going
	// for 5 s. It returns "" where another one is.
	Lead(ctx context.Context) (generation string, err error)

	// Going says how far the scan has come, Follow how far the other's has. Both are in
	// rows, of so many.
	Going(ctx context.Context, generation string, looked, of int) error
	Follow(ctx context.Context) (looked, of int, err error)

	// Save makes what the leader of a generation has fetched the newest copy, for as long as
	// life says.
	Save(ctx context.Context, generation string, manifest []byte, chunks [][]byte, life time.Duration) error

	Yield(ctx context.Context, generation string)
}

const (
	chunkRows    = 1000
	chunkAtMost  = 64 << 20 // bytes of a chunk when it is unpacked
	followEvery  = 300 * time.Millisecond
	goingEvery   = time.Second
	waitsFromRow = 1000 // a question that wants fewer rows does not wait for another's scan
)

// A manifest describes a copy. It is written last: a copy with a manifest is whole.
type manifest struct {
	Began          time.Time // when its scan did
	At             [3]int    // place behind its last row
	Totals         []int
	Extent         whmcs.Coverage
	InFirstReplies bool `json:"Whole"`
	RowsLeft       bool `json:"Left"`
	Ended          bool
	FewerSent      bool `json:"Fewer"`

	Took  time.Duration // of warm rows: how long the scan took
	Names int           // of warm rows: so many chunks at the end hold clients
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

// keepLead says again and again how far the leader's scan has come, until ctx ends.
func keepLead(ctx context.Context, shared SharedRows, generation string, read func() whmcs.Coverage) error {
	tick := time.NewTicker(goingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			now := read()
			_ = shared.Going(ctx, generation, now.Looked, now.Of) // else another scans too
		case <-ctx.Done():
			return nil
		}
	}
}

// loadCopy returns the copy that another process has fetched, if it is wanted; without chunks there
// is none.
func loadCopy(ctx context.Context, shared SharedRows, wanted func(manifest) bool) (m manifest, chunks [][]byte, err error) {
	_, chunks, err = shared.Load(ctx, func(text []byte) bool { return json.Unmarshal(text, &m) == nil && wanted(m) })
	if err != nil || m.Names < 0 || m.Names > len(chunks) {
		return m, nil, err
	}
	return m, chunks, nil
}
