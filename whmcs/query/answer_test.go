package query_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
	"servicesbot/whmcs/whmcsfake"
)

// answers are lines, the line that is answered and how many services it has, and what is
// said of it: [without: left out | named: text | server: name], and, for none, what is near.
const answers = `
demodomain2.net suspended → domain:demodomain2.net 1 [without suspended]
demodomain2.net is down → domain:demodomain2.net 1 [left out down]
[Ticket#2024123] demodomain2.net not reachable → domain:demodomain2.net 1 [left out not, reachable]
saturn is down, whom does it concern? → saturn 123 [left out down]
server:saturnn → server:saturnn 0 near server:Saturn 123
mail.demodomain2.net → domain:mail.demodomain2.net 0 near domain:demodomain2.net 1
a.b.demodomain2.net → domain:a.b.demodomain2.net 0 near domain:demodomain2.net 1
domain:demodomain → domain:demodomain 0 near domain:demodomain* 2
info@demodomain2.net → email:info@demodomain2.net 0 near domain:demodomain2.net 1
Dana Demo → client:"Dana Demo" 2 [named Dana Demo]
dana → client:dana 2 [named dana]
"Dana Demo" → client:"Dana Demo" 2 [named Dana Demo]
client:Dana → client:Dana 2
Harbour Web Agency → client:"Harbour Web Agency" 310 [named Harbour Web Agency]
company:"Harbour Web Agency" → client:"Harbour Web Agency" 310
198.51.100.18 → 198.51.100.18 1
1.2.3.4 → 1.2.3.4 123 [server Saturn]
ip:1.2.3.4 → ip:1.2.3.4 0 near server:1.2.3.4 123
starter on saturn for dana → client:dana starter saturn 1 [named dana]
dana gibberish → dana gibberish 0 near client:dana 2
saturn gibberish → saturn 123 [without gibberish]
server saturn gibberish → server:saturn 123 [without gibberish]
client:5 gibberish active → client:5 status:active 10 [without gibberish]
client:5 saturn gibberish → client:5 saturn 2 [without gibberish]
vps m urgent gibberish → "vps m" 20 [left out urgent] [without gibberish]
gibberish active → gibberish status:active 0 near status:active 412
client:5 product:plus → client:5 product:plus 3
caller says she's Rosa from Harbour Web Agency → client:"Harbour Web Agency" 310 [without Rosa] [named Harbour Web Agency]
noa nothing → client:"noa nothing" 0
rosa resell vps → rosa resell vps 0 near vps 63 near client:"Rosa Resell" 310
customers on mercury and venus → server:mercury,venus 93
plus, business; saturn → product:plus,business saturn 47
vps s → "vps s" 33
which VPS M are on mercury → "VPS M" mercury 2
domain backup → "domain backup" 16
demo domain ltd → client:"demo domain ltd" 2 [named demo domain ltd]
mercury.example.com → server:Mercury 54
bitte zeige kunde 5 → bitte zeige kunde "5" 0 near client:5 11 near service:5 1
client 5 not paypal → client:5 -paypal 9
without credit card on mercury → -"credit card" mercury 45
saturn bank transfer → "bank transfer" saturn 73
bank transfer due this week → "bank transfer" due:this-week 46
amber14 → amber14 0 near username:amber14 1
amber14 suspended → amber14 status:suspended 0 near status:suspended 62
saturn load average 0.4 → saturn 123 [without load, average, 0.4]
starter 12.95 → starter amount:12.95 152
group shared hosting → group:"shared hosting" 498
product starter server saturn → product:starter server:saturn 56
plan starter package → product:starter 249
server saturn hosting → server:saturn 123
gibberish due this week → gibberish due:this-week 0 near due:this-week 85
kunde 5 active → kunde "5" status:active 0 near client:5 status:active 10 near service:5 status:active 1 near status:active 412
harbour web → client:"harbour web" 310 [named harbour web] near harbour web 1
harbour → client:harbour 310 [named harbour] near harbour 18
shoes web → shoes web 2 [apart shoes, web]
gone.example, demodomain.com → domain:gone.example,demodomain.com 1 [missing gone.example]
gone.example demodomain.com saturn → domain:gone.example,demodomain.com saturn 1 [missing gone.example]
service:17,99999 → service:17,99999 1 [missing 99999]
198.51.100.18 198.51.100.250 → 198.51.100.18,198.51.100.250 1 [missing 198.51.100.250]
server:saturn,plutoo → server:saturn,plutoo 123 [missing plutoo]
status:active,fraud client:5 → status:active,fraud client:5 10
suspeneded → suspeneded 0 near status:suspended 62
saturn suspeneded → saturn 123 [without suspeneded] near saturn status:suspended 13
bussiness plan on jupiter → jupiter 99 [without bussiness] near jupiter product:Business 14
which of conor's sites are due this month? → client:conor due:this-month 5 [named conor]
client:5 overdu → client:5 overdu 1 near client:5 due:overdue 3
unpaid.exmple → domain:unpaid.exmple 0 near domain:unpaid.example 1
demodomian2.net → domain:demodomian2.net 0 near domain:demodomain2.net 1
everything active on venus or io but not the starters → venus,io -starters status:active 27
starters on saturn → starters saturn 56 also server Saturn starters server:Saturn
Obrien → client:Obrien 11 [named Obrien]
client:obrien → client:obrien 11
"active" client:5 → "active" client:5 0 near client:5 11
io → io 24
saturn → saturn 123
guy on the line, says his name is dana demo → client:"dana demo" 2 [named dana demo]
urgent guy gibberish says rosa resell → client:"Rosa Resell" 310 [left out urgent] [without gibberish] [named Rosa Resell]
ns1.saturn.example.com → domain:ns1.saturn.example.com 0 near server:Saturn 123
dana on saturn → client:dana saturn 1 [named dana]
status:active -status:active → status:active -status:active 0 near all:yes -status:active 238 near status:active 412
client:5 status:active -status:active → client:5 status:active -status:active 0 near client:5 -status:active 1 near client:5 status:active 10
due:<2026-11-01 due:>2026-12-15 client:5 → due:<2026-11-01 due:>2026-12-15 client:5 0 near due:>2026-12-15 client:5 4 near due:<2026-11-01 client:5 1
due:<2026-11-01 due:>2026-12-15 → due:<2026-11-01 due:>2026-12-15 0 near due:>2026-12-15 276 near due:<2026-11-01 150
payment: direct debit (sepa) → payment:"direct debit (sepa)" 48
payment: direct debit (sepa), active → payment:"direct debit (sepa)" status:active 33
payment bank (transfer) → payment:"bank transfer" 360
payment (paypal) → payment:paypal 87
sepa → payment:sepa 48
direct debit sepa → payment:"Direct Debit (SEPA)" 48
saturn active transfer → payment:transfer saturn status:active 47
obrien & söhne → client:"O'Brien & Söhne 🌻" 11 [named O'Brien & Söhne 🌻]
vps m or vps s on mercury, suspended → "vps m","vps s" mercury status:suspended 1 [missing vps s]
unpaid.example suspended since when? → domain:unpaid.example 1 [when]
client 5 suspended, since when → client:5 status:suspended 1 [when]
client:5 not suspended suspended → client:5 11 [without not suspended, suspended]
`

