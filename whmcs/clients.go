package whmcs

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// The actions that WHMCS may permit or not: without them services are found all
// the same.
const (
	actionClients = "GetClientsDetails"
	actionServers = "GetServers"
)

// A Client is a customer, as GetClientsDetails describes one.
type Client struct {
	ID           int
	Name         string // first and last name
	Company      string
	Email        string
	CurrencyCode string // EUR
}

// A clientKey is what a client is asked for by.
type clientKey struct {
	id    int
	email string
}

// GetClientsDetails reads one client by id or, where id is 0, by exact e-mail
// address. Without the permission for it the error is ErrActionNotPermitted;
// this is asked once and remembered for an hour.
func (a *API) GetClientsDetails(ctx context.Context, id int, email string) (*Client, error) {
	key := clientKey{id: id}
	params := url.Values{"clientid": {strconv.Itoa(id)}}
	if id == 0 {
		key.email = strings.ToLower(strings.TrimSpace(email))
		params = url.Values{"email": {key.email}}
	}
	if id < 0 || key == (clientKey{}) {
		return nil, a.named(actionClients, &Error{Kind: ErrNotFound, Detail: DetailNoID})
	}
	shared, from, err := a.clients.get(ctx, key, false, func(ctx context.Context) (*Client, error) {
		obj, err := a.askPermitted(ctx, actionClients, params)
		if err != nil {
			return nil, err
		}
		c := decodeClient(obj)
		if c.ID == 0 || key.id != 0 && c.ID != key.id || key.email != "" && !strings.EqualFold(c.Email, key.email) {
			return nil, a.named(actionClients, &Error{Kind: ErrWHMCS, Detail: DetailOtherClient})
		}
		return c, nil
	})
	a.noteUncalled(actionClients, from, err)
	if err != nil {
		return nil, a.ended(ctx, actionClients, err)
	}
	c := *shared
	return &c, nil
}

// decodeClient reads a client from below "client", and from the top level, where
// older versions have the same fields.
func decodeClient(obj []byte) *Client {
	var c Client
	var first, last string
	var userID int
	read := func(key, v []byte) {
		switch string(key) {
		case "id", "client_id":
			c.ID = whole(v)
		case "userid":
			userID = whole(v)
		case "firstname":
			first = text(v)
		case "lastname":
			last = text(v)
		case "companyname":
			c.Company = text(v)
		case "email":
			c.Email = text(v)
		case "currency_code":
			c.CurrencyCode = text(v)
		}
	}
	members(obj, read)
	members(obj, func(key, v []byte) {
		if string(key) == "client" {
			members(v, read)
		}
	})
	if c.ID == 0 {
		c.ID = userID
	}
	c.Name = strings.TrimSpace(first + " " + last)
	return &c
}

func (c *Client) weight() uint32 {
	return uint32(int(unsafe.Sizeof(*c)) + textBytes(c.Name, c.Company, c.Email, c.CurrencyCode))
}

// A Server is a machine that services live on.
type Server struct {
	ID       int
	Name     string
	Hostname string
	IP       string
}

// GetServers reads all servers. Without the permission for it the error is
// ErrActionNotPermitted; this is asked once and remembered for an hour.
func (a *API) GetServers(ctx context.Context) ([]Server, error) {
	shared, from, err := a.servers.get(ctx, struct{}{}, false, func(ctx context.Context) ([]Server, error) {
		obj, err := a.askPermitted(ctx, actionServers, url.Values{})
		if err != nil {
			return nil, err
		}
		servers, err := decodeServers(obj)
		return servers, a.named(actionServers, err)
	})
	a.noteUncalled(actionServers, from, err)
	if err != nil {
		return nil, a.ended(ctx, actionServers, err)
	}
	return slices.Clone(shared), nil
}

func decodeServers(obj []byte) ([]Server, error) {
	var list []byte
	members(obj, func(key, v []byte) {
		if string(key) == "servers" {
			list = v
		}
	})
	rows, _, ok := rowsOf(list, "server")
	if !ok {
		return nil, &Error{Kind: ErrNotJSON, Detail: DetailShape}
	}
	var servers []Server
	for _, row := range rows {
		var s Server
		members(row, func(key, v []byte) {
			switch string(key) {
			case "id":
				s.ID = whole(v)
			case "name":
				s.Name = text(v)
			case "hostname":
				s.Hostname = text(v)
			case "ipaddress":
				s.IP = text(v)
			}
		})
		if s.ID > 0 {
			servers = append(servers, s)
		}
	}
	return servers, nil
}

func weightOfServers(servers []Server) uint32 {
	n := 0
	for _, s := range servers {
		n += int(unsafe.Sizeof(s)) + textBytes(s.Name, s.Hostname, s.IP)
	}
	return uint32(n)
}

// deniedFor is how long a missing permission is remembered.
const deniedFor = time.Hour

// A denials remembers the actions that the API role lacks.
type denials struct {
	mu      sync.Mutex
	actions map[string]denial
}

type denial struct {
	err   error
	until time.Time
}

// askPermitted is ask for an action that the API role may lack, which is asked
// once.
func (a *API) askPermitted(ctx context.Context, action string, params url.Values) ([]byte, error) {
	if err := a.denied.get(action); err != nil {
		return nil, err
	}
	ans, err := a.ask(ctx, question{action: action, params: params})
	if errors.Is(err, ErrActionNotPermitted) {
		a.denied.set(action, err)
	}
	if err != nil {
		return nil, err
	}
	return ans.frame.obj, nil
}

func (d *denials) get(action string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if denied := d.actions[action]; time.Now().Before(denied.until) {
		return denied.err
	}
	return nil
}

func (d *denials) set(action string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.actions == nil {
		d.actions = map[string]denial{}
	}
	d.actions[action] = denial{err, time.Now().Add(deniedFor)}
}
