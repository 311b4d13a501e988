package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
)

// What becomes of a request that was accepted:
//
//	journaled     acknowledged, and in the journal until it is done
//	done          answered, or its asker was told why not: it leaves the journal
//	handed over   this replica ends first: it stays there for another one
//	inherited     taken over from a replica that ended
//	overtaken     taken over from this one, which was taken for dead: it posts nothing any more

// An acceptance is what the journal knows of a request. Without a store there is none, nor for Stop.
type acceptance struct {
	known     chan struct{} // closed when it is known what becomes of it: the next five
	journaled bool          // it is in the journal
	elsewhere bool          // another replica has it; where neither is so, nobody knows
	unsure    bool          // the store was asked and did not answer: it may be in the journal
	wait      time.Duration // until its asker has a token again, of those for all replicas together
	aside     bool          // it is turned away and needs no journal
	inherited time.Time     // when it was taken over from a replica that ended; zero: it was not
	repeats   bool          // and something may have been posted for it there
}

// A journaled is a request as the journal holds it, for a replica that takes it over.
type journaled struct {
	Request
	ResponseURL string // a Secret does not show itself
	Keys        []string
}

// accepting prepares a request for the journal.
func (b *Bot) accepting(req *Request) {
	if b.store != nil && deedOf(req) != deedStop {
		req.accepted = &acceptance{known: make(chan struct{})}
	}
}

// keepOutOfJournal keeps a request that is turned away out of the journal.
func (req *Request) keepOutOfJournal() {
	if req.accepted != nil {
		req.accepted.aside = true
		close(req.accepted.known)
	}
}

// journalThenAcknowledge has a queued request entered in the journal and acknowledged then: at most
// 250 ms later, whatever becomes of the entry.
func (b *Bot) journalThenAcknowledge(req *Request, acknowledge func(payload any)) {
	if req.accepted == nil {
		acknowledge(nil)
		return
	}
	b.journaling.Add(1)
	whmcs.Go(func() error {
		defer b.journaling.Done()
		defer acknowledge(nil)
		defer close(req.accepted.known)
		b.accept(req)
		if !req.accepted.journaled && !req.accepted.elsewhere {
			b.status.unjournalled.Inc()
		}
		return nil
	})
}

// journalForOthers enters a request that comes while this replica ends, for another to answer.
// Where that fails its asker is told to ask again.
func (b *Bot) journalForOthers(req *Request, acknowledge func(payload any)) {
	b.journaling.Add(1)
	whmcs.Go(func() error {
		defer b.journaling.Done()
		b.accept(req)
		close(req.accepted.known)
		if req.accepted.journaled || req.accepted.elsewhere {
			acknowledge(nil)
			return nil
		}
		if payload, became := b.turnAway(req, formatting.SaysRestarting, "restarting"); became == told {
			acknowledge(payload)
		}
		return nil
	})
}

// accept enters a request in the journal.
func (b *Bot) accept(req *Request) {
	e, err := entryOf(req)
	if err != nil {
		b.log.Error("a request does not fit into the journal", "ref", req.Ref, "error", err)
		return
	}
	if b.rates.counts(req) {
		e.asker, e.perMinute = req.asker(), b.cfg.UserRate
	}
	asked := b.store.ready() != nil
	is, err := b.store.accept(context.Background(), e)
	switch {
	case err == nil:
		req.accepted.journaled, req.accepted.elsewhere, req.accepted.wait = is.first, !is.first, is.wait
	case asked:
		req.accepted.unsure = true
	}
}

func entryOf(req *Request) (entry, error) {
	kept := journaled{Request: *req, ResponseURL: req.ResponseURL.Reveal(), Keys: req.keys}
	kept.Trigger = "" // it is spent before anybody could take the request over
	text, err := json.Marshal(kept)
	return entry{ref: req.Ref, names: req.keys, request: text}, err
}

// requestOf is the request of an entry that was taken over.
func requestOf(e entry) (*Request, error) {
	var kept journaled
	if err := json.Unmarshal(e.request, &kept); err != nil {
		return nil, err
	}
	req := kept.Request
	req.ResponseURL, req.keys = Secret(kept.ResponseURL), kept.Keys
	req.accepted = &acceptance{known: make(chan struct{}), journaled: true, inherited: time.Now(), repeats: e.posted}
	close(req.accepted.known)
	return &req, nil
}

// confirmFirst waits until it is known whether another replica has a request, and reports false where
// one has. Where the store has not said so it is asked once more: a request that is in the journal
// already is known by its reference.
func (b *Bot) confirmFirst(req *Request) bool {
	a := req.accepted
	if a == nil {
		return true
	}
	<-a.known
	if !a.journaled && !a.elsewhere && !a.aside {
		b.accept(req)
	}
	if a.elsewhere {
		b.status.duplicates.Inc()
	}
	return !a.elsewhere
}

// journaledHere reports whether the journal has a request of this replica's, for sure. It waits until
// that is known, at most storeWithin.
func (req *Request) journaledHere() bool {
	if req.accepted == nil {
		return false
	}
	<-req.accepted.known
	return req.accepted.journaled
}

