package query

import (
	"context"
	"errors"
	"time"

	"servicesbot/whmcs"
)

// A Finder answers queries from one installation.
type Finder struct {
	api *whmcs.API
	cfg FinderConfig
}

// FinderConfig is what a Finder needs beside the API.
type FinderConfig struct {
	Rows     int              // rows on a page of a list where the query has none; 0: 5
	ScanRows int              // rows one question may look at; 0: 20,000
	Currency string           // the installation's one currency; "": not known to be one
	Now      func() time.Time // nil: time.Now; its location decides what "today" is
}

// NewFinder returns a Finder.
func NewFinder(api *whmcs.API, cfg FinderConfig) *Finder {
	if cfg.Rows <= 0 {
		cfg.Rows = 5
	}
	cfg.Rows = min(cfg.Rows, maxListRows)
	if cfg.ScanRows <= 0 {
		cfg.ScanRows = 20_000
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Finder{api: api, cfg: cfg}
}

// Options are of one call of Find.
type Options struct {
	Continue bool           // goes on where the budget ended the same scan
	Progress func(Progress) // called during a scan, never concurrently; nil: none
}

// Progress is how far a scan has come.
type Progress struct {
	Looked, Of, Found int
	Left              time.Duration // an estimate; 0: not known yet
}

// A Result is an answer that explains itself.
type Result struct {
	Query    Query
	Services []whmcs.Service // the rows of the page asked for; all of them for as:csv
	First    int             // place of the first row among the matches, from 0
	Matched  int             // how many match; only a true number where Counted
	Counted  bool            // whether all matches were counted
	More     bool            // whether rows follow this page

	Asked  []string // what was asked of WHMCS: "clientid=1"; empty: the whole installation
	Tested []string // the terms that were tested here

	Looked     int // rows looked at
	Of         int // rows that WHMCS counts for what it was asked
	Foreign    int // rows dropped: WHMCS sent what was not asked for
	Unreadable int // rows that could not be read

	AsOf     time.Time // the oldest reply that the answer rests on
	Calls    int       // HTTP calls made to WHMCS for it
	Snapshot bool      // whether the rows came from an earlier scan

	Complete bool
	Why      string // why it is not complete, a plain sentence; "" where it is
	Continue bool   // whether the scan can go on from where it ended

	Clients  map[int]whmcs.Client // those of the page whose details are known; may be nil
	Statuses []Count              // matches by status; nil where they were not counted
	Summary  *Summary             // of as:summary
}

// Find answers q. An error is an *Error of this package where the query cannot be
// answered as it stands, or one of package whmcs's.
func (f *Finder) Find(ctx context.Context, q Query, opt Options) (*Result, error) {
	e := &env{today: dateOf(f.cfg.Now())}
	p := planFor(q, e)
	res := &Result{Query: q, Complete: true, Counted: true}
	var found []*whmcs.Service
	wanted := compile(q, e)
	for _, req := range p.requests {
		req.Fresh = q.Fresh
		for page, err := range f.api.Pages(ctx, req) {
			if errors.Is(err, whmcs.ErrNotFound) {
				break
			}
			if err != nil {
				return nil, err
			}
			res.Looked += len(page.Services)
			res.Of += len(page.Services)
			for i := range page.Services {
				if wanted(&page.Services[i]) {
					found = append(found, &page.Services[i])
				}
			}
			res.Foreign += page.Foreign
			res.Unreadable += page.Unreadable
			res.Calls += page.Calls
			if res.AsOf.IsZero() || page.AsOf.Before(res.AsOf) {
				res.AsOf = page.AsOf
			}
		}
	}
	f.fill(res, sorted(found, q.Sort), e)
	return res, nil
}

// fill puts the page asked for, and what is counted, into a result.
func (f *Finder) fill(res *Result, found []*whmcs.Service, e *env) {
	q := res.Query
	rows := f.pageRows(q)
	res.Matched = len(found)
	first, last := 0, len(found)
	if q.As != ViewCSV {
		first = min(max(q.Page-1, 0)*rows, len(found))
		last = min(first+rows, len(found))
	}
	res.First = first
	res.More = last < len(found)
	for _, s := range found[first:last] {
		res.Services = append(res.Services, *s)
	}
	if q.As == ViewSummary {
		res.Summary = summarize(found, e, f.cfg.Currency)
	}
	t := tally{}
	for _, s := range found {
		t[string(s.Status)]++
	}
	res.Statuses = t.counts()
}

// pageRows returns how many rows a page of q's view has.
func (f *Finder) pageRows(q Query) int {
	switch {
	case q.As == ViewTable:
		return TableRows
	case q.Rows > 0:
		return q.Rows
	}
	return f.cfg.Rows
}
