package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// allowWithin is how long a form waits for the look-up of who wants it; a trigger
// lives 3 s. The form holds no data, and whoever submits it is checked again.
const allowWithin = time.Second

// An origin is where a view was opened: its answers go there. It travels in the
// view's private_metadata, which only this app can read.
type origin struct {
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	URL     string `json:"u,omitempty"` // response_url
}

// originOf returns where req came from, for the view that it opens.
func originOf(req *Request) string {
	meta, err := json.Marshal(origin{req.Channel, req.Thread, req.ResponseURL.Reveal()})
	if err != nil || len(meta) > 3000 { // Slack's limit of private_metadata
		return ""
	}
	return string(meta)
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
	loading := formatting.Loading()
	loading.PrivateMetadata = originOf(req)
	view, err := b.loading(ctx, req, loading)
	if err != nil {
		defer done()
		b.recorded(ctx, req, func(ctx context.Context, rec *record) { b.viewFailed(ctx, req, rec, err) })
		return
	}
	opened := *req
	opened.opened = view
	fill := func(ctx context.Context) {
		defer done()
		b.handle(ctx, &opened)
	}
	if b.questions.offer(fill) {
		return
	}
	defer done()
	b.recorded(ctx, req, func(ctx context.Context, rec *record) {
		rec.outcome, rec.why = "turned_away", "busy"
		busy := formatting.Modal(b.answers.Style.Notice(formatting.SaysBusy, nil, b.answers.view(req, Showing{})))
		b.fill(ctx, rec, view, busy)
	})
}

// details fills the modal that was opened with a service, when access is checked.
func (b *Bot) details(ctx context.Context, req *Request, rec *record) {
	ctx, cancel := context.WithTimeout(ctx, questionLimit)
	defer cancel()
	show := Showing{Allow: b.access.Allow, Modal: true}
	ans := b.answers.Answer(ctx, req, show)
	rec.note(ans)
	shown := formatting.Modal(ans.Message)
	if ans.Result != nil {
		shown = b.answers.Style.Details(ans.Result, b.answers.view(req, show))
	}
	shown.PrivateMetadata = originOf(req)
	b.fill(ctx, rec, req.opened, shown)
}

// loading shows a modal without data, in place of the one that was clicked in, if any,
// and returns its id. It runs before there is a record, so a panic is its error.
func (b *Bot) loading(ctx context.Context, req *Request, loading slack.ModalViewRequest) (view string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if req.View != "" {
		_, err := b.slack.UpdateViewContext(ctx, loading, "", "", req.View)
		return req.View, err
	}
	opened, err := b.slack.OpenViewContext(ctx, req.Trigger.Reveal(), loading)
	if err != nil {
		return "", err
	}
	return opened.ID, nil
}

// sharedIn shows the details in the modal that they were shared from once more, saying
// so. A modal that is closed already needs nothing.
func (b *Bot) sharedIn(ctx context.Context, req *Request, ans Answer) {
	if req.View == "" || len(ans.Result.Services) != 1 {
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	o := b.answers.view(req, Showing{})
	o.Shared = true
	view := b.answers.Style.Details(ans.Result, o)
	view.PrivateMetadata = originOf(req)
	if _, err := b.slack.UpdateViewContext(ctx, view, "", "", req.View); err != nil && slackError(err) != "not_found" {
		b.log.Warn("a modal does not say that its details were shared", "ref", req.Ref, "error", err)
	}
}

// fill puts view in the place of the empty modal. Where Slack refuses it, the modal
// says so; where the modal is closed already, nobody waits for it.
func (b *Bot) fill(ctx context.Context, rec *record, id string, view slack.ModalViewRequest) {
	ctx, cancel := background(ctx)
	defer cancel()
	_, err := b.slack.UpdateViewContext(ctx, view, "", "", id)
	switch slackError(err) {
	case "":
	case "not_found":
		rec.outcome = "closed"
		return
	default:
		b.log.Error("slack refuses the details", "ref", rec.req.Ref, "error", err)
		rec.outcome = "failed"
		_, err = b.slack.UpdateViewContext(ctx, formatting.Modal(b.sorry(rec.req)), "", "", id)
	}
	b.sent(rec, place{way: respond}, err)
}

// form opens the search form, filled from the line.
func (b *Bot) form(ctx context.Context, req *Request, rec *record) {
	quick, cancel := context.WithTimeout(ctx, allowWithin)
	defer cancel()
	if d, ok := errors.AsType[*Denial](b.access.Allow(quick, req)); ok && d.cause == nil {
		ans := b.answers.denied(d, b.answers.view(req, Showing{}))
		rec.note(ans)
		b.say(ctx, req, rec, ans.Message)
		return
	}
	q, err := query.Parse(req.Line)
	if err != nil {
		q = query.Query{}
	}
	rec.outcome = "form"
	_, err = b.slack.OpenViewContext(ctx, req.Trigger.Reveal(), formatting.SearchForm(q, originOf(req)))
	if err != nil {
		b.viewFailed(ctx, req, rec, err)
		return
	}
	rec.sent = true
}

// viewFailed says in a message what could not be shown in a view.
func (b *Bot) viewFailed(ctx context.Context, req *Request, rec *record, err error) {
	if req.View != "" && slackError(err) == "not_found" {
		rec.outcome = "closed" // the window that was clicked in
		return
	}
	b.log.Warn("a view was not opened", "ref", req.Ref, "error", err)
	rec.outcome = "failed"
	says := formatting.SaysSlowWindow
	if req.Door == DoorSlash {
		says = formatting.SaysSlowForm
	}
	b.say(ctx, req, rec, b.answers.Style.Notice(says, nil, b.answers.view(req, Showing{})))
}

// home fills the Home tab of who opened it.
func (b *Bot) home(ctx context.Context, req *Request, rec *record) {
	o := b.answers.view(req, Showing{})
	rec.outcome = "home"
	may := []string{string(formatting.SaysMayAskAnyway)}
	view := b.answers.Style.Home(b.recent.of(req.User), may, o)
	if err := b.access.Allow(ctx, req); err != nil {
		ans := b.answers.denied(err, o)
		rec.note(ans)
		view = slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: ans.Message.Blocks}}
	}
	_, err := b.slack.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: req.User, View: view})
	b.sent(rec, place{way: respond}, err)
}
