package whmcs

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unsafe"
)

const actionSearch = "GetClients"

// SearchedClients is how many clients one call of GetClients brings at most.
const SearchedClients = 25

// Clients are those that GetClients found.
type Clients struct {
	Clients []Client // at most SearchedClients, without a currency
	Total   int      // how many there are by WHMCS's count
}

// GetClients finds the clients whose first, last, full or company name or e-mail address
// begins with text, in any case, as WHMCS compares it. Only those that do are returned:
// WHMCS ignores parameters that it does not know. Without the permission for it the
// error is ErrActionNotPermitted; this is asked once and remembered for an hour.
func (a *API) GetClients(ctx context.Context, text string) (Clients, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return Clients{}, a.named(actionSearch, &Error{Kind: ErrNotFound, Message: "no text to search clients by is given"})
	}
	found, from, err := a.found.get(ctx, strings.ToLower(text), false, func(ctx context.Context) (Clients, error) {
		obj, err := a.askPermitted(ctx, actionSearch, url.Values{
			"search": {text}, "limitstart": {"0"}, "limitnum": {strconv.Itoa(SearchedClients)},
		})
		if err != nil {
			return Clients{}, err
		}
		found, err := decodeClients(obj)
		return found.beginningWith(text), a.named(actionSearch, err)
	})
	a.noteUncalled(actionSearch, from, err)
	if err != nil {
		return Clients{}, a.ended(ctx, actionSearch, err)
	}
	found.Clients = append([]Client(nil), found.Clients...)
	return found, nil
}

// ListedClients is how many clients one call of ListClients brings at most.
const ListedClients = 100

// ListClients reads a page of all clients, in WHMCS's order, from the one at offset on. It
// needs the permission for GetClients, as GetClients does.
func (a *API) ListClients(ctx context.Context, offset int) (Clients, error) {
	key := "\x00" + strconv.Itoa(offset) // no text that somebody searches by
	found, from, err := a.found.get(ctx, key, false, func(ctx context.Context) (Clients, error) {
		obj, err := a.askPermitted(ctx, actionSearch, url.Values{
			"limitstart": {strconv.Itoa(offset)}, "limitnum": {strconv.Itoa(ListedClients)},
		})
		if err != nil {
			return Clients{}, err
		}
		found, err := decodeClients(obj)
		return found, a.named(actionSearch, err)
	})
	a.noteUncalled(actionSearch, from, err)
	if err != nil {
		return Clients{}, a.ended(ctx, actionSearch, err)
	}
	found.Clients = append([]Client(nil), found.Clients...)
	return found, nil
}

// decodeClients reads the list of clients.
func decodeClients(obj []byte) (Clients, error) {
	var list []byte
	var found Clients
	members(obj, func(key, v []byte) {
		switch string(key) {
		case "clients":
			list = v
		case "totalresults":
			found.Total = whole(v)
		}
	})
	rows, _, ok := rowsOf(list, "client")
	if !ok {
		return Clients{}, &Error{Kind: ErrNotJSON, Message: "the list of clients has a shape that is not known"}
	}
	for _, row := range rows {
		if c := decodeClient(row); c.ID > 0 {
			found.Clients = append(found.Clients, *c)
		}
	}
	return found, nil
}

// beginningWith keeps the clients that a text is the beginning of. Where some were
// dropped, WHMCS's count is of something else, and that of those kept is given.
func (c Clients) beginningWith(text string) Clients {
	kept := Clients{Total: c.Total}
	for _, one := range c.Clients {
		if one.begins(text) && len(kept.Clients) < SearchedClients {
			kept.Clients = append(kept.Clients, one)
		}
	}
	if len(kept.Clients) < len(c.Clients) || kept.Total < len(kept.Clients) {
		kept.Total = len(kept.Clients)
	}
	return kept
}

// begins reports whether a name, a part of it, the company or the address of c begins
// with text.
func (c Client) begins(text string) bool {
	text = strings.ToLower(text)
	starts := func(s string) bool { return strings.HasPrefix(strings.ToLower(s), text) }
	if starts(c.Name) || starts(c.Company) || starts(c.Email) {
		return true
	}
	for i, r := range c.Name {
		if r == ' ' && starts(c.Name[i+1:]) {
			return true
		}
	}
	return false
}

func weightOfClients(c Clients) uint32 {
	n := 0
	for _, one := range c.Clients {
		n += int(unsafe.Sizeof(one)) + textBytes(one.Name, one.Company, one.Email, one.CurrencyCode)
	}
	return uint32(n)
}
