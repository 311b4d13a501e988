package bot

import (
	"bytes"
	"context"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
)

// upload sends an answer as a file: into the thread where everybody there may
// read it, else into the asker's direct message. What the file is, and whether it is
// complete, is said in a message of its own: an upload's comment cannot be kept from being
// unfurled.
func (b *Bot) upload(ctx context.Context, o *outgoing) error {
	channel, thread := o.to.channel, o.to.thread
	if !o.to.public() {
		dm, err := b.poster.open(ctx, o.ask.User)
		if err != nil {
			return err
		}
		channel, thread = dm, ""
		o.view.FileElsewhere = o.to.channel != dm && o.to.way != direct
	}
	file := b.answers.Style.File(o.answer.Result, o.view)
	up, err := b.slack.UploadFileContext(ctx, slack.UploadFileParameters{
		Filename: file.Name, FileSize: len(file.Content), Reader: bytes.NewReader(file.Content),
		Title: file.Title, Channel: channel, ThreadTimestamp: thread,
	})
	o.rec.shared = o.rec.shared || o.to.public() && (err == nil || unknownOutcome(err))
	if err != nil {
		return err
	}
	o.uploaded = up.ID
	return nil
}

// moveFile takes a file out of a channel and sends it to the asker, to whom alone Slack let
// the bot say what it is.
func (b *Bot) moveFile(ctx context.Context, o *outgoing) {
	b.dropSent(ctx, o)
	o.to = askersAddress(o.ask.Request)
	if err := b.upload(ctx, o); err != nil {
		b.log.Error("a file was not sent to its asker", "ref", o.ask.Ref, "error", err)
	}
}

// dropSent takes the file of an answer away that was uploaded for others to read.
func (b *Bot) dropSent(ctx context.Context, o *outgoing) {
	o.rec.shared = !b.dropFile(ctx, o.ask.Request, o.uploaded)
	o.uploaded = ""
}

// dropFile takes a file away and reports whether it is gone; "" is none.
func (b *Bot) dropFile(ctx context.Context, req *Request, file string) bool {
	if file == "" {
		return true
	}
	ctx, cancel := background(ctx)
	defer cancel()
	if err := b.slack.DeleteFileContext(ctx, file); err != nil && !alreadyDeleted(err) {
		b.log.Error("a file was not removed", "ref", req.Ref, "error", err)
		return false
	}
	return true
}

// sayNoFile says that Slack did not take a file: in place of the note of progress, else to
// the asker alone.
func (b *Bot) sayNoFile(ctx context.Context, o *outgoing, err error) address {
	b.log.Error("a file was not uploaded", "ref", o.ask.Ref, "error", err, "outcome_unknown", unknownOutcome(err))
	o.rec.outcome = outcomeFailed
	to := o.to
	if to.way != update {
		to = askersAddress(o.ask.Request)
	}
	says := formatting.SaysNoFile
	if unknownOutcome(err) {
		says = formatting.SaysFileUnknown
	}
	at, err := b.deliverNotice(ctx, to, b.answers.Style.Notice(says, nil, b.answers.view(o.ask.Request)))
	b.noteSent(o.rec, at, err)
	return at
}
