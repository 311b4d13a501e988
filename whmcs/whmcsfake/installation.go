package whmcsfake

import (
	"hash/maphash"
	"strings"
	"time"
)

// DefaultServices is how many services there are unless Config says otherwise.
const DefaultServices = 650

// An installation is the data: which services there are, and indexes over them.
// A service itself is made from its id whenever it is asked for, so that 100,000
// of them take a few megabytes only. An installation does not change.
type installation struct {
	n   int // services; their ids are 1 to n
	day calendar

	clients   int // their ids are 1 to clients
	byClient  map[int][]int32
	byProduct map[int][]int32
	seed      maphash.Seed
	domains   []uint32 // hashes of each service's domain, lower case, by id-1
	usernames []uint32
	perServer []int
	suspended map[int]bool // services that Suspend changed; nil: none
}

// newInstallation makes one of n services around the day of now.
func newInstallation(n int, now time.Time) *installation {
	if n == 0 {
		n = DefaultServices
	}
	n = max(n, len(written)+firstWritten-1)
	in := &installation{
		n: n, day: calendarOf(now), clients: lastClient(n),
		byClient: map[int][]int32{}, byProduct: map[int][]int32{}, seed: maphash.MakeSeed(),
		domains: make([]uint32, n), usernames: make([]uint32, n), perServer: make([]int, len(servers)),
	}
	for id := 1; id <= n; id++ {
		sv := in.service(id)
		in.byClient[sv.client] = append(in.byClient[sv.client], int32(id))
		in.byProduct[sv.product.id] = append(in.byProduct[sv.product.id], int32(id))
		in.domains[id-1] = in.hash(encodeEntities(sv.domain))
		in.usernames[id-1] = in.hash(sv.username)
		if sv.server != nil {
			in.perServer[sv.server.id-1]++
		}
	}
	return in
}

func (in *installation) hash(text string) uint32 {
	return uint32(maphash.String(in.seed, strings.ToLower(text)))
}

// matches are the ids of the services that match a filter, in ascending order.
type matches struct {
	all  int // where everything matches: how many
	ids  []int32
	skip int // left out at the front
}

func (m matches) len() int { return max(m.all, len(m.ids)) - m.skip }

// at returns the i-th id, i from 0.
func (m matches) at(i int) int {
	i += m.skip
	if m.all > 0 {
		return i + 1
	}
	return int(m.ids[i])
}

// without returns m without its first n.
func (m matches) without(n int) matches {
	m.skip += min(n, m.len())
	return m
}

// find returns what matches all of f. Nobody documents the order of the rows;
// ascending ids are what the documentation's example shows.
func (in *installation) find(f filter) matches {
	switch {
	case f == filter{}:
		return matches{all: in.n}
	case f.service != 0:
		if f.service < 0 || f.service > in.n || !in.has(f, f.service) {
			return matches{}
		}
		return matches{ids: []int32{int32(f.service)}}
	case f.client != 0:
		return in.narrow(f, in.byClient[f.client], filter{client: f.client})
	case f.product != 0:
		return in.narrow(f, in.byProduct[f.product], filter{product: f.product})
	case f.domain != "":
		return in.narrow(f, idsOf(in.domains, in.hash(f.domain)), filter{})
	}
	return in.narrow(f, idsOf(in.usernames, in.hash(f.username)), filter{})
}

// narrow keeps those of ids that match f; tested is what they are known to match.
func (in *installation) narrow(f filter, ids []int32, tested filter) matches {
	if f == tested {
		return matches{ids: ids}
	}
	var out []int32
	for _, id := range ids {
		if in.has(f, int(id)) {
			out = append(out, id)
		}
	}
	return matches{ids: out}
}

// idsOf returns the ids whose hash is h.
func idsOf(hashes []uint32, h uint32) []int32 {
	var out []int32
	for i, x := range hashes {
		if x == h {
			out = append(out, int32(i+1))
		}
	}
	return out
}

// has reports whether a service matches f. Texts are compared exactly, but without
// regard to case, as WHMCS's database does by default; its domains are kept with
// entities.
func (in *installation) has(f filter, id int) bool {
	sv := in.service(id)
	return (f.client == 0 || f.client == sv.client) &&
		(f.service == 0 || f.service == sv.id) &&
		(f.product == 0 || f.product == sv.product.id) &&
		(f.domain == "" || strings.EqualFold(f.domain, encodeEntities(sv.domain)) || strings.EqualFold(f.domain, sv.domain)) &&
		(f.username == "" || strings.EqualFold(f.username, sv.username))
}

// onServer returns how many services live on the i-th server.
func (in *installation) onServer(i int) int { return in.perServer[i] }

// hasClient reports whether there is a client of that id, with services or without.
func (in *installation) hasClient(id int) bool { return id > 0 && id <= in.clients }

// clientByEmail returns the client of an e-mail address, 0 where there is none.
func (in *installation) clientByEmail(email string) int {
	if email == "" {
		return 0
	}
	for id := 1; id <= in.clients; id++ {
		if strings.EqualFold(clientOf(id).email, email) {
			return id
		}
	}
	return 0
}

// A calendar has the dates around today, so that they are written only once.
type calendar struct{ dates []string }

// firstDay and lastDay are the ends of a calendar, in days from today.
const (
	firstDay = -3650
	lastDay  = 1200
)

// calendarOf takes the day of now in its own time zone.
func calendarOf(now time.Time) calendar {
	y, m, d := now.Date()
	dates := make([]string, 0, lastDay-firstDay+1)
	for i := firstDay; i <= lastDay; i++ {
		dates = append(dates, time.Date(y, m, d+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	return calendar{dates}
}

// zeroDate and zeroTime are what WHMCS has for no date.
const (
	zeroDate = "0000-00-00"
	zeroTime = "0000-00-00 00:00:00"
)

// date returns the day that is days from today, within the calendar.
func (c calendar) date(days int) string {
	return c.dates[min(max(days, firstDay), lastDay)-firstDay]
}
