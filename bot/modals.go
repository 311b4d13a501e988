package bot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

// checkedWithin is how long a form waits until its asker's access is known, before a window
// that says so opens in its place: a trigger lives 3 s.
const checkedWithin = time.Second

// An origin is where a view was opened: its answers go there. It travels in the
// view's private_metadata, which only this app can read.
type origin struct {
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	URL     string `json:"u,omitempty"` // response_url
	Line    string `json:"l,omitempty"` // of the window of choices: what they are about
}

// originOf returns where req came from, for the view that it opens.
func originOf(req *Request) string { return originWith(req, "") }

// originWith is originOf with a line that the view is about.
func originWith(req *Request, line string) string {
	meta, err := json.Marshal(origin{req.Channel, req.Thread, req.ResponseURL.Reveal(), line})
	if err != nil || len(meta) > 3000 { // Slack's limit of private_metadata
		return ""
	}
	return string(meta)
}

// lineIn is the line that a view is about; "" where it is about none.
func lineIn(metadata string) string {
	var o origin
	_ = json.Unmarshal([]byte(metadata), &o) // what has another shape is no view of ours
	return o.Line
}

// openedFrom gives req, done in a modal, the place where the modal was opened: it
// is answered there, and counts as asked there.
func (req *Request) openedFrom(metadata string) {
	var o origin
	if metadata == "" || json.Unmarshal([]byte(metadata), &o) != nil {
		return
	}
	req.Channel, req.Thread, req.ResponseURL = o.Channel, o.Thread, Secret(o.URL)
}

// openDetails opens a modal without data at once, since a trigger lives 3 s, and has it
// filled like any question, in the lane for those: what waits for a trigger never queues
// behind a search. done is called when that is over.
func (b *Bot) openDetails(ctx context.Context, req *Request, done func()) {
	opened := *req
	var err error
	opened.opened, err = b.openView(ctx, req, formatting.Loading())
	if err != nil {
		defer done()
		b.withRecord(ctx, req, func(ctx context.Context, rec *record) { b.viewFailed(ctx, req, rec, err) })
		return
	}
	fill := func(ctx context.Context) {
		defer done()
		b.handle(ctx, &opened)
	}
	if b.questions.enqueue(fill) {
		return
	}
	defer done()
	says, why := formatting.SaysBusy, "busy"
	if b.draining.Load() {
		says, why = formatting.SaysRestarting, "restarting"
	}
	b.withRecord(ctx, req, func(ctx context.Context, rec *record) {
		rec.outcome, rec.why = outcomeTurnedAway, why
		b.fill(ctx, rec, opened.opened, formatting.Modal(b.answers.Style.Notice(says, nil, b.answers.view(req))))
	})
}

// openView shows a modal, in place of the one that was clicked in, if any, and returns its id.
// It runs before there is a record, so a panic is its error.
func (b *Bot) openView(ctx context.Context, req *Request, view slack.ModalViewRequest) (id string, err error) {
	if view.PrivateMetadata == "" {
		view.PrivateMetadata = originOf(req)
	}
	err = whmcs.Recovered(func() error {
		if req.inModal() {
			id = req.View
			_, err := b.slack.UpdateViewContext(ctx, view, "", "", id)
			return err
		}
		opened, err := b.slack.OpenViewContext(ctx, req.Trigger.Reveal(), view)
		if err == nil {
			id = opened.ID
		}
		return err
	})
	return id, err
}

// fillDetails fills the modal that was opened with the answer.
func (b *Bot) fillDetails(ctx context.Context, o *outgoing) {
	var shown slack.ModalViewRequest
	if o.answer.Result != nil {
		shown = b.answers.Style.Details(o.answer.Result, o.view)
	} else {
		shown = formatting.Modal(b.answers.render(*o.answer, o.view))
	}
	b.fill(ctx, o.rec, o.to.view, shown)
}

