package formatting

import (
	"strings"

	"servicesbot/whmcs/query"
)

// A File is what goes beside a message.
type File struct {
	Name    string // holds nothing that anybody typed and nothing of WHMCS
	Title   string // what Slack shows above it, as tame as its name
	Content []byte
}

// IsFile reports whether an answer goes as a file: rows as CSV, and what is to be copied
// where a message does not hold it.
func IsFile(res *query.Result) bool {
	switch {
	case res.Empty():
		return false
	case res.Query.As == query.ViewCSV:
		return true
	case res.Query.As == query.ViewDomains, res.Query.As == query.ViewEmails:
		return lengthOf(toCopy(res)) > maxCopied
	}
	return false
}

// File is an answer's file, as those may read it who get it.
func (s Style) File(res *query.Result, v View) File {
	if res.Query.As == query.ViewCSV {
		content, _ := s.CSV(res, v)
		return File{CSVName(res), CSVTitle(res), content}
	}
	lines := toCopy(res)
	what := "domain"
	if res.Query.As == query.ViewEmails {
		if what = "e-mail address"; v.Public {
			lines = nil
		}
	}
	title := count(len(lines), what)
	if !complete(res) || res.Unnamed > 0 {
		title += ", not complete"
	}
	return File{string(res.Query.As) + "-" + res.AsOf.UTC().Format("20060102-150405Z") + ".txt", title, []byte(strings.Join(lines, "\n") + "\n")}
}
