package query

import (
	"net/netip"
	"slices"
	"testing"

	"servicesbot/whmcs"
)

// settled answers a line from rows, as a search that has read them all does.
func settled(t *testing.T, line string, rows []whmcs.Service) *question {
	t.Helper()
	q, err := Parse(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	e := &env{today: "2026-11-27"}
	wanted := compile(q, e)
	var kept []*whmcs.Service
	for i := range rows {
		if wanted(&rows[i]) {
			kept = append(kept, &rows[i])
		}
	}
	a := &question{env: e, found: kept, res: &Result{}}
	a.settle()
	return a
}

// found are the ids of the rows that answer a line.
func found(t *testing.T, line string, rows []whmcs.Service) []int {
	t.Helper()
	var ids []int
	for _, s := range settled(t, line, rows).found {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestExactNameWins(t *testing.T) {
	t.Parallel()
	rows := []whmcs.Service{
		{ID: 1, ServerID: 7, ServerName: "web10", ServerHostname: "web10.example.com", ServerIP: "192.0.2.10", Name: "VPS S", GroupName: "VPS"},
		{ID: 2, ServerID: 8, ServerName: "Web1", ServerHostname: "w.example.com", ServerIP: "192.0.2.1", Name: "VPS", GroupName: "VPS", Status: whmcs.StatusTerminated},
		{ID: 3, ServerID: 9, ServerName: "mail", ServerHostname: "web2.example.com", ServerIP: "192.0.2.100", Name: "VPS M", GroupName: "VPS and more"},
		{ID: 4, Name: "Backup", PaymentMethod: "paypal", PaymentMethodName: "PayPal Express"},
	}
	for line, want := range map[string][]int{
		"server:web1":                  {2},
		"server:WEB1":                  {2},
		"server:web":                   {1, 2, 3},
		"server:web2":                  {3}, // the first label of a host name
		"server:w":                     {2},
		"server:web1*":                 {1, 2},
		"server:*1":                    {2},
		"server:*example*":             {1, 2, 3},
		"server:192.0.2.1":             {2},
		"server:192.0.2.0/25":          {1, 2, 3},
		"-server:web1":                 {1, 3, 4},
		"-server:web":                  {4},
		"server:7,web1":                {1, 2},
		"server:web1,mail":             {2, 3},
		"product:vps":                  {2},
		"product:vps*":                 {1, 2, 3},
		"product:ps":                   {1, 2, 3},
		"product:vps -status:active":   {2},
		"product:vps status:suspended": nil, // there is a product of that name, if with no such service
		"group:vps":                    {1, 2},
		"payment:paypal":               {4},
		"payment:express":              {4},
		"192.0.2.1":                    {2},
		"192.0.2.10":                   {1},
		"web1":                         {1, 2},
	} {
		if got := found(t, line, rows); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}

// TestUnpricedIsOfWhatIsMeant: where something has exactly the name asked for, what else
// holds that name is not said to be left out for its price; nor is what was read before the
// reading began again.
func TestUnpricedIsOfWhatIsMeant(t *testing.T) {
	t.Parallel()
	rows := []whmcs.Service{
		{ID: 1, Name: "Plus XL", RecurringAmount: "on request"},
		{ID: 2, Name: "Plus", RecurringAmount: "24.95"},
		{ID: 3, Name: "Plus", RecurringAmount: "on request"},
		{ID: 4, Name: "Plus XL", RecurringAmount: "on request"},
	}
	for line, want := range map[string]int{
		"product:plus amount:>30":  1,
		"product:plus* amount:>30": 3,
		"product:xl amount:>30":    2,
		"-product:xl amount:>30":   1,
	} {
		a := settled(t, line, rows)
		if n := len(a.env.priceless); n != want {
			t.Errorf("%s: %d are said to be left out, want %d", line, n, want)
		}
		if a.startOver(); len(a.env.priceless) != 0 {
			t.Errorf("%s: a reading that begins again says that %d are left out", line, len(a.env.priceless))
		}
	}
}

func TestAddressesAreComparedAsSuch(t *testing.T) {
	t.Parallel()
	rows := []whmcs.Service{
		{ID: 1, DedicatedIP: "10.0.0.10"},
		{ID: 2, DedicatedIP: "110.0.0.1"},
		{ID: 3, DedicatedIP: "10.0.0.1", AssignedIPs: "203.0.113.8/29\n2001:db8::1"},
		{ID: 4, AssignedIPs: "203.0.113.200, 203.0.113.201", ServerIP: "198.51.100.18"},
		{ID: 5, AssignedIPs: "none yet"},
	}
	for line, want := range map[string][]int{
		"ip:10.0.0.1":          {3},
		"ip:10.0.0.0/24":       {1, 3},
		"ip:203.0.113.10":      {3},
		"ip:203.0.113.16":      nil,
		"ip:203.0.113.*":       {3, 4},
		"ip:203.0.113.200:443": {4},
		"ip:2001:0db8::0001":   {3},
		"ip:::ffff:10.0.0.1":   {3},
		"ip:198.51.100.18":     nil,
		"198.51.100.18":        {4},
		"2001:db8:0::1":        {3},
		"-ip:10.0.0.0/8":       {2, 4, 5},
	} {
		if got := found(t, line, rows); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
	if p, ok := prefixOf("::ffff:203.0.113.0/120"); !ok || p != netip.MustParsePrefix("203.0.113.0/24") {
		t.Errorf("a mapped prefix is %v", p)
	}
}

func TestHostsInAllClothes(t *testing.T) {
	t.Parallel()
	rows := []whmcs.Service{
		{ID: 1, Domain: "demodomain.com"}, {ID: 2, Domain: "www.demodomain2.net"}, {ID: 3, Domain: "münchen.example"},
		{ID: 4, Domain: "xn--mnchen-3ya.test"}, {ID: 5, Domain: "shop.demodomain.com"},
	}
	for line, want := range map[string][]int{
		"domain:demo*":                               {1, 2},
		"domain:*.com":                               {1, 5},
		"domain:*demodomain*":                        {1, 2, 5},
		"domain:xn--mnchen-3ya.example":              {3},
		"domain:münchen.test":                        {4},
		"domain:mün*":                                {3, 4},
		"domain:hxxps://u:p@demodomain[.]com/x?y=@z": {1},
		"domain://demodomain.com/x":                  {1},
		"domain:@demodomain.com":                     {1},
		"https://u:p@demodomain.com/x":               {1},
		"domain:demodomain":                          nil,
	} {
		if got := found(t, line, rows); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}

func TestOverdueIsOfServicesThatHaveNotEnded(t *testing.T) {
	t.Parallel()
	var rows []whmcs.Service
	for i, st := range []whmcs.Status{"Active", "Suspended", "Pending", "", "Terminated", "Cancelled", "Fraud", "Completed"} {
		rows = append(rows, whmcs.Service{ID: i + 1, Status: st, NextDueDate: "2026-10-01", OrderID: i, OrderNumber: "00456789"})
	}
	rows = append(rows, whmcs.Service{ID: 9, Status: "Active", NextDueDate: "2026-11-20"})
	for line, want := range map[string][]int{
		"due:overdue":             {1, 2, 3, 4, 9},
		"overdue:>30d":            {1, 2, 3, 4},
		"overdue:<30d":            {9},
		"due:overdue,<30d":        {1, 2, 3, 4, 9},
		"-due:overdue":            {5, 6, 7, 8},
		"due:<today -due:overdue": {5, 6, 7, 8},
		"order:456789":            {1, 2, 3, 4, 5, 6, 7, 8},
		"order:3":                 {4},
		"all:yes -status:active":  {2, 3, 4, 5, 6, 7, 8},
		"due:this-month":          {9},
		"due:last-month":          {1, 2, 3, 4, 5, 6, 7, 8},
		"due:oct..nov":            {1, 2, 3, 4, 5, 6, 7, 8, 9}, // the October before this November
	} {
		if got := found(t, line, rows); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}