// sharedWait is how long the asker of a request has to wait by the rate that all replicas share;
// 0: not at all. It waits as journaledHere does.
func (req *Request) sharedWait() time.Duration {
	if req.accepted == nil {
		return 0
	}
	<-req.accepted.known
	return req.accepted.wait
}

// mayBeJournaled reports whether the journal has a request of this replica's, or may have it. It
// waits as journaledHere does.
func (req *Request) mayBeJournaled() bool {
	if req.accepted == nil {
		return false
	}
	<-req.accepted.known
	return !req.accepted.elsewhere && !req.accepted.aside
}

// repeats reports whether something may have been posted for a request before, by a replica
// that ended then.
func (req *Request) repeats() bool { return req.accepted != nil && req.accepted.repeats }

// mayPost asks whether something may be posted for a request, and notes that it may have been.
// A replica that was taken for dead finds out here.
//
// While the store is away, maybe from this replica alone, another one may take over what is in the
// journal. So that is kept back until the store can be asked, or until the other one must have
// answered. Anything else is posted.
func (b *Bot) mayPost(ctx context.Context, req *Request) permit {
	if !req.mayBeJournaled() {
		return permitted
	}
	may, err := b.store.post(context.WithoutCancel(ctx), req.Ref, req.User)
	if err == nil {
		return may
	}
	if req.repeats() || !b.mayBeTakenOver(req) {
		return permitted
	}
	_ = aside(ctx, func() error {
		for begun := time.Now(); err != nil && time.Since(begun) < 2*b.store.deadBeat+beatEvery && sleep(ctx, probeEvery) == nil; {
			may, err = b.store.post(context.WithoutCancel(ctx), req.Ref, req.User)
		}
		return nil
	})
	if err == nil {
		return may
	}
	req.accepted.repeats = true
	return unclear
}

// mayBeTakenOver reports whether there is another replica that would answer a request if this one
// ended, or were taken for dead.
func (b *Bot) mayBeTakenOver(req *Request) bool {
	return req.mayBeJournaled() && (req.accepted.journaled || req.accepted.unsure) && !b.store.alone()
}

// takeOutOfJournal takes a request out of the journal. One that another replica is to answer stays.
func (b *Bot) takeOutOfJournal(req *Request, rec *record) {
	if !req.mayBeJournaled() || rec.outcome == outcomeOvertaken || rec.outcome == outcomeHandedOver {
		return
	}
	// While the store is away it keeps that in mind.
	e := entry{ref: req.Ref, names: req.keys, asker: req.asker(), asked: rec.asked}
	_ = b.store.done(context.Background(), e, rec.outcome != outcomeTurnedAway)
}

// handsOver reports whether another replica will answer a request that this one cannot
// finish.
func (b *Bot) handsOver(ctx context.Context, req *Request) bool {
	return errors.Is(context.Cause(ctx), errRestarting) && req.journaledHere() && b.canHandOver(req)
}

// canHandOver reports whether there is another replica, and a journal to hand req over in.
func (b *Bot) canHandOver(req *Request) bool {
	return req.accepted != nil && !b.store.alone() && b.store.ready() != nil
}

// inherited reports whether a request was taken over.
func (req *Request) inherited() bool { return req.accepted != nil && !req.accepted.inherited.IsZero() }

// since is when this replica got a request.
func (req *Request) since() time.Time {
	if req.inherited() {
		return req.accepted.inherited
	}
	return req.Received
}

// refuseIfLate says of a request that was taken over what cannot be done any more, and reports
// whether it did: what needs a trigger, and what would post a second time for others to read.
func (b *Bot) refuseIfLate(ctx context.Context, req *Request, rec *record) bool {
	if !req.inherited() {
		return false
	}
	switch deed := deedOf(req); {
	case deed == deedForm, deed == deedDetails:
		rec.outcome = outcomeLapsed
		says := formatting.SaysSlowWindow
		if req.Door == DoorSlash || req.Door == DoorShortcut {
			says = formatting.SaysSlowForm
		}
		b.say(ctx, req, rec, says)
		return true
	case req.repeats() && read(req).deed == deedShare:
		rec.outcome = outcomeLapsed
		b.tell(ctx, req, rec, b.answers.Style.Late(formatting.SaysUnconfirmed, read(req).line(), b.answers.view(req)))
		return true
	}
	return false
}

// inherit does what a replica that ended had accepted.
func (b *Bot) inherit(ctx context.Context, all []entry) {
	for _, e := range all {
		req, err := requestOf(e)
		if err != nil {
			b.log.Error("an entry of the journal cannot be read; its asker hears nothing", "ref", e.ref, "error", err)
			continue
		}
		e.names = req.keys
		if is, err := b.store.accept(ctx, e); !is.first && err == nil { // it came again meanwhile
			_ = b.store.done(ctx, e, true)
			continue
		}
		b.status.taken.Inc()
		work := func(ctx context.Context) { b.handle(ctx, req) }
		for !b.questions.enqueue(work) {
			if b.draining.Load() || sleep(ctx, 100*time.Millisecond) != nil {
				return // they are still in the journal, now this replica's
			}
		}
	}
}
