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
// The search:
//
//	answer.go    the meanings of a line are tried, the likeliest first (meanings.go, loose.go);
//	             near.go: what exists near one that finds nothing; also.go: what else has the name
//	find.go      one Query is answered (plan.go: what WHMCS is asked for)
//	question.go  one call of that: rows come, are tested and kept (enough.go: until when)
//	reader.go    rows page after page, for one question; it can stop and go on
//	scan.go      one reading of all rows, shared by all questions that need it; they stay as a
//	             snapshot (snapshot.go), which other processes can have too (copies.go)
//	warm.go      rows that are older than a snapshot answer at once (warm_read.go: the reading in the
//	             background)
//	match.go     the tests of a row (match_hosts.go, names.go, words.go, lapsed.go)
//	clients.go, emails.go, servers.go   what is asked of WHMCS beside the rows
//
// The answer:
//
//	result.go    a Result, which explains itself (missing.go: what a list named in vain)
//	page.go      which rows are shown, in which order (sort.go)
//	position.go  where the next page goes on
//	holders.go   whose services they are
//	summary.go   their sums
//	changes.go   what is different from an earlier answer
//
// The lines of a result's pages also hold a control that nobody types, pos:, which says
// where the page goes on: next to which row, in which order, and a digest of the rows
// before it. The process need not remember anything between two pages, and another one
// may give the next. Query.Lasting drops it from all that is shown.
package query