// fill puts a view in place of the one that is open. Where Slack refuses it, the modal says
// so; where the modal is closed already, nobody waits for it.
func (b *Bot) fill(ctx context.Context, rec *record, id string, view slack.ModalViewRequest) {
	ctx, cancel := background(ctx)
	defer cancel()
	if view.PrivateMetadata == "" {
		view.PrivateMetadata = originOf(rec.req)
	}
	_, err := b.slack.UpdateViewContext(ctx, view, "", "", id)
	switch slackError(err) {
	case "":
	case "not_found":
		rec.outcome = outcomeWindowClosed
		return
	default:
		b.log.Error("slack refuses a view", "ref", rec.req.Ref, "error", err)
		rec.outcome = outcomeFailed
		_, err = b.slack.UpdateViewContext(ctx, formatting.Modal(b.sorry(rec.req)), "", "", id)
	}
	b.noteSent(rec, address{way: modal}, err)
}

// form opens the search form, filled from the line. Where the asker's access is not known
// within a second, a window without fields opens first: the trigger does not wait, and
// nothing is shown before the verdict.
func (b *Bot) form(ctx context.Context, req *Request, rec *record) {
	a := &ask{Request: req} // without access, should a panic end the check
	decided := whmcs.Go(func() error { a = b.decide(ctx, req); return nil })
	defer func() { <-decided }()
	quick := time.NewTimer(checkedWithin)
	defer quick.Stop()
	select {
	case <-decided:
	case <-quick.C:
		waiting := *req
		var err error
		if waiting.opened, err = b.openView(ctx, req, formatting.Checking()); err != nil {
			b.viewFailed(ctx, req, rec, err)
			return
		}
		<-decided
		a.Request = &waiting
	}
	rec.ask = a
	if !a.access.granted {
		b.deny(ctx, a, rec)
		return
	}
	rec.outcome = outcomeFormShown
	if a.opened != "" {
		b.fill(ctx, rec, a.opened, b.formFor(a))
		return
	}
	if _, err := b.openView(ctx, req, b.formFor(a)); err != nil {
		b.viewFailed(ctx, req, rec, err)
		return
	}
	rec.sent = true
}

// formFor is the search form, or the window of choices.
func (b *Bot) formFor(a *ask) slack.ModalViewRequest {
	q := query.Query{}
	if a.reading.Kind == query.ReadQuestion {
		q = a.query
	}
	switch a.Action {
	case formatting.ActionFields:
		return formatting.WholeForm(a.Form, originOf(a.Request))
	case formatting.ActionMore:
		v := b.answers.view(a.Request)
		v.Public = !a.Ephemeral && !a.direct()
		return b.answers.Style.Choices(q, v, originWith(a.Request, a.line()))
	}
	return formatting.SearchForm(q, originOf(a.Request))
}

// sayChosen says in the window of choices that one was answered. A window that is closed
// already needs nothing.
func (b *Bot) sayChosen(ctx context.Context, req *Request) {
	if req.Callback != formatting.CallbackChoices {
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	if _, err := b.slack.UpdateViewContext(ctx, formatting.Chose(), "", "", req.View); err != nil && slackError(err) != "not_found" {
		b.log.Warn("a window does not say that its choice was answered", "ref", req.Ref, "error", err)
	}
}

// viewFailed says in a message what could not be shown in a view.
func (b *Bot) viewFailed(ctx context.Context, req *Request, rec *record, err error) {
	if req.inModal() && slackError(err) == "not_found" {
		rec.outcome = outcomeWindowClosed // the window that was clicked in
		return
	}
	b.log.Warn("a view was not opened", "ref", req.Ref, "error", err)
	rec.outcome = outcomeFailed
	says := formatting.SaysSlowWindow
	if req.Door == DoorSlash {
		says = formatting.SaysSlowForm
	}
	b.say(ctx, req, rec, says)
}

// home fills the Home tab of whoever opened it.
func (b *Bot) home(ctx context.Context, a *ask, rec *record) {
	rec.outcome = outcomeHomeShown
	notes := []string{string(formatting.SaysMayAskAnyway)}
	pinned, err := b.pins.of(ctx, a.asker())
	own := formatting.Own{Recent: b.history.of(ctx, a.asker()), Pinned: pinned, PinsAway: err != nil}
	b.publish(ctx, rec, b.answers.Style.Home(own, notes, b.answers.view(a.Request)))
}

// publish shows the Home tab to whoever opened it.
func (b *Bot) publish(ctx context.Context, rec *record, tab slack.HomeTabViewRequest) {
	_, err := b.slack.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: rec.req.User, View: tab})
	b.noteSent(rec, address{way: modal}, err)
}
