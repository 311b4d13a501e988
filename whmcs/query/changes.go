package query

import (
	"cmp"
	"maps"
	"slices"

	"servicesbot/whmcs"
)

// Matches are the services that an answer found, by their ids, and the states that they were
// in: what a later answer to the same question is compared with.
type Matches map[int]whmcs.Status

// Changes are what is different since an earlier answer to the same question.
type Changes struct {
	Statuses []StatusChange // the states with other numbers than before, in the order of lists
	Left     int            // services that match no more, though their state is the same, or that are gone
	Services []ServiceChange
}

// A StatusChange is how many of the services compared were and are in a state. Those that
// match no more because of their new state are counted in that.
type StatusChange struct {
	Status      whmcs.Status
	Before, Now int
}

// A ServiceChange is what became of one service.
type ServiceChange struct {
	Service whmcs.Service // as it is now; of one that is gone the id alone
	Was     whmcs.Status  // its state before, where New is false
	New     bool          // it did not match before
	Left    bool          // it matches no more
}

// changesNamed is how many services Changes name at most, those with the lowest ids.
const changesNamed = 5

// None reports whether nothing changed.
func (c *Changes) None() bool { return len(c.Statuses) == 0 && c.Left == 0 && len(c.Services) == 0 }

// track keeps a row that is to be compared.
func (a *question) track(s *whmcs.Service) {
	if _, ok := a.opt.Since[s.ID]; !ok {
		return
	}
	if !a.fromScan {
		kept := *s
		s = &kept
	}
	a.tracked[s.ID] = s
}

// compareMatches puts the matches, and what changed since opt.Since, into the result. It needs all
// matches. Those of warm rows are what the answer from newer rows is compared with.
func (a *question) compareMatches() {
	if a.opt.Since == nil && !a.res.Warm || !a.res.Counted || !a.res.Complete || a.res.Before > 0 {
		return
	}
	a.res.Matches = make(Matches, len(a.found))
	now := make(map[int]*whmcs.Service, len(a.found))
	for _, s := range a.found {
		a.res.Matches[s.ID], now[s.ID] = s.Status, s
	}
	if a.opt.Since == nil {
		return
	}
	c := &Changes{}
	counts := make(map[whmcs.Status]*StatusChange)
	count := func(st whmcs.Status) *StatusChange {
		if counts[st] == nil {
			counts[st] = &StatusChange{Status: st}
		}
		return counts[st]
	}
	for _, was := range a.opt.Since {
		count(was).Before++
	}
	for _, s := range a.found {
		count(s.Status).Now++
	}
	for id, was := range a.opt.Since {
		s := a.tracked[id]
		if now[id] == nil && s != nil && s.Status != was {
			count(s.Status).Now++
		} else if now[id] == nil {
			c.Left++
		}
	}
	for _, change := range counts {
		if change.Before != change.Now {
			c.Statuses = append(c.Statuses, *change)
		}
	}
	slices.SortFunc(c.Statuses, func(a, b StatusChange) int {
		return cmp.Or(cmp.Compare(statusRank(a.Status), statusRank(b.Status)), cmp.Compare(a.Status, b.Status))
	})
	c.Services = a.changedServices(now)
	a.res.Changes = c
}

// changedServices names the services that came, left or changed their state.
func (a *question) changedServices(now map[int]*whmcs.Service) []ServiceChange {
	ids := make(map[int]struct{}, len(now))
	for id := range now {
		ids[id] = struct{}{}
	}
	for id := range a.opt.Since {
		ids[id] = struct{}{}
	}
	var all []ServiceChange
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		was, matched := a.opt.Since[id]
		s := cmp.Or(now[id], a.tracked[id], &whmcs.Service{ID: id})
		if matched && now[id] != nil && s.Status == was {
			continue
		}
		all = append(all, ServiceChange{Service: *s, Was: was, New: !matched, Left: now[id] == nil})
		if len(all) == changesNamed {
			break
		}
	}
	return all
}