func said(res *query.Result) string {
	s := fmt.Sprintf("%s %d", res.Query, res.Matched)
	for _, h := range []struct {
		what  string
		words []string
	}{{"left out", res.LeftOut}, {"without", res.Without}, {"apart", res.Apart}, {"missing", res.Missing}, {"server", res.Servers}} {
		if len(h.words) > 0 {
			s += " [" + h.what + " " + strings.Join(h.words, ", ") + "]"
		}
	}
	if res.When {
		s += " [when]"
	}
	if res.Named != "" {
		s += " [named " + res.Named + "]"
	}
	for _, n := range res.Also {
		s += fmt.Sprintf(" also %s %s %s", n.Key, strings.Join(n.Names, ", "), n.Line)
	}
	for _, o := range res.Near {
		s += fmt.Sprintf(" near %s %d", o.Line, o.Found)
	}
	return s
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	in.find(t, "-client:99999 sort:id") // all rows are at hand
	for row := range strings.Lines(answers) {
		typed, want, ok := strings.Cut(strings.TrimSpace(row), " → ")
		if !ok {
			continue
		}
		res, err := in.Answer(t.Context(), query.Read(typed), query.Options{})
		if err != nil {
			t.Errorf("%s: %v", typed, err)
			continue
		}
		res.Query = res.Query.Lasting()
		if q, err := query.Parse(res.Query.String()); err != nil || q.String() != res.Query.String() {
			t.Errorf("%s: the line answered does not parse: %v", typed, err)
		}
		if !res.Counted { // a list stops when its page is full
			res.Matched = in.find(t, res.Query.WithAs(query.ViewSummary).String()).Matched
		}
		if got := said(res); got != want {
			t.Errorf("%s\n got %s\nwant %s", typed, got, want)
		}
	}
}

