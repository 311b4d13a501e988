package query

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unsafe"

	"servicesbot/whmcs"
)

// exampleLine is the line of the package's description.
const exampleLine = `client:1 status:active,suspended -product:"Domain Backup" due:<30d sort:-amount`

func BenchmarkParseAndString(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		q, err := Parse(exampleLine)
		if err != nil || q.String() != exampleLine {
			b.Fatal(q, err)
		}
	}
}

func BenchmarkParseMistakes(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(`clint:1 stauts:activ due:01.12.2026 sort:-amuont`); err == nil {
			b.Fatal("it parses")
		}
	}
}

// madeServices returns n services as an installation might have them, in chunks
// as a scan keeps them.
func madeServices(n int) [][]whmcs.Service {
	statuses := []whmcs.Status{"Active", "Active", "Active", "Suspended", "Pending", "Terminated", "Cancelled"}
	cycles := []whmcs.Cycle{whmcs.CycleMonthly, whmcs.CycleAnnually, whmcs.CycleQuarterly, whmcs.CycleFree}
	names := []string{"Starter", "Business Hosting", "Web & Mail \"Pro\"", "VPS 2000", "Domain Backup", "Site Migration"}
	servers := []string{"Saturn", "Jupiter", "Mars", "Pluto", "Venus", "Mercury", "Neptune", "Uranus"}
	day := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	var chunks [][]whmcs.Service
	for i := range n {
		if i%100 == 0 {
			chunks = append(chunks, make([]whmcs.Service, 0, 100))
		}
		mixed := i * 7919
		server := mixed % len(servers)
		c := &chunks[len(chunks)-1]
		*c = append(*c, whmcs.Service{
			ID: i + 1, Qty: 1, ClientID: mixed%(n/3+1) + 1, OrderID: i + 1, OrderNumber: fmt.Sprint(1_000_000_000 + mixed),
			PID: mixed%len(names) + 1, Name: names[mixed%len(names)], TranslatedName: names[mixed%len(names)], GroupName: "Shared Hosting",
			Domain: fmt.Sprintf("Shop%d.example.com", mixed%n), Username: fmt.Sprintf("user%d", i),
			ServerID: server + 1, ServerName: servers[server], ServerHostname: strings.ToLower(servers[server]) + ".example.com", ServerIP: fmt.Sprintf("192.0.2.%d", server),
			RegDate:            whmcs.Date(day.AddDate(0, 0, -mixed%3000).Format(time.DateOnly)),
			NextDueDate:        whmcs.Date(day.AddDate(0, 0, mixed%500).Format(time.DateOnly)),
			RecurringAmount:    whmcs.Amount(fmt.Sprintf("%d.%02d", mixed%300, mixed%100)),
			FirstPaymentAmount: "10.00", PaymentMethod: "paypal", PaymentMethodName: "PayPal",
			BillingCycle: cycles[mixed%len(cycles)], Status: statuses[mixed%len(statuses)],
		})
	}
	return chunks
}

// withSnapshot returns a Finder that has just scanned n services.
func withSnapshot(n int) *Finder {
	f := NewFinder(nil, FinderConfig{Currency: "EUR", ScanRows: n, Now: func() time.Time {
		return time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	}})
	s := newScan(f, false, place{})
	for _, c := range madeServices(n) {
		s.state.pages = append(s.state.pages, &whmcs.Page{Coverage: whmcs.Coverage{Looked: len(c), Of: n, AsOf: time.Now().Add(time.Hour)}, Services: c})
	}
	s.state.extent = extent{Coverage: whmcs.Coverage{Looked: n, Of: n, AsOf: time.Now().Add(time.Hour)}, ended: true}
	f.scans = []*scan{s}
	return f
}

func benchmarkSnapshot(b *testing.B, lines ...string) {
	for _, n := range []int{20_000, 200_000} {
		f := withSnapshot(n)
		for _, line := range lines {
			q, err := Parse(line)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%d/%s", n, line), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if res, err := f.Find(b.Context(), q, Options{}); err != nil || res.Matched == 0 || res.Calls > 0 {
						b.Fatal(res, err)
					}
				}
			})
		}
	}
}

// BenchmarkSnapshot filters, sorts and pages.
func BenchmarkSnapshot(b *testing.B) {
	benchmarkSnapshot(b,
		"server:saturn status:active",
		"sort:domain",
		"sort:-amount",
		`status:active,suspended -product:"Domain Backup" due:2026..2027 sort:-amount`,
		"o -zzz sort:due",
		"domain:*.example.com sort:product page:3",
		"amount:10..100 registered:<5y as:table",
	)
}

func BenchmarkSummary(b *testing.B) {
	benchmarkSnapshot(b, "as:summary", "server:saturn status:active as:summary")
}

// TestSnapshotSize holds a snapshot to 1 KiB a service: rows of a scan, counted
// with each text once, as the memory that Go gives for it.
func TestSnapshotSize(t *testing.T) {
	t.Parallel()
	const n = 5000
	s := newScan(NewFinder(nil, FinderConfig{}), false, place{})
	for _, c := range madeServices(n) {
		for i := range c {
			c[i].Notes = strings.Repeat("a long note ", 100)
			c[i].CustomFields = []whmcs.CustomField{{Name: "Root Password", Value: "planted"}}
			c[i].ConfigOptions = []whmcs.ConfigOption{{Option: "Backups", Value: "yes"}}
		}
		s.addPage(&whmcs.Page{Coverage: whmcs.Coverage{Looked: len(c), Of: n}, Services: c})
	}
	texts := make(map[*byte]int)
	rows := 0
	for _, p := range s.state.pages {
		c := p.Services
		rows += cap(c)
		for i := range c {
			if r := &c[i]; r.Notes != "" || r.CustomFields != nil || r.ConfigOptions != nil {
				t.Fatalf("a row is kept with what only its card shows: %+v", r)
			}
			for _, text := range rowTexts(&c[i]) {
				if text != "" {
					texts[unsafe.StringData(text)] = len(text)
				}
			}
		}
	}
	size := rows * int(unsafe.Sizeof(whmcs.Service{}))
	for _, n := range texts {
		size += 8 * int(math.Ceil(float64(n)/8*1.125)) // Go's size classes waste at most an eighth
	}
	if each := size / n; each > 1024 || s.bytes/n < each*3/4 || s.bytes/n > each*5/4 {
		t.Errorf("%d bytes a service, taken for %d", each, s.bytes/n)
	} else {
		t.Logf("%d bytes a service", each)
	}
}

// rowTexts returns all texts of a row.
func rowTexts(r *whmcs.Service) []string {
	return []string{r.OrderNumber, string(r.RegDate), r.Name, r.TranslatedName, r.GroupName, r.TranslatedGroupName, r.Domain,
		r.DedicatedIP, r.ServerName, r.ServerIP, r.ServerHostname, r.SuspensionReason, string(r.FirstPaymentAmount),
		string(r.RecurringAmount), r.PaymentMethod, r.PaymentMethodName, string(r.BillingCycle), string(r.NextDueDate),
		string(r.Status), r.Username, r.SubscriptionID, string(r.OverideSuspendUntil), r.NS1, r.NS2, r.AssignedIPs, string(r.LastUpdate)}
}
