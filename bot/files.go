package bot

import (
	"bytes"
	"context"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// isFile reports whether an answer is a CSV file rather than a message. Without rows it
// is none.
func isFile(ans Answer) bool {
	return ans.Result != nil && ans.Query.As == query.ViewCSV && len(ans.Result.Services) > 0
}

// sendFile uploads an answer as a CSV file: into the thread where everybody there
// may read it, else into the asker's direct message. What the file is, and whether
// it is complete, is said in a message of its own at the place of the answer, which
// is returned: an upload's own comment cannot be kept from being unfurled.
func (b *Bot) sendFile(ctx context.Context, req *Request, rec *record, to place, ans Answer, show Showing) place {
	ctx, cancel := background(ctx)
	defer cancel()
	v := b.answers.view(req, show)
	channel, thread := to.channel, to.thread
	if !to.public() {
		dm, err := b.poster.open(ctx, to.user)
		if err != nil {
			return b.fileFailed(ctx, rec, to, err, v)
		}
		channel, thread = dm, ""
		v.FileElsewhere = to.channel != dm && to.way != direct
	}
	file, err := b.upload(ctx, ans.Result, v, channel, thread)
	rec.shared = to.public() && (err == nil || unknownOutcome(err))
	if err != nil {
		return b.fileFailed(ctx, rec, to, err, v)
	}
	at, err := b.poster.deliver(ctx, to, b.answers.Style.Answer(ans.Result, v))
	if to.public() && !at.public() && err == nil {
		file = b.takeAside(ctx, req, rec, file, ans.Result, v)
	}
	b.sent(rec, at, err)
	if unknownOutcome(err) && to.public() {
		b.unconfirmed(ctx, req, ans)
	}
	at.file = file
	return at
}

// takeAside takes a file out of a channel and sends it to who asked, whom alone Slack
// let the bot tell of it. It returns the file's new id.
func (b *Bot) takeAside(ctx context.Context, req *Request, rec *record, file string, res *query.Result, v formatting.View) string {
	rec.shared = !b.dropFile(ctx, req, file)
	dm, err := b.poster.open(ctx, req.User)
	if err == nil {
		file, err = b.upload(ctx, res, v, dm, "")
	}
	if err != nil {
		b.log.Error("a file was not sent to who asked", "ref", req.Ref, "error", err)
		return ""
	}
	return file
}

// dropFile takes a file away, that of an answer that is corrected for one, and reports
// whether it is gone; "" is none.
func (b *Bot) dropFile(ctx context.Context, req *Request, file string) bool {
	if file == "" {
		return true
	}
	ctx, cancel := background(ctx)
	defer cancel()
	if err := b.slack.DeleteFileContext(ctx, file); err != nil && !gone(err) {
		b.log.Error("a file was not removed", "ref", req.Ref, "error", err)
		return false
	}
	return true
}

// upload puts a result's rows as a file into a channel and returns the file's id.
func (b *Bot) upload(ctx context.Context, res *query.Result, v formatting.View, channel, thread string) (string, error) {
	file, _ := b.answers.Style.CSV(res, v)
	up, err := b.slack.UploadFileContext(ctx, slack.UploadFileParameters{
		Filename: formatting.CSVName(res), FileSize: len(file), Reader: bytes.NewReader(file),
		Title: formatting.CSVTitle(res), Channel: channel, ThreadTimestamp: thread,
	})
	if err != nil {
		return "", err
	}
	return up.ID, nil
}

// fileFailed says that Slack did not take a file: in the place of what tells that the
// question is in work, else to the asker alone.
func (b *Bot) fileFailed(ctx context.Context, rec *record, to place, err error, v formatting.View) place {
	b.log.Error("a file was not uploaded", "ref", rec.req.Ref, "error", err, "outcome_unknown", unknownOutcome(err))
	rec.outcome = "failed"
	if to.way != update {
		to = alone(rec.req)
	}
	says := formatting.SaysNoFile
	if unknownOutcome(err) {
		says = formatting.SaysFileUnknown
	}
	at, err := b.poster.deliver(ctx, to, b.answers.Style.Notice(says, nil, v))
	b.sent(rec, at, err)
	return at
}