// TestWordsWithoutGetClients: names are not searched then, and the answer says so; a line
// with client: says why it cannot be asked.
func TestWordsWithoutGetClients(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{Actions: []string{"GetClientsProducts", "GetServers"}}, whmcs.Config{}, query.FinderConfig{})
	res, err := in.Answer(t.Context(), query.Read("Dana Demo"), query.Options{})
	if err != nil || res.Matched != 0 || !res.NamesClosed || !res.Complete {
		t.Errorf("got %+v, %v", res, err)
	}
	_, err = in.Answer(t.Context(), query.Read("client:Dana"), query.Options{})
	if wrong, ok := errors.AsType[*query.Error](err); !ok || wrong.Problems[0].Reason != query.NamesNotPermitted {
		t.Errorf("client:Dana: %v", err)
	}
}

// TestClientsThatExist: one without services is told from one that does not exist, where
// GetClientsDetails says so.
func TestClientsThatExist(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	closed := install(t, whmcsfake.Config{Actions: []string{"GetClientsProducts"}}, whmcs.Config{}, query.FinderConfig{})
	for line, want := range map[string]string{
		"client:3":     "exists", // has no services
		"client:99999": "absent",
	} {
		res, err := in.Answer(t.Context(), query.Read(line), query.Options{})
		if err != nil || res.Matched != 0 || (len(res.Existing) == 1) != (want == "exists") || res.NoClient != (want == "absent") {
			t.Errorf("%s: existing %v, absent %v, %v", line, res.Existing, res.NoClient, err)
		}
		res, err = closed.Answer(t.Context(), query.Read(line), query.Options{})
		if err != nil || len(res.Existing) > 0 || res.NoClient {
			t.Errorf("%s without GetClientsDetails: existing %v, absent %v, %v", line, res.Existing, res.NoClient, err)
		}
	}
}

// TestChoose: of what a lone number may be, what exists is offered; an order is counted
// only where all rows are at hand.
func TestChoose(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	lines := func(typed string) string {
		offers, err := in.Choose(t.Context(), query.Read(typed).Offers)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, o := range offers {
			name := ""
			if o.Client != nil {
				name = o.Client.Name
			}
			said = append(said, fmt.Sprintf("%s %d %v %s", o.Line, o.Found, o.Counted, name))
		}
		return strings.Join(said, "; ")
	}
	if got, want := lines("#5"), "client:5 11 true Conor O'Brien; service:5 1 true ; order:5 0 false "; got != want {
		t.Errorf("#5: %q, want %q", got, want)
	}
	if got, want := lines("456789"), "order:456789 0 false "; got != want {
		t.Errorf("456789: %q, want %q", got, want)
	}
	in.find(t, "-client:99999 sort:id")
	if got, want := lines("5"), "client:5 11 true Conor O'Brien; service:5 1 true "; got != want {
		t.Errorf("5, all rows at hand: %q, want %q", got, want)
	}
	if got, want := lines("456789"), "order:456789 1 true "; got != want {
		t.Errorf("456789, all rows at hand: %q, want %q", got, want)
	}
	if got := lines("987654"); got != "" {
		t.Errorf("987654, all rows at hand: %q", got)
	}
	if err := in.fake.Set(whmcsfake.Fault{Name: "error", Text: "Out of order"}); err != nil {
		t.Fatal(err)
	}
	if offers, err := in.Choose(t.Context(), []string{"client:77"}); err == nil {
		t.Errorf("a failure is no absence: %v", offers)
	}
}

