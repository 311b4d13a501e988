package query

import (
	"context"
	"time"

	"servicesbot/whmcs"
)

// A Finder answers queries from one installation.
type Finder struct{}

// FinderConfig is what a Finder needs beside the API.
type FinderConfig struct {
	Rows     int              // rows on a page of a list where the query has none; 0: 5
	ScanRows int              // rows one question may look at; 0: 20,000
	Currency string           // the installation's one currency; "": not known to be one
	Now      func() time.Time // nil: time.Now; its location decides what "today" is
}

// NewFinder returns a Finder.
func NewFinder(api *whmcs.API, cfg FinderConfig) *Finder { return &Finder{} }

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

// Find answers q. An error is an *Error of this package where the query cannot be
// answered as it stands, or one of package whmcs's.
func (f *Finder) Find(ctx context.Context, q Query, opt Options) (*Result, error) {
	return nil, nil
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

// A Count is how many matches have one value.
type Count struct {
	Value string
	N     int
}

// A Summary is exact over all matches.
type Summary struct {
	Statuses, Products, Servers, Cycles []Count // most first

	Clients    int // clients concerned
	Due7       int // due in the next 7 days, today included
	Due30      int
	Overdue    int
	FreeOrOnce int // free and one-time services, apart from the revenue

	Revenue  string // recurring revenue a month, "1234.56"; "" where it may not be summed
	Currency string // "" where not known
}
