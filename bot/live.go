package bot

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// Public answers that are kept current. Which ones is on a page of the store, or of this
// process where there is none: so they outlast a replica, and any of them may renew or end
// them (renew.go).

const (
	liveMost = 20 // answers at a time, of all replicas together
	liveEach = 3  // of them begun by one person

	livePage = "live"
	liveKept = 9 * time.Hour    // the page, after its last change: longer than any answer is kept current
	livePost = 10 * time.Minute // that an answer may take to be posted
)

// A liveAnswer is an answer that is kept current.
type liveAnswer struct {
	Ref      string    `json:"ref"`  // of the request that began it
	Line     string    `json:"line"` // the question
	Team     string    `json:"team"`
	User     string    `json:"user"` // who began it, for whose access it is renewed
	UserTeam string    `json:"user_team,omitempty"`
	Channel  string    `json:"channel"`
	Thread   string    `json:"thread,omitempty"`
	TS       string    `json:"ts,omitempty"`        // of the post; "": it is being posted
	SharedBy string    `json:"shared_by,omitempty"` // "": nobody
	Begun    time.Time `json:"begun"`
	Until    time.Time `json:"until"`
	Answered time.Time `json:"answered"` // when the search began whose answer is shown
	Failed   int       `json:"failed"`   // readings that failed, in a row
	Compared bool      `json:"compared"` // all matches were known when it began, so that what changed can be said
}

// liveAnswers are all answers that are kept current.
type liveAnswers struct {
	Renewed time.Time    `json:"renewed"` // when the last reading for them began
	All     []liveAnswer `json:"all"`
}

// of returns the first answer for which is holds, false where none is kept current any more.
func (p *liveAnswers) of(is func(liveAnswer) bool) (*liveAnswer, bool) {
	i := slices.IndexFunc(p.All, is)
	if i < 0 {
		return nil, false
	}
	return &p.All[i], true
}

func byRef(ref string) func(liveAnswer) bool { return func(l liveAnswer) bool { return l.Ref == ref } }

func byPost(channel, ts string) func(liveAnswer) bool {
	return func(l liveAnswer) bool { return l.Channel == channel && l.TS == ts && ts != "" }
}

// A liveShown is what this process knows of a post that is kept current.
type liveShown struct {
	turn   sync.Mutex    // held while the post is changed
	result *query.Result // that it shows; nil: another replica knows. Guarded by turn.
}

// show notes what the post shows. turn is held.
func (s *liveShown) show(res *query.Result) {
	kept := *res
	kept.Matches = nil // which are on a page
	s.result = &kept
}

// liveShownOf returns what is known of a post. Its updates' reference names it.
func (b *Bot) liveShownOf(ref string) *liveShown {
	s, _ := b.liveShown.LoadOrStore(ref, &liveShown{})
	return s.(*liveShown)
}

// forgetLiveShown forgets the posts that are not kept current any more.
func (b *Bot) forgetLiveShown(p liveAnswers) {
	b.liveShown.Range(func(ref, _ any) bool {
		if _, ok := p.of(byRef(ref.(string))); !ok {
			b.liveShown.Delete(ref)
		}
		return true
	})
}

// pages are of the store, or of this process where there is none.
func (b *Bot) pages() values {
	if b.store != nil {
		return b.store
	}
	return b.memory
}

// changeLiveAnswers changes which answers are kept current, where edit reports a change,
// and returns it as it is then.
func (b *Bot) changeLiveAnswers(ctx context.Context, edit func(*liveAnswers) bool) (liveAnswers, error) {
	var now liveAnswers
	page, err := b.pages().change(ctx, livePage, liveKept, func(page []byte) []byte {
		now = liveAnswersOf(page)
		if !edit(&now) {
			return page
		}
		next, err := json.Marshal(now)
		if err != nil {
			return page
		}
		return next
	})
	return liveAnswersOf(page), err
}

func liveAnswersOf(page []byte) (p liveAnswers) {
	_ = json.Unmarshal(page, &p) // a page of another shape holds none of ours
	return p
}

// A click can come before it is noted where Slack put an answer. While one is being posted in
// the channel, it is looked for again, up to postingLooks times, postingLook apart.
const (
	postingLooks = 20
	postingLook  = 50 * time.Millisecond
)

