package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// staleAfter is the age at which a mention is not answered unasked: Slack delivers
// for hours what it could not deliver before.
const staleAfter = 10 * time.Minute

// noBlocksFor is how long lists are sent after Slack refused a newer block.
const noBlocksFor = time.Hour

// recorded does something about a request and writes its audit line. A panic is told
// to who asked, like any failure.
func (b *Bot) recorded(ctx context.Context, req *Request, do func(context.Context, *record)) {
	rec := newRecord(req)
	defer b.close(rec)
	ctx = whmcs.WithAsker(ctx, req.asker())
	if err := whmcs.Recovered(func() error { do(ctx, rec); return nil }); err != nil {
		b.log.Error("panic", "ref", req.Ref, "error", err)
		b.say(ctx, req, rec, b.sorry(req))
	}
}

// handle answers one request.
func (b *Bot) handle(ctx context.Context, req *Request) {
	b.recorded(ctx, req, func(ctx context.Context, rec *record) { b.answer(ctx, req, rec) })
}

func (b *Bot) answer(ctx context.Context, req *Request, rec *record) {
	switch {
	case req.Door == DoorHome:
		b.home(ctx, req, rec)
	case req.Door == DoorShortcut, req.Door == DoorSlash && req.Line == "":
		b.form(ctx, req, rec)
	case req.Door == DoorLookUp:
		b.lookUpHere(ctx, req, rec)
	case req.Door == DoorButton && req.Action != formatting.ActionAsk:
		b.click(ctx, req, rec)
	case req.Door == DoorMention && !req.Sent.IsZero() && req.Received.Sub(req.Sent) > staleAfter:
		b.late(ctx, req, rec)
	case req.Door == DoorMention || req.Door == DoorMessage:
		b.converse(ctx, req, rec)
	case asksInChannel(req.Line):
		b.share(ctx, req, rec)
	default:
		b.ask(ctx, req, rec, Showing{})
	}
}

// close writes the audit line and counts.
func (b *Bot) close(rec *record) {
	rec.write(context.Background(), b.cfg.Audit)
	b.status.requests.WithLabelValues(string(rec.req.Door), rec.outcome).Inc()
	if rec.sent {
		b.status.answerSeconds.WithLabelValues(string(rec.req.Door)).Observe(time.Since(rec.req.Received).Seconds())
	}
}

// click does what a button other than a question asks for.
func (b *Bot) click(ctx context.Context, req *Request, rec *record) {
	switch req.Action {
	case formatting.ActionRefresh:
		b.ask(ctx, req, rec, Showing{Fresh: true, SharedBy: req.SharedBy})
	case formatting.ActionContinue:
		b.ask(ctx, req, rec, Showing{Continue: true})
	case formatting.ActionStop:
		b.stop(ctx, req, rec)
	case formatting.ActionDetails:
		b.details(ctx, req, rec)
	case formatting.ActionForm:
		b.form(ctx, req, rec)
	case formatting.ActionShare:
		b.share(ctx, req, rec)
	case formatting.ActionRemove:
		b.remove(ctx, req, rec)
	default:
		rec.outcome = "unknown_button"
		b.say(ctx, req, rec, b.answers.Style.Notice(formatting.SaysOldButton, nil, b.answers.view(req, Showing{})))
	}
}

// ask answers a question at the place it was asked from.
func (b *Bot) ask(ctx context.Context, req *Request, rec *record, show Showing) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b.answerAt(ctx, cancel, req, rec, show, b.place(ctx, req))
}

// converse answers a mention or a direct message. An edit of it corrects the
// answer that is there, or takes the place of the one in work.
func (b *Bot) converse(ctx context.Context, req *Request, rec *record) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	e, outcome := b.running.exchange(req, cancel)
	if outcome != "" {
		rec.outcome = outcome
		return
	}
	defer b.running.rest(e, req)
	e.turn.Lock()
	defer e.turn.Unlock()
	if req.Edited != "" && e.answered && e.line == req.Line {
		rec.outcome = "unchanged"
		return
	}
	to := b.place(ctx, req)
	if e.reply.ts != "" && to.way == post {
		to = e.reply
	}
	show := Showing{}
	if asksInChannel(req.Line) && req.direct() {
		show.Alone = formatting.AloneNoChannel
	}
	e.line = req.Line
	if at := b.answerAt(ctx, cancel, req, rec, show, to); at.way == update || e.reply.ts == "" {
		e.reply = at // else what others read stays where a further edit finds it
	}
	e.answered = rec.sent
}

