package whmcsfake

import (
	"strconv"
	"strings"
)

// What every secret in the data begins with. None of them may ever be seen
// outside a raw reply.
const (
	PlantedPassword     = "planted-password"     // of every service, followed by -id
	PlantedNote         = "planted-note"         // in every note, staff only
	PlantedField        = "planted-field"        // in custom fields that are secret
	PlantedSubscription = "planted-subscription" // in every subscription id
)

// A service is one row, as plain text: entities and escapes are the writer's.
type service struct {
	id, qty, client, order int
	orderNumber            string // "": not sent
	product                *product
	regDate                string
	domain, dedicatedIP    string
	server                 *server // nil: none
	reason                 string
	first, recurring       string
	gateway                *gateway
	cycle, nextDue, status string
	username, subscription string
	promo                  int
	overide, until         string
	ns1, ns2, assigned     string
	notes                  string

	disk, diskLimit, bw, bwLimit int // megabytes
	lastUpdate                   string

	fields  []customField
	options []configOption
}

type customField struct {
	id          int
	name, value string
}

type configOption struct {
	id         int
	name, kind string
	value      string
	n          int // the value of a quantity
}

func (sv service) password() string { return PlantedPassword + "-" + strconv.Itoa(sv.id) }

func (sv service) serverID() int {
	if sv.server == nil {
		return 0
	}
	return sv.server.id
}

