package bot

import (
	"bytes"
	"context"

	"github.com/slack-go/slack"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

// isFile reports whether an answer is a CSV file rather than a message.
func isFile(ans Answer) bool { return ans.Result != nil && ans.Query.As == query.ViewCSV }

// sendFile uploads an answer as a CSV file: into the thread where everybody there
// may read it, else into the asker's direct message. What the file is, and whether
// it is complete, is said in a message of its own at the place of the answer, whose
// ts is returned: an upload's own comment cannot be kept from being unfurled.
func (b *Bot) sendFile(ctx context.Context, req *Request, rec *record, to place, ans Answer, show Showing) string {
	ctx, cancel := background(ctx)
	defer cancel()
	o := b.answers.options(req, show)
	channel, thread := to.channel, to.thread
	if !to.public() {
		dm, err := b.poster.open(ctx, to.user)
		if err != nil {
			b.fileFailed(ctx, rec, err, o)
			return ""
		}
		channel, thread = dm, ""
		o.FileElsewhere = to.channel != dm && to.way != direct
	}
	if _, err := b.upload(ctx, ans.Result, o, channel, thread); err != nil {
		b.fileFailed(ctx, rec, err, o)
		return ""
	}
	ts, err := b.poster.deliver(ctx, to, formatting.Answer(ans.Result, o))
	b.sent(rec, to, err)
	return ts
}

// upload puts a result's rows as a file into a channel and returns the file's id.
func (b *Bot) upload(ctx context.Context, res *query.Result, o formatting.Options, channel, thread string) (string, error) {
	file, _ := formatting.CSV(res, o)
	up, err := b.slack.UploadFileContext(ctx, slack.UploadFileParameters{
		Filename: formatting.CSVName(res), FileSize: len(file), Reader: bytes.NewReader(file),
		Title: "Services", Channel: channel, ThreadTimestamp: thread,
	})
	if err != nil {
		return "", err
	}
	return up.ID, nil
}

func (b *Bot) fileFailed(ctx context.Context, rec *record, err error, o formatting.Options) {
	b.log.Error("a file was not uploaded", "ref", rec.req.Ref, "error", err, "outcome_unknown", unknownOutcome(err))
	rec.outcome = "failed"
	_, err = b.poster.deliver(ctx, alone(rec.req), formatting.Notice("Slack did not take the file. Try again; if it stays so, whoever runs the bot should check the scope files:write.", nil, o))
	b.sent(rec, alone(rec.req), err)
}