// answerAt answers req at a place and returns where the answer then stands.
func (b *Bot) answerAt(ctx context.Context, cancel context.CancelCauseFunc, req *Request, rec *record, show Showing, to place) place {
	show.Public, show.Alone = to.public(), cmp.Or(show.Alone, to.why)
	if !show.Public {
		show.SharedBy = ""
	}
	ans, to := b.find(ctx, cancel, req, &show, to)
	rec.note(ans)
	switch {
	case errors.Is(context.Cause(ctx), errEdited):
		rec.outcome = "edited"
		return to
	case ans.Outcome == "denied", ans.Err != nil && req.Door == DoorButton && to.public():
		to = alone(req) // a post that others read stays as it is
	case ans.Result != nil && to.public():
		to = b.shutOut(ctx, req, &ans, &show, to)
	}
	b.remember(req, ans)
	old := to.file
	to.file = ""
	var at place
	if isFile(ans) {
		at = b.sendFile(ctx, req, rec, to, ans, show)
	} else {
		at = b.sendAnswer(ctx, req, rec, to, ans, show)
	}
	if rec.sent {
		b.dropFile(ctx, req, old)
	} else if at.file == "" {
		at.file = old // it stands there still
	}
	return at
}

// shutOut looks once more who reads at a public place, since a search takes up to two
// minutes. Where outsiders came in meanwhile, the answer goes to who asked alone, and
// what stood there of it is taken away.
func (b *Bot) shutOut(ctx context.Context, req *Request, ans *Answer, show *Showing, to place) place {
	why := b.access.closed(ctx, to.channel)
	if why == "" {
		return to
	}
	if to.way == update && req.Door == DoorMention {
		sending, done := background(ctx)
		defer done()
		if _, _, err := b.slack.DeleteMessageContext(sending, to.channel, to.ts); err != nil {
			b.log.Warn("an answer was not taken out of a channel that outsiders read now", "ref", req.Ref, "error", err)
		}
	}
	b.dropFile(ctx, req, to.file)
	show.Public, show.SharedBy, show.Alone = false, "", why
	ans.Message = b.answers.Style.Answer(ans.Result, b.answers.view(req, *show))
	return alone(req)
}

// find has req answered. The asker can stop it meanwhile, and is told that it is in
// work where that takes long. It returns the answer and the place that it goes to.
func (b *Bot) find(ctx context.Context, cancel context.CancelCauseFunc, req *Request, show *Showing, to place) (Answer, place) {
	defer b.running.begin(req, to, cancel)()
	ctx, end := context.WithTimeout(ctx, scanLimit)
	defer end()
	show.Lists = b.listsOnly(req.Received)
	w := b.watch(ctx, req, to)
	show.Progress = w.report
	show.Allow = func(ctx context.Context, req *Request) error {
		err := b.access.Allow(ctx, req)
		if err == nil {
			w.start() // who may not ask sees no progress either
		}
		return err
	}
	return b.answers.Answer(ctx, req, *show), w.done()
}

// sendAnswer delivers an answer and returns where it stands.
func (b *Bot) sendAnswer(ctx context.Context, req *Request, rec *record, to place, ans Answer, show Showing) place {
	ctx, cancel := background(ctx)
	defer cancel()
	ts, err := b.sendOrList(ctx, req, to, &ans, show)
	at := to.at(ts)
	if err != nil {
		at, err = b.poster.rescue(ctx, to, ans.Message, err)
	}
	b.sent(rec, at, err)
	if unknownOutcome(err) && to.public() {
		b.unconfirmed(ctx, req, ans)
	}
	if err != nil {
		return to // what stood there may stand there still
	}
	return at
}

