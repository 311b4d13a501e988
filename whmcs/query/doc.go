// Package query is the language in which services are asked for, and the search
// that answers it. This file is its tour.
//
// A line is a list of terms, all of which must match:
//
//	client:1 status:active,suspended -product:"Domain Backup" due:<30d sort:-amount
//
// What people type goes to Read, what a button holds to Written. Both end at a Query, which
// Finder.Answer answers: what WHMCS can filter by is asked of WHMCS, the rest is tested here,
// and every row is tested against every term whatever WHMCS did.
//
// The language, which is strict (Parse reads it, Query.String writes it, Keys is the table of
// its keys):
//
//	query.go     a Query, and how it is changed into another
//	fields.go    the table of keys
//	parse.go     a line becomes a Query (lex.go: its tokens; parse_terms.go, parse_words.go: what
//	             is more than a key and its values)
//	values.go    the values of a key: numbers.go, dates.go, periods.go, addresses.go, hosts.go,
//	             patterns.go
//	mistakes.go  all that is wrong with a line, and how to correct it (nearest.go: which key was
//	             meant)
//
// Reading, which is lenient. It is pure and asks nobody; what depends on names in WHMCS stays
// open, for the search:
//
//	reading.go   what somebody who typed a line probably meant
//	reading_tokens.go   the words, freed of what only stood around them
//	reading_terms.go   the listener, which goes through them; each of the next takes some:
//	             reading_things.go, reading_values.go, reading_dates.go, reading_ranges.go, reading_periods.go,
//	             reading_amounts.go, reading_sort.go, reading_parts.go, reading_asked.go
//	reading_words.go   the words that it knows, a table for each use
//	reading_loose.go   what cannot be done, and what is left over
//	reading_others.go, reading_fuller.go   other queries of the same words
//	reading_mistakes.go   a line that is read and still wrong
//	mentioned.go   what can be looked up in somebody's message
//
// The search. Lines are read; rows are fetched, and a scan is one fetch of the whole installation:
//
//	answer.go    the meanings of a line are tried, the likeliest first (meanings.go, loose.go);
//	             near.go: what exists near one that finds nothing; also.go: what else has the name
//	find.go      one Query is answered (plan.go: what WHMCS is asked for)
//	question.go  one call of that: rows come from a fetcher of its own, or from a scan; they are
//	             tested and kept (question_stop.go: until when, and what it means for the answer)
//	match.go     the tests of a row (match_hosts.go, names.go, words.go, lapsed.go)
//	clients.go, client_details.go, emails.go, servers.go   what is asked of WHMCS beside the rows
//
// Where the rows come from:
//
//	fetcher.go   page after page of some requests (request_pages.go: of one of them); it can stop
//	             and resume, behind a row if need be (fetcher_cut.go)
//	scan.go      the rows of the whole installation, shared by all questions that need them
//	scan_run.go  the goroutine that fetches for a scan while somebody waits (scan_shared.go:
//	             together with other processes; shared_rows.go: by what they share a copy)
//	snapshot.go  the rows of a scan stay, and answer for some minutes
//	warm.go      rows that are older than a snapshot answer at once (warm_scan.go: the scan in the
//	             background)
//
// The answer:
//
//	result.go    a Result, which explains itself (missing.go: what a list named in vain)
//	result_page.go   which rows are shown, in which order (sort.go)
//	position.go  where the next page goes on
//	holders.go   whose services they are
//	summary.go   their sums
//	changes.go   what is different from an earlier answer
//
// A question's way: Finder.Answer takes a Reading and calls Find for its likeliest query. Find
// makes a question, asks for what the terms name (resolveEmails, resolveNames), and lets planFor
// choose what to ask WHMCS. search then gets the rows: with a key that WHMCS filters by, fetchOwn
// gives each page of a fetcher to testPage; without one, useScan takes warm rows if they will do, else
// the rows of a scan. When
// the question is done, judge says what an early end means, and answer fills the Result: the page
// that is shown is cut out of the rows found by cutPage, and links writes the lines around it.
//
// A shared scan's way: join finds the scan that a question can share, or makes one, and
// followScan tests its pages as they come. Each question says by want how many rows it wants, and
// the first to want more than there are starts a run. The run adds pages while any question wants
// more (fetchWanted), and wakes all of them with each. A question that has enough leaves; the
// last one to leave ends the run. What was fetched stays as a snapshot, which the next question
// joins and a next run resumes; complete rows go to the warmer too. With SharedRows a run first
// looks for another process's copy, or leads: then it fetches, and saves a copy for the others.
//
// The lines of a result's pages also hold a control that nobody types, pos:, which says
// where the page goes on: next to which row, in which order, and a digest of the rows
// before it. The process need not remember anything between two pages, and another one
// may give the next. Query.Lasting drops it from all that is shown.
package query
