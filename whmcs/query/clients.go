package query

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"servicesbot/whmcs"
)

// maxNamedClients is how many clients of one name are asked for their services.
const maxNamedClients = 10

// maxNames is how many names one question may look for, a call each.
const maxNames = 3

// resolveNames asks for the clients whose names begin with the texts of client: terms.
func (a *question) resolveNames(ctx context.Context) error {
	var names []string
	for _, t := range a.q.Terms {
		if t.Key == "client" {
			names = append(names, texts(t.Values)...)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > maxNames {
		return a.q.problem(Problem{Reason: TooManyNames, Count: len(names), Most: maxNames})
	}
	found := make([]whmcs.Clients, len(names))
	errs, asked := make([]error, len(names)), make([]<-chan error, len(names))
	for i, name := range names {
		asked[i] = whmcs.Go(func() (err error) {
			found[i], err = a.f.clientsBeginning(ctx, name)
			return err
		})
	}
	for i := range asked {
		errs[i] = <-asked[i]
	}
	for i, name := range names {
		switch {
		case errors.Is(errs[i], whmcs.ErrActionNotPermitted):
			return a.q.problem(Problem{Reason: NamesNotPermitted, Key: "client", Value: name})
		case errs[i] != nil:
			return errs[i]
		case found[i].Total > maxNamedClients:
			return a.manyClients(name, found[i])
		}
		a.env.knowNamed(name, found[i].Clients)
	}
	return nil
}

// problem is the Error of a question that is well written but cannot be asked.
func (q Query) problem(p Problem) *Error {
	line := q.String()
	p.End = len(line)
	return &Error{Line: line, Problems: []Problem{p}}
}

// manyClients says that more clients have a name than are asked for at once, and offers
// the first of them.
func (a *question) manyClients(name string, found whmcs.Clients) *Error {
	e := a.q.problem(Problem{Reason: ManyClients, Key: "client", Value: name, Count: found.Total, Most: maxNamedClients})
	for _, c := range found.Clients[:min(len(found.Clients), maxNamedClients)] {
		e.Clients = append(e.Clients, c)
		e.Corrected = append(e.Corrected, a.q.withValue("client", name, strconv.Itoa(c.ID)))
	}
	return e
}

// knowNamed keeps which clients have a name, folded.
func (e *env) knowNamed(name string, found []whmcs.Client) {
	if e.byName == nil {
		e.byName = make(map[string][]whmcs.Client)
	}
	e.byName[name] = found
}

// clientIDs returns the numbers of the clients that values of client: mean.
func (e *env) clientIDs(values []string) []int {
	ids := numbers(values)
	for _, name := range texts(values) {
		for _, c := range e.byName[name] {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// clientsBeginning asks for the clients whose names begin with a text, and where there are
// none, with the apostrophe that people leave out: obrien is O'Brien. WHMCS's database
// compares accents and case itself.
func (f *Finder) clientsBeginning(ctx context.Context, name string) (whmcs.Clients, error) {
	found, err := f.api.GetClients(ctx, name)
	if other := withApostrophe(name); err == nil && found.Total == 0 && other != "" {
		return f.api.GetClients(ctx, other)
	}
	return found, err
}

// withApostrophe is a name whose last word may be one with an apostrophe; "": it is none.
func withApostrophe(name string) string {
	at := strings.LastIndexByte(name, ' ') + 1
	if word := name[at:]; len(word) < len("obrien")-1 || strings.ContainsAny(word, "'@") || strings.IndexByte("odl", lower(word[0])) < 0 || !isLetter(word[1]) {
		return ""
	}
	return name[:at+1] + "'" + name[at+1:]
}
