// Package bot is the Slack side of servicesbot, and this file is its tour.
//
// Every door (slash command, mention, direct message, button, form, shortcut, shell) becomes
// one line of the language of package whmcs/query. That line is the whole state of an answer's
// buttons: they carry the next line, and a click is read and checked for access again, for the
// person who clicked. What is kept beside it: edits, live answers, last questions and pins, and
// what happens once.
//
// The files, in the order of the road:
//
//	bot.go       what a Bot is made of, and its run from the first call to the end (signin.go: who
//	             it is; finish.go: the end: what is not done is told, or left to the others)
//	request.go   what somebody wants, through whichever door it came
//	sockets.go   two sockets, kept up; the loop of each, which opens the next connection before
//	             one ends (opener.go: how often Slack is asked for one)
//	connection.go   one websocket (sockets_linux.go, sockets_other.go: what only some systems can)
//	receive.go   what both sockets' loops do with a frame, all of it local: it is queued in a lane,
//	             or its asker is turned away
//	intake.go    an envelope becomes a Request (typed.go: Slack's ways of writing text)
//	seen.go      the same event again? acknowledged, not answered again
//	acks.go      which connection acknowledges what, within 2.5 s
//	workers.go   the lanes: bounded queues with a fixed number of workers
//	handle.go    one request in a worker: its audit record, its panic, its deed
//	decide.go    1 decide: read and check once, which gives an ask; deliveryOf, a pure function of
//	             it and of what was looked up, gives the delivery
//	answer.go    the rest of the road, step by step: findAndDeliver
//	find.go      2 find: what is asked of WHMCS, or offered where nothing can be
//	render.go    3 render: what was found is written down for those who read it
//	deliver.go   4 deliver: who reads it is decided once more; simpler forms, other addresses,
//	             what is not known to have arrived (files.go: answers that are files)
//
// What the road uses:
//
//	address.go   where a message goes, and the next address to try
//	poster.go    one message to one address (blocks.go: does Slack take tables here?)
//	web.go       every HTTP call to Slack: time limits, Retry-After (pauses.go: what a 429 pauses)
//	access.go    who may ask, and in which channels all who read are insiders (wishes.go: who
//	             asks for access)
//	rates.go     how often one person may ask
//	notes.go     what a slow question says meanwhile; stop.go ends it
//	versions.go  the versions of a question that its asker edits, and where their answer is
//	live.go      answers that are kept current; renew.go asks again for them and ends them
//	correct.go   an answer from warm rows is corrected when newer ones are there
//	share.go     an answer is shared once, and taken back (once.go: what happens once)
//	modals.go    details, the search form and the Home tab (history.go: last questions;
//	             pins.go: those that somebody pinned)
//	shortcut.go  what can be looked up in somebody's message
//	audit.go     one line per request
//	logbuffer.go   a log that nobody reads stalls nobody
//	status.go    metrics, and http.go, which serves them and the process's health
//	cache.go     how memory of people and channels is bounded
//
// What replicas share, where there are several (store.go: the promises; store_memory.go: how
// one process keeps them):
//
//	replicas.go   who lives, and who takes over from whom
//	journal.go    what was accepted is answered, by another replica if need be
//	versions_shared.go   an edit that comes to another replica than the mention did
//	news.go      what one replica learns of Slack, the others hear
//	store_redis.go   the server and a breaker around it (store_redis_url.go: its address;
//	             store_redis_news.go: what replicas tell each other;
//	             store_redis_memory.go, store_redis_journal.go: the promises;
//	             store_redis_kept.go: what the server lost is put back;
//	             store_redis_places.go, store_redis_rows.go: calls to WHMCS, and what they
//	             brought; store_seal.go: what leaves the process is sealed; store_status.go:
//	             metrics; store_redis_examine.go: for the doctor)
//	store_trouble.go   where one replica leaves WHMCS alone, the others do
//
// A click: the loop reads it (receive), makes a Request (intake), queues it (queueOrTurnAway)
// and has it acknowledged. A worker reads the button's line and checks the access of whoever clicked
// (decide); who has none is told why, and that is all (deny). deliveryOf says that a private
// message is replaced and that a post stays as it is, but for Refresh, Keep current and in direct
// messages; and that Share posts, and leaves the message that was clicked as it is. Share is refused
// where the channel is closed to it (sayNotShared); then claimShare sees to it that a second click
// posts nothing. The search runs
// (findAndDeliver, findWithNotes), with a note of progress after two seconds. What was found decides
// once more who reads it (deliveryOf again, in deliver), is written down for them (render) and
// sent. The audit line ends it (withRecord).
//
// A shared scan: several people ask what only a look at every service can answer. Each
// question takes the same road up to Answers.find. Package query lets them share one scan of
// WHMCS, which goes on while somebody needs more rows than it has: each question sees every
// page of it and leaves when it has enough. Share takes that road too, but posts the rows of a
// scan of the last five minutes rather than read them again. The comment of package query
// goes on from there.
//
// An edit: Slack sends the mention again, which is a new version of its question (answerVersion).
// versions.begin ends the version in progress here, beginSharedVersion those on other replicas.
// The new version waits for its turn: for the one in progress here by localQuestion.turn, for those
// on other replicas by takeSharedTurn, which also learns where their answer is. findAndDeliver gets
// that address as a fact, as it gets that of a note of progress, and deliveryOf lets the answer
// take its place.
//
// The loop never waits: not for a worker, an acknowledgement, Slack or WHMCS. A reader that
// stalls acknowledges nothing in time, answers no ping, and loses the connection.
package bot