// liveAt returns the answer that is kept current in a post, and what it found when that began;
// nil: none is.
func (b *Bot) liveAt(ctx context.Context, channel, ts string) (*liveAnswer, query.Matches) {
	for range postingLooks {
		p, err := b.changeLiveAnswers(ctx, func(*liveAnswers) bool { return false })
		if err != nil {
			return nil, nil
		}
		if l, ok := p.of(byPost(channel, ts)); ok {
			return l, b.matchesOf(ctx, *l)
		}
		if _, posting := p.of(func(l liveAnswer) bool { return l.Channel == channel && l.TS == "" }); !posting || sleep(ctx, postingLook) != nil {
			return nil, nil
		}
	}
	return nil, nil
}

// dropLive takes an answer from those that are kept current; false: it was none, or another
// took it.
func (b *Bot) dropLive(ctx context.Context, is func(liveAnswer) bool) (dropped liveAnswer, ok bool) {
	_, err := b.changeLiveAnswers(ctx, func(p *liveAnswers) bool {
		l, found := p.of(is)
		if ok = found; ok {
			dropped = *l
			p.All = slices.DeleteFunc(p.All, is)
		}
		return ok
	})
	if ok = ok && err == nil; ok {
		b.keepMatches(ctx, dropped, query.Matches{})
	}
	return dropped, ok
}

// matchesOf returns what an answer that is kept current found when that began; nothing where
// that is not known.
func (b *Bot) matchesOf(ctx context.Context, l liveAnswer) query.Matches {
	page, _ := b.pages().read(ctx, livePage+"/"+l.Ref)
	m := query.Matches{}
	_ = json.Unmarshal(page, &m)
	return m
}

func (b *Bot) keepMatches(ctx context.Context, l liveAnswer, m query.Matches) {
	text, err := json.Marshal(m)
	if err != nil || m == nil {
		return
	}
	_, _ = b.pages().change(ctx, livePage+"/"+l.Ref, liveKept, func([]byte) []byte { return text }) // without it no changes are shown
}

// attachLive has an answer that is about to be sent say how it is kept current: from now on,
// where that is wanted, or still, where it refreshes such a post. Until the returned function
// is called nobody else changes that post.
func (b *Bot) attachLive(ctx context.Context, o *outgoing) (release func()) {
	l := o.ask.live
	if l == nil || !o.to.public() || o.answer.Result == nil {
		if l = b.beginLive(ctx, o); l == nil {
			return func() {}
		}
		shown := b.liveShownOf(l.Ref)
		shown.turn.Lock()
		shown.show(o.answer.Result)
		o.live = l
		return shown.turn.Unlock
	}
	shown := b.liveShownOf(l.Ref)
	shown.turn.Lock()
	b.noteNewestLive(ctx, l.Ref, o.ask.Received)
	if now, _ := b.liveAt(ctx, l.Channel, l.TS); now != nil { // else the updates ended meanwhile
		shown.show(o.answer.Result)
		o.view.Live = b.liveView(o.ask.Request, *l, o.answer.Result).Live
	}
	return shown.turn.Unlock
}

// noteNewestLive notes that a post that is kept current is to show an answer whose search began
// at a time. It reports false where the updates have ended, or the post shows a newer answer.
func (b *Bot) noteNewestLive(ctx context.Context, ref string, began time.Time) (newest bool) {
	_, err := b.changeLiveAnswers(ctx, func(p *liveAnswers) bool {
		l, ok := p.of(byRef(ref))
		if newest = ok && !l.Answered.After(began); newest {
			l.Answered, l.Failed = began, 0
		}
		return newest
	})
	return newest && err == nil
}

// beginLive takes an answer that is about to be sent among those that are kept current, where
// that is wanted, and has the answer say so, or why not.
func (b *Bot) beginLive(ctx context.Context, o *outgoing) *liveAnswer {
	switch {
	case o.ask.query.Live == 0 || o.answer.Result == nil:
		return nil
	case o.answer.isFile():
		o.view.NotLive = formatting.SaysLiveNoFile
		return nil
	case b.draining.Load() && b.store == nil:
		o.view.NotLive = formatting.SaysRestarting
		return nil
	case !o.to.public():
		o.view.NotLive = formatting.SaysLivePublicOnly
		return nil
	}
	now := b.answers.now()
	l := liveAnswer{
		Ref: o.ask.Ref, Line: o.answer.Result.Query.Again().String(), Team: o.ask.Team, User: o.ask.User, UserTeam: o.ask.UserTeam,
		Channel: o.to.channel, Thread: o.to.thread, TS: o.to.ts, SharedBy: o.view.SharedBy,
		Compared: o.answer.Result.Matches != nil,
		Begun:    now, Until: now.Add(time.Duration(o.ask.query.Live) * time.Hour), Answered: now,
	}
	entered, why := b.enterLive(ctx, l)
	if o.view.NotLive = why; why == "" { // also where it was clicked twice at once
		o.view.Live = &formatting.Live{Begun: l.Begun, Until: l.Until}
	}
	if !entered {
		return nil
	}
	return &l
}

