// Package bot is the Slack side of servicesbot, and this file is its tour.
//
// Every door (slash command, mention, direct message, button, form, shortcut,
// shell) becomes one line of the language of package whmcs/query. That line is the
// whole state: buttons carry the next line, paging stores nothing, and a click is
// parsed and checked for access again, for the person who clicked.
//
// The road of a request, file by file:
//
//	request.go   what somebody wants, through whichever door it came
//	sockets.go   two Socket Mode connections, kept up; the loop that reads them
//	             (sockets_linux.go, sockets_other.go: what only some systems can)
//	intake.go    an envelope becomes a Request (typed.go: what was typed)
//	seen.go      the same event again? acknowledged, not answered again
//	bot.go       take: the four local steps of the loop; offer: into a bounded lane
//	acks.go      one goroutine a socket acknowledges, within 2.5 s
//	workers.go   the lanes: bounded queues with a fixed number of workers
//	handle.go    one request in a worker: what it asks for
//	place.go     where the answer goes, and who reads there
//	views.go     details, search form, Home tab; share.go, files.go, lookup.go: the other deeds
//	running.go   the questions in work, to be stopped or corrected by an edit
//	answer.go    Answer: parse, allow, find, format; an error becomes a message
//	access.go    who may ask, and where all who read are insiders
//	rates.go     how often one person may ask
//	recent.go    what each person asked last
//	progress.go  what a slow question tells meanwhile
//	reply.go     a message to its place: privately, into a thread, in place of another
//	web.go       every HTTP call to Slack: time limits, Retry-After, spacing
//	audit.go     one line a request
//	status.go    metrics, and http.go, which serves them and the process's health
//	caches.go    how memory of people and places is bounded
//
// The loop never waits: not for a worker, an acknowledgement, Slack or WHMCS. A
// reader that stalls loses frames and, when its library's queue of 50 is full, the
// connection.
package bot