// unconfirmed tells who asked that nobody knows whether their answer was posted: it is
// not posted again.
func (b *Bot) unconfirmed(ctx context.Context, req *Request, ans Answer) {
	ctx, cancel := background(ctx)
	defer cancel()
	msg := b.answers.Style.Late(formatting.SaysUnconfirmed, cmp.Or(ans.Query.Lasting().String(), req.Line), b.answers.view(req, Showing{}))
	if _, err := b.poster.deliver(ctx, alone(req), msg); err != nil {
		b.log.Warn("who asked was not told of it", "ref", req.Ref, "error", err)
	}
}

// sendOrList sends an answer. A table or a chart that Slack refuses goes out as a
// list, and so do all for an hour.
func (b *Bot) sendOrList(ctx context.Context, req *Request, to place, ans *Answer, show Showing) (string, error) {
	ts, err := b.poster.send(ctx, to, ans.Message)
	newer := ans.Query.As == query.ViewTable || ans.Query.As == query.ViewSummary
	if !refusesBlocks(err) || !newer || ans.Result == nil || show.Lists {
		return ts, err
	}
	b.log.Warn("slack refuses the newer blocks; lists are sent for an hour", "ref", req.Ref, "error", err)
	b.noBlocks.Store(req.Received.Add(noBlocksFor).UnixNano())
	show.Lists = true
	ans.Message = b.answers.Style.Answer(ans.Result, b.answers.view(req, show))
	return b.poster.send(ctx, to, ans.Message)
}

// listsOnly reports whether Slack lately refused the newer blocks.
func (b *Bot) listsOnly(now time.Time) bool { return now.UnixNano() < b.noBlocks.Load() }

// TryNewBlocks lets tables and charts be sent at once where Slack refused them within
// the hour: somebody knows that it takes them now.
func (b *Bot) TryNewBlocks() { b.noBlocks.Store(0) }

// say delivers a message to who acts, privately wherever that is possible.
func (b *Bot) say(ctx context.Context, req *Request, rec *record, msg formatting.Message) {
	ctx, cancel := background(ctx)
	defer cancel()
	at, err := b.poster.deliver(ctx, alone(req), msg)
	b.sent(rec, at, err)
}

// sent notes what became of a delivery that ended at a place.
func (b *Bot) sent(rec *record, at place, err error) {
	rec.sent = err == nil
	rec.shared = rec.shared || at.public() && (err == nil || unknownOutcome(err))
	if err != nil {
		b.log.Error("an answer did not reach slack", "ref", rec.req.Ref, "error", err, "outcome_unknown", unknownOutcome(err))
	}
}

// late asks whether a mention that is long past shall still be answered.
func (b *Bot) late(ctx context.Context, req *Request, rec *record) {
	says := formatting.SaysWasAway
	if req.Edited != "" {
		says = formatting.SaysOldEdit
	}
	rec.outcome = "late"
	if err := b.access.Allow(ctx, req); err != nil {
		rec.note(b.answers.denied(err, b.answers.view(req, Showing{})))
		b.say(ctx, req, rec, b.answers.denied(err, b.answers.view(req, Showing{})).Message)
		return
	}
	b.say(ctx, req, rec, b.answers.Style.Late(says, req.Line, b.answers.view(req, Showing{})))
}

// stop ends the wait of who clicked, where the question is theirs. The question's
// own answer then says so.
func (b *Bot) stop(ctx context.Context, req *Request, rec *record) {
	rec.outcome = "stopped"
	if stopped, noteStays := b.running.stop(req.Line, req.User); stopped {
		rec.sent = true
		if noteStays {
			b.erase(ctx, req)
		}
		return
	}
	rec.outcome = "nothing_to_stop"
	b.say(ctx, req, rec, b.answers.Style.Notice(formatting.SaysNothingToStop, nil, b.answers.view(req, Showing{})))
}

// erase takes the private message away that req clicked.
func (b *Bot) erase(ctx context.Context, req *Request) {
	ctx, cancel := background(ctx)
	defer cancel()
	if err := b.poster.erase(ctx, place{url: req.ResponseURL}); err != nil {
		b.log.Warn("a private message was not taken away", "ref", req.Ref, "error", err)
	}
}

// sorry is what is said where the bot itself failed.
func (b *Bot) sorry(req *Request) formatting.Message {
	return b.answers.Style.Failure(errors.New("internal"), req.Line, b.answers.view(req, Showing{}))
}