// enterLive enters an answer among those that are kept current. It reports false where it is
// among them already, and where it may not be, which why says.
func (b *Bot) enterLive(ctx context.Context, l liveAnswer) (entered bool, why formatting.Sentence) {
	_, err := b.changeLiveAnswers(ctx, func(p *liveAnswers) bool {
		entered, why = false, ""
		mine := 0
		for _, other := range p.All {
			if other.User == l.User && other.Team == l.Team {
				mine++
			}
		}
		_, already := p.of(byPost(l.Channel, l.TS))
		switch {
		case already:
			return false
		case len(p.All) >= liveMost:
			why = formatting.SaysLiveMost(liveMost)
			return false
		case mine >= liveEach:
			why = formatting.SaysLiveEach(liveEach)
			return false
		case len(p.All) == 0:
			p.Renewed = l.Begun
		}
		p.All, entered = append(p.All, l), true
		return true
	})
	if err != nil {
		return false, formatting.SaysLiveUnknown
	}
	return entered, why
}

// noteLivePosted notes where an answer is that is kept current from now on. One that was not posted
// is not.
func (b *Bot) noteLivePosted(ctx context.Context, o *outgoing, r receipt) {
	if o.live == nil {
		return
	}
	if r.err != nil || !r.at.public() || r.at.way != update {
		b.dropLive(ctx, byRef(o.live.Ref))
		return
	}
	b.keepMatches(ctx, *o.live, o.answer.Result.Matches)
	_, _ = b.changeLiveAnswers(ctx, func(p *liveAnswers) bool { // else it is dropped as one that was never posted
		l, ok := p.of(byRef(o.live.Ref))
		if ok {
			l.TS, l.Thread = r.at.ts, r.at.thread
		}
		return ok
	})
	o.rec.live = liveBegan
}

// endUpdates ends the updates of the post that was clicked.
func (b *Bot) endUpdates(ctx context.Context, a *ask, rec *record) {
	l, ok := liveAnswer{}, false
	if at, _ := b.liveAt(ctx, a.Channel, a.Message); at != nil {
		l, ok = b.dropLive(ctx, byRef(at.Ref))
	}
	if !ok {
		rec.outcome = outcomeNothingToStop
		b.say(ctx, a.Request, rec, formatting.SaysLiveNotHere)
		return
	}
	rec.outcome, rec.live = outcomeLiveEnded, liveEnds
	shown := b.liveShownOf(l.Ref)
	shown.turn.Lock()
	defer shown.turn.Unlock()
	err := b.showEnded(ctx, l, formatting.Live{EndedBy: a.User})
	b.noteSent(rec, l.address(), err)
}

// supersedeLive ends the updates of a post that somebody else changes or removes.
func (b *Bot) supersedeLive(ctx context.Context, at address, why string) {
	if at.ts == "" || !at.public() {
		return
	}
	if l, ok := b.dropLive(ctx, byPost(at.channel, at.ts)); ok {
		b.auditLiveEnd(l, why)
	}
}

// address is where the post is.
func (l liveAnswer) address() address {
	return address{way: update, user: l.User, channel: l.Channel, thread: l.Thread, ts: l.TS}
}

// request is what is asked again for an answer that is kept current.
func (l liveAnswer) request() *Request {
	return &Request{
		Door: DoorLive, Action: formatting.ActionRefresh, Ref: l.Ref, Received: time.Now(), Line: l.Line,
		Team: l.Team, User: l.User, UserTeam: l.UserTeam, Channel: l.Channel, Thread: l.Thread, Message: l.TS, SharedBy: l.SharedBy,
	}
}

// auditLiveEnd writes the line about the end of an answer's updates that nobody clicked.
func (b *Bot) auditLiveEnd(l liveAnswer, why string) {
	rec := newRecord(l.request())
	rec.outcome, rec.why, rec.live = outcomeLiveEnded, why, liveEnds
	b.closeRecord(rec)
}
