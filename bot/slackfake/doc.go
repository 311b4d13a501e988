// Package slackfake is a Slack workspace in memory, on loopback: the Web API, Socket
// Mode, response_urls, file uploads, people who type, click and fill forms in. It checks
// what an app sends as strictly as Slack does and can be told to fail in Slack's ways. It
// shares no types and no limits with what it tests, and knows no bot but by its protocol.
//
// A test starts a workspace, points the real bot at it, acts as a person and looks at
// what people see:
//
//	w, err := slackfake.New(slackfake.Config{})
//	err = w.Start()
//	defer w.Close()
//
//	// point the bot at it: w.URL() is SLACK_API_URL, w.AppToken() and w.BotToken() the tokens
//	err = w.WaitSockets(ctx, 2)
//
//	sent, err := w.Slash("alice", "#support", "client:1 status:active")
//	msg, err := w.WaitMessage(ctx, "alice", "#support", "demodomain2.net")
//	if !msg.Ephemeral { … }
//
//	next, _ := msg.Button("Next")
//	sent, err = w.Click("alice", msg, next)
//	err = w.Wait(ctx, func() bool { return w.Answers(sent.Envelope) == 1 })
//
// # Acting
//
// People and channels are named by id or name ("alice", "#support"); "dm" is the
// person's own direct message with the bot. Slash, Post, Edit, Delete, Click, Choose, Fill,
// Submit, CloseView, GlobalShortcut, MessageShortcut, OpenHome, ShareChannel,
// ChangeChannelID, Invite and Kick each do what a person does and send the bot what Slack
// would send. They return what was sent, and an error if a person could not do it: a
// button that is not there, a channel one is not in, a form that lacks a required field.
// Deliver sends any envelope as it is.
//
// # Seeing
//
// Messages, Thread and Everything are a conversation as one person sees it: ephemeral
// messages for their addressee alone. Modal, Modals and Home are views, Files files, Notices
// what Slack itself says beside messages. Message.Elements and View.Elements list what can
// be clicked or filled in. All are copies.
//
// # Waiting
//
// Wait asks a condition again after every change, without sleeping; WaitMessage,
// WaitView and WaitSockets are the common cases. Time-outs come from the context, and the
// error says what was seen last. Advance moves the workspace's clock: triggers and
// response_urls expire, retries and missed acks happen at once.
//
// # Measuring
//
// Counts, AckTimes, Answers and Trace say what went over the wire; secrets are masked in
// the trace.
//
// # Failing
//
// Fail and Heal let a method of the Web API misbehave (429, 5xx, refusals, delay, no answer,
// a dropped or cut connection), also ResponseURL, FileUpload and SocketLink. RefuseNewBlocks,
// Duplicate, Mute, Ghosts, Junk, Garble, Disconnect, RefreshOne and HangUp are the rest.
//
// # Scripts and the page
//
// Play plays a conversation written as plain text, see testdata/talk. PageURL is a page
// that shows the workspace in a browser and lets one act in it; Switches, AddSwitch and Flip
// are what can be played with there and in scripts. Note puts a line of the caller's into the
// trace.
//
// # What it does not do
//
// It has one app in one workspace; no group messages, no unfurling, no rate limits of its own (see
// Fail), no history methods. Where Slack's behaviour is not documented it does the
// stricter thing.
package slackfake
