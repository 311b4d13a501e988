package query

import (
	"iter"
	"slices"
	"time"
	"unsafe"

	"servicesbot/whmcs"
)

// The rows of a scan stay as a snapshot that answers further questions without a call.
// It may vanish at any moment: which rows a page shows does not depend on it.

const (
	// snapshotLife is how old a snapshot's oldest rows may be, unless configured otherwise.
	snapshotLife = 5 * time.Minute
	// snapshotBytes is how much memory all snapshots may take, about, while nothing
	// is fetched. It is some 160,000 services.
	snapshotBytes = 128 << 20
	// maxScans is how many scans there may be, each from another place on.
	maxScans = 4
)

// keepSnapshot keeps the rows of a scan that is over until they are too old, as far as there
// is room: older scans go first.
func (f *Finder) keepSnapshot(s *scan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.scans, s); i >= 0 {
		f.scans = append(slices.Delete(f.scans, i, i+1), s)
	} else {
		return
	}
	for f.snapshotSize() > snapshotBytes || len(f.scans) > maxScans {
		f.scans = slices.Delete(f.scans, 0, 1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.expiry != nil {
		s.expiry.Stop()
	}
	age := time.Duration(0)
	if !s.state.AsOf.IsZero() {
		age = time.Since(s.state.AsOf)
	}
	s.expiry = time.AfterFunc(f.cfg.SnapshotLife-age, func() {
		whmcs.Recovered(func() error { f.dropSnapshot(s); return nil })
	})
}

// dropSnapshot lets go of a scan. Whoever follows it goes on.
func (f *Finder) dropSnapshot(s *scan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scans = slices.DeleteFunc(f.scans, func(old *scan) bool { return old == s })
}

// scansAtHand are the snapshots that there are, and the warm rows.
func (f *Finder) scansAtHand() []*scan {
	f.mu.Lock()
	scans := slices.Clone(f.scans)
	f.mu.Unlock()
	if r := f.warmer.rows(); r != nil && !slices.Contains(scans, r.scan) {
		scans = append(scans, r.scan)
	}
	return scans
}

// rowsAtHand are the rows of the snapshots that there are, and the warm rows.
func (f *Finder) rowsAtHand() iter.Seq[*whmcs.Service] {
	scans := f.scansAtHand()
	return func(yield func(*whmcs.Service) bool) {
		for _, s := range scans {
			for _, p := range s.current().pages {
				for i := range p.Services {
					if !yield(&p.Services[i]) {
						return
					}
				}
			}
		}
	}
}

// allAtHand reports whether every row of the installation is at hand.
func (f *Finder) allAtHand() bool {
	return slices.ContainsFunc(f.scansAtHand(), func(s *scan) bool {
		now := s.current()
		return s.from == (place{}) && now.ended && !now.fewerSent && time.Since(now.AsOf) < f.cfg.SnapshotLife
	})
}

// snapshotSize is how many bytes the scans take, about. f.mu is held.
func (f *Finder) snapshotSize() int {
	n := 0
	for _, s := range f.scans {
		s.mu.Lock()
		n += s.bytes
		s.mu.Unlock()
	}
	return n
}

// sharedTexts holds one copy of each text that rows share.
type sharedTexts map[string]string

// slim takes out of rows what only their cards show, lets them share equal texts, and
// returns about how many bytes they take.
func (t sharedTexts) slim(rows []whmcs.Service) (bytes int) {
	for i := range rows {
		r := &rows[i]
		r.Notes, r.CustomFields, r.ConfigOptions = "", nil, nil
		bytes += int(unsafe.Sizeof(*r)) + len(r.Domain) + len(r.Username) + len(r.OrderNumber) + len(r.AssignedIPs) + len(r.DedicatedIP)
		for _, text := range []*string{&r.Name, &r.TranslatedName, &r.GroupName, &r.TranslatedGroupName,
			&r.ServerName, &r.ServerIP, &r.ServerHostname, &r.SuspensionReason, &r.PaymentMethod, &r.PaymentMethodName,
			&r.NS1, &r.NS2, (*string)(&r.BillingCycle), (*string)(&r.Status), (*string)(&r.LastUpdate)} {
			bytes += t.share(text)
		}
		for _, d := range []*whmcs.Date{&r.RegDate, &r.NextDueDate, &r.OverideSuspendUntil} {
			bytes += t.share((*string)(d))
		}
		for _, m := range []*whmcs.Amount{&r.FirstPaymentAmount, &r.RecurringAmount} {
			bytes += t.share((*string)(m))
		}
	}
	return bytes
}

// share puts the copy of a text that was met first in its place, and returns the bytes
// that a new one takes.
func (t sharedTexts) share(text *string) int {
	if *text == "" {
		return 0
	}
	if had, ok := t[*text]; ok {
		*text = had
		return 0
	}
	t[*text] = *text
	return len(*text)
}
