package whmcs

import "time"

// A Coverage says what an answer rests on: how much of WHMCS was looked at, and when.
type Coverage struct {
	Looked     int       // rows that WHMCS sent, each once; Foreign and Unreadable are among them
	Of         int       // rows that WHMCS counts for what it was asked, over all pages
	Foreign    int       // rows dropped because they are not what was asked for
	Unreadable int       // rows that could not be read
	Malformed  int       // those of them that WHMCS itself cannot send, as their text is not UTF-8
	Calls      int       // calls made for it, tries included; none for what came from the cache or from another asker's call: one that several wait for counts once
	AsOf       time.Time // when WHMCS sent the oldest reply; older than now where that came from the cache
}

// Add adds what more was looked at. Of stays: it is for the caller, who knows
// whether both are of the same rows.
func (c *Coverage) Add(more Coverage) {
	c.Looked += more.Looked
	c.Foreign += more.Foreign
	c.Unreadable += more.Unreadable
	c.Malformed += more.Malformed
	c.Calls += more.Calls
	if c.AsOf.IsZero() || !more.AsOf.IsZero() && more.AsOf.Before(c.AsOf) {
		c.AsOf = more.AsOf
	}
}