// TestAFailureIsNotNothing: where WHMCS fails while other meanings are tried, that is what
// is said.
func TestAFailureIsNotNothing(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	in.find(t, "gibberish")
	if err := in.fake.Set(whmcsfake.Fault{Name: "error", Text: "Out of order"}); err != nil {
		t.Fatal(err)
	}
	if res, err := in.Answer(t.Context(), query.Read("dana gibberish"), query.Options{}); err == nil {
		t.Errorf("nothing found, though WHMCS fails: %+v", res)
	}
}

// TestNamesakes: a name that is met exactly is taken alone, and what else begins with it is
// said.
func TestNamesakes(t *testing.T) {
	t.Parallel()
	rows := func(form url.Values) any {
		var all []map[string]any
		for i, name := range []string{"web1", "web10", "web12", "old-web1"} {
			all = append(all, map[string]any{"id": i + 1, "clientid": 1, "pid": 1, "status": "Active", "domain": "x.example",
				"serverid": i + 1, "servername": name, "serverhostname": name + ".example.net"})
		}
		return rowsReply(form, all)
	}
	api, err := whmcs.New(whmcs.Config{URL: "https://whmcs.example", Identifier: "a", Secret: "b", Transport: roundTrip(func(r *http.Request) (*http.Response, error) { return replyTo(r, rows) })})
	if err != nil {
		t.Fatal(err)
	}
	res, err := query.NewFinder(api, query.FinderConfig{}).Answer(t.Context(), query.Read("server:web1 sort:id"), query.Options{})
	if err != nil || res.Matched != 1 {
		t.Fatalf("got %+v, %v", res, err)
	}
	if want := []query.Namesake{{Key: "server", Text: "web1", Names: []string{"web10", "web12", "old-web1"}, Line: "server:*web1* sort:id"}}; !reflect.DeepEqual(res.Also, want) {
		t.Errorf("got %+v, want %+v", res.Also, want)
	}
}

// TestLapsed: services that ended past their date are in no list of what is overdue, and are
// counted apart; the line that asks for them gives just these.
func TestLapsed(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	for _, line := range []string{"due:overdue sort:id", "server:saturn due:overdue as:summary", "client:1 due:overdue"} {
		res := in.find(t, line)
		if res.Lapsed == nil || res.Lapsed.Found == 0 {
			t.Errorf("%s: none is counted", line)
			continue
		}
		other := in.find(t, res.Lapsed.Line+" rows:10")
		if other = in.find(t, other.Query.WithAs(query.ViewSummary).String()); other.Matched != res.Lapsed.Found {
			t.Errorf("%s: %d are counted, and %s has %d", line, res.Lapsed.Found, res.Lapsed.Line, other.Matched)
		}
		for _, s := range other.Services {
			if s.Status == whmcs.StatusActive {
				t.Errorf("%s: service %d has not ended", line, s.ID)
			}
		}
	}
	for _, line := range []string{"client:5 due:overdue", "client:1 status:active due:overdue", "due:<today as:summary", "-due:overdue as:summary"} {
		if res := in.find(t, line); res.Lapsed != nil {
			t.Errorf("%s: %+v", line, res.Lapsed)
		}
	}
}

// TestSlipOfClientsDomain: a slip in a domain is found among the rows of the client that the
// line names too, without reading any others.
func TestSlipOfClientsDomain(t *testing.T) {
	t.Parallel()
	in := install(t, whmcsfake.Config{}, whmcs.Config{}, query.FinderConfig{})
	res, err := in.Answer(t.Context(), query.Read("client 5 unpiad.example"), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(res), "client:5 domain:unpiad.example 0 near client:5 domain:unpaid.example 1 near client:5 11"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if res.Coverage.Looked != 11 {
		t.Errorf("looked at %d rows, want those of the client", res.Coverage.Looked)
	}
}