// mix turns an id and a question about it into a number that looks random and is
// always the same (the finalizer of splitmix64).
func mix(id, question int) uint64 {
	x := uint64(id)*0x9e3779b97f4a7c15 + uint64(question)*0xd1b54a32d192ed03
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Questions to mix.
const (
	askClient = iota
	askProduct
	askStatus
	askCycle
	askServer
	askGateway
	askDue
	askReg
	askReason
	askUsage
	askQty
	askExtra
	askName
	askOrder
)

// pick chooses one of n for an id and a question.
func pick(id, question, n int) int { return int(mix(id, question) % uint64(n)) }

// weighted chooses an index in proportion to weights that add up to 100.
func weighted(id, question int, weights ...int) int {
	n := pick(id, question, 100)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// ResellerClient owns more than 300 services.
const ResellerClient = 7

// The reseller's services are those with an even id in this range.
const resellerFrom, resellerTo = 30, 648

// rank counts the services up to id that are not the reseller's.
func rank(id int) int {
	if id < resellerFrom {
		return id
	}
	return id - (min(id, resellerTo)-resellerFrom)/2 - 1
}

// owner returns the client of a service that was not written by hand. Clients
// have one to a dozen services, that were ordered some time apart.
func owner(id int) int {
	if id >= resellerFrom && id <= resellerTo && id%2 == 0 {
		return ResellerClient
	}
	return firstMadeClient + max(0, (rank(id)-len(written))*5/12-pick(id, askClient, 9))
}

// lastClient returns the highest client id of an installation of n services.
func lastClient(n int) int { return firstMadeClient + max(0, (rank(n)-len(written))*5/12) }

// service makes a service from its id.
func (in *installation) service(id int) service {
	sv := in.asMade(id)
	if in.suspended[id] {
		sv.status, sv.reason = "Suspended", "Moved to another server"
	}
	return sv
}

func (in *installation) asMade(id int) service {
	switch {
	case id < firstWritten:
		return in.documented(id)
	case id < firstWritten+len(written):
		return in.byHand(id)
	}
	return in.made(id)
}

// made makes a service that nobody wrote by hand.
func (in *installation) made(id int) service {
	p := &products[weighted(id, askProduct, productWeights...)]
	sv := service{
		id: id, qty: 1, client: owner(id), product: p,
		order: 1000 + id, orderNumber: strconv.FormatUint(1_000_000_000+mix(id, askOrder)%9_000_000_000, 10),
		gateway: &gateways[weighted(id, askGateway, 40, 30, 15, 12, 3)],
		cycle:   p.cycle, until: zeroDate, lastUpdate: zeroTime,
	}
	if sv.client == ResellerClient {
		p = &products[weighted(id, askProduct, 55, 35, 10)]
		sv.product, sv.cycle, sv.gateway = p, p.cycle, &gateways[2]
	}
	if p.seats {
		sv.qty = 1 + pick(id, askQty, 40)
	}
	if sv.cycle == "" {
		sv.cycle = cycles[weighted(id, askCycle, 58, 6, 4, 27, 3, 2)].name
	}
	in.state(&sv)
	in.place(&sv)
	in.extras(&sv)
	return sv
}

// state gives a service its status, its dates and its price.
func (in *installation) state(sv *service) {
	id := sv.id
	age := 3400*600/(600+id) + pick(id, askReg, 29) // days
	sv.status = statuses[weighted(id, askStatus, 64, 9, 5, 9, 9, 2, 2)]
	months := monthsOf(sv.cycle)
	if months == 0 && sv.status == "Active" && sv.cycle == "One Time" {
		sv.status = "Completed"
	}
	due := pick(id, askDue, max(1, months*30)) // days from today
	switch sv.status {
	case "Active":
		if pick(id, askReason, 14) == 0 {
			due = -1 - pick(id, askDue, 20)
		}
	case "Suspended":
		sv.reason = reasons[weighted(id, askReason, 60, 12, 10, 10, 8)]
		if sv.reason == reasons[0] {
			due = -5 - pick(id, askDue, 70)
		}
	case "Pending":
		age, due = pick(id, askReg, 7), pick(id, askDue, 3)
	case "Terminated", "Cancelled", "Fraud":
		due = -30 - pick(id, askDue, 900)
	}
	sv.regDate, sv.nextDue = in.day.date(-age), in.day.date(due)
	if months == 0 || sv.status == "Completed" {
		sv.nextDue = zeroDate
	}
	cents := sv.product.cents * max(1, months)
	sv.first, sv.recurring = money(cents), money(cents)
	switch {
	case sv.cycle == "One Time":
		sv.recurring = "0.00"
	case pick(id, askExtra, 11) == 0:
		sv.promo, sv.first = 1+pick(id, askExtra, 5), money(cents/2)
	}
}

// place gives a service its names, its server and its usage.
func (in *installation) place(sv *service) {
	id, p := sv.id, sv.product
	if p.domain {
		sv.domain = domainOf(id)
	}
	if !p.server {
		return
	}
	sv.server = &servers[weighted(id, askServer, 22, 19, 15, 13, 11, 9, 7, 4)]
	sv.username = usernameOf(id)
	sv.ns1, sv.ns2 = "ns1."+sv.server.host, "ns2."+sv.server.host
	if p.megabytes > 0 {
		sv.diskLimit, sv.bwLimit = p.megabytes, p.megabytes*10
		sv.disk, sv.bw = pick(id, askUsage, p.megabytes*11/10), pick(id, askUsage, p.megabytes*7)
		sv.lastUpdate = in.day.date(0) + " 03:1" + strconv.Itoa(id%10) + ":07"
	}
	if sv.status == "Pending" || pick(id, askUsage, 9) == 0 {
		sv.disk, sv.bw, sv.lastUpdate = 0, 0, zeroTime // never synchronised
	}
}

// extras gives some services what staff and modules add.
func (in *installation) extras(sv *service) {
	id, n := sv.id, strconv.Itoa(sv.id)
	if sv.gateway.module == "paypal" {
		sv.subscription = "I-" + strings.ToUpper(strconv.FormatUint(mix(id, askExtra)>>20, 36)) + "-" + PlantedSubscription
	}
	if pick(id, askExtra, 8) == 3 {
		sv.notes = notes[pick(id, askName, len(notes))] + "\r\n" + PlantedNote + "-" + n
	}
	if sv.status == "Active" && pick(id, askExtra, 40) == 7 {
		sv.overide, sv.until = "on", in.day.date(14)
	}
	if !sv.product.root {
		return
	}
	sv.dedicatedIP = "198.51.100." + strconv.Itoa(1+id%254)
	sv.assigned = sv.dedicatedIP + "\r\n2001:db8:" + strconv.FormatInt(int64(id%0xffff), 16) + "::1"
	sv.fields = []customField{
		{4, "Root Password", PlantedField + "-" + n},
		{5, "Purpose", purposes[pick(id, askName, len(purposes))]},
	}
	sv.options = []configOption{
		{id: 1, name: "Extra IPs", kind: "quantity", n: pick(id, askQty, 5)},
		{id: 2, name: "Location", kind: "dropdown", value: places[pick(id, askServer, len(places))]},
		{id: 3, name: "Backups", kind: "yesno", value: []string{"", "Yes"}[pick(id, askUsage, 2)]},
	}
}

// money writes cents as WHMCS does.
func money(cents int) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	c := strconv.Itoa(cents % 100)
	return sign + strconv.Itoa(cents/100) + "." + "00"[len(c):] + c
}
