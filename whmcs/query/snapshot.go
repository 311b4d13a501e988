package query

import (
	"time"

	"servicesbot/whmcs"
)

// The rows of a scan stay as a snapshot that answers further questions without a
// call.

// expire lets go of the rows when their time is over. s.mu is held.
func (s *scan) expire() {
	if s.replaced {
		return
	}
	s.expiry = time.AfterFunc(snapshotLife, func() {
		s.f.mu.Lock()
		defer s.f.mu.Unlock()
		if s.f.scan == s && !s.look().running {
			s.f.scan = nil
		}
	})
}

// replace makes s no longer the Finder's: its rows live only as long as somebody
// looks at them.
func (s *scan) replace() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replaced = true
	if s.expiry != nil {
		s.expiry.Stop()
	}
}

// order returns whether the rows for some filters go in our order. The first
// page shown decides it for all pages, as the order must not change between them
// when the rest of the rows becomes known.
func (s *scan) order(filters string, ours bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if decided, ok := s.orders[filters]; ok {
		return decided
	}
	s.orders[filters] = ours
	return ours
}

// slim takes out of a row what only its card shows, and lets rows share equal
// texts. s.mu is held.
func (s *scan) slim(r *whmcs.Service) {
	r.Notes, r.CustomFields, r.ConfigOptions = "", nil, nil
	for _, text := range []*string{&r.Name, &r.TranslatedName, &r.GroupName, &r.TranslatedGroupName,
		&r.ServerName, &r.ServerIP, &r.ServerHostname, &r.SuspensionReason, &r.PaymentMethod, &r.PaymentMethodName,
		&r.NS1, &r.NS2} {
		s.share(text)
	}
	for _, d := range []*whmcs.Date{&r.RegDate, &r.NextDueDate, &r.OverideSuspendUntil} {
		s.share((*string)(d))
	}
	for _, m := range []*whmcs.Amount{&r.FirstPaymentAmount, &r.RecurringAmount} {
		s.share((*string)(m))
	}
	s.share((*string)(&r.BillingCycle))
	s.share((*string)(&r.Status))
	s.share((*string)(&r.LastUpdate))
}

// share puts the copy of a text that was met first in its place.
func (s *scan) share(text *string) {
	if *text == "" {
		return
	}
	if had, ok := s.texts[*text]; ok {
		*text = had
		return
	}
	s.texts[*text] = *text
}
