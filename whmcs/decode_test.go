package whmcs

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// wholeRow has every field of the API's page, and one more.
const wholeRow = `{"id":"2","qty":"2","clientid":"1","orderid":"2","ordernumber":"456789","pid":"3","regdate":"2015-05-20",
	"name":"Plus","translated_name":"Plus!","groupname":"Shared &amp; Hosting","translated_groupname":"G","domain":"demodomain2.net",
	"dedicatedip":"192.0.2.1","serverid":"2","servername":"Pluto","serverip":"2.3.4.5","serverhostname":"pluto.example.com",
	"suspensionreason":"Overdue","firstpaymentamount":"24.95","recurringamount":"-0.50","paymentmethod":"paypal",
	"paymentmethodname":"PayPal","billingcycle":"semiannually","nextduedate":"2017-01-20 00:00:00","status":"active","username":"demodom2",
	"password":"` + planted + `","subscriptionid":"I-1","promoid":"4","overideautosuspend":"on","overidesuspenduntil":"2030-01-02",
	"ns1":"ns1.example","ns2":"ns2.example","assignedips":"192.0.2.1\r\n192.0.2.2","notes":"line\nline","diskusage":"12","disklimit":100,
	"bwusage":"3.7","bwlimit":"0","lastupdate":"2026-03-04 05:06:07",
	"customfields":{"customfield":[{"id":"4","name":"Key","translated_name":"Cl\u00e9","value":"v"},"odd"]},
	"configoptions":{"configoption":[{"id":1,"option":"IPs","type":"quantity","value":3},{"id":2,"option":"On","type":"yesno","value":true}]},
	"trialStatus":{"deep":[1,{"x":"}"}]}}`

func TestService(t *testing.T) {
	t.Parallel()
	got, ok := decodeService([]byte(wholeRow))
	want := Service{
		ID: 2, Qty: 2, ClientID: 1, OrderID: 2, OrderNumber: "456789", PID: 3, RegDate: "2015-05-20",
		Name: "Plus", TranslatedName: "Plus!", GroupName: "Shared & Hosting", TranslatedGroupName: "G", Domain: "demodomain2.net",
		DedicatedIP: "192.0.2.1", ServerID: 2, ServerName: "Pluto", ServerIP: "2.3.4.5", ServerHostname: "pluto.example.com",
		SuspensionReason: "Overdue", FirstPaymentAmount: "24.95", RecurringAmount: "-0.50", PaymentMethod: "paypal",
		PaymentMethodName: "PayPal", BillingCycle: CycleSemiAnnually, NextDueDate: "2017-01-20", Status: StatusActive,
		Username: "demodom2", SubscriptionID: "I-1", PromoID: 4, OverideAutoSuspend: true, OverideSuspendUntil: "2030-01-02",
		NS1: "ns1.example", NS2: "ns2.example", AssignedIPs: "192.0.2.1\n192.0.2.2", Notes: "line\nline",
		DiskUsage: 12, DiskLimit: 100, BWUsage: 3, LastUpdate: "2026-03-04 05:06:07",
		CustomFields:  []CustomField{{ID: 4, Name: "Key", TranslatedName: "Clé", Value: "v"}},
		ConfigOptions: []ConfigOption{{ID: 1, Option: "IPs", Type: "quantity", Value: "3"}, {ID: 2, Option: "On", Type: "yesno", Value: "true"}},
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for i, v := 0, reflect.ValueOf(got); i < v.NumField(); i++ {
		if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "BWLimit" {
			t.Errorf("%s is in no test", name)
		}
	}
}

// TestNoPassword keeps passwords of services out of all types of the package that
// a reply is read into.
func TestNoPassword(t *testing.T) {
	t.Parallel()
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(typ.Elem())
		case reflect.Struct:
			for i := range typ.NumField() {
				f := typ.Field(i)
				if strings.Contains(strings.ToLower(f.Name), "pass") {
					t.Errorf("%v has %s", typ, f.Name)
				}
				if f.Type.PkgPath() != "time" {
					walk(f.Type)
				}
			}
		case reflect.Map, reflect.Interface:
			t.Errorf("%v can hold anything", typ)
		}
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Page](), reflect.TypeFor[Client](), reflect.TypeFor[Server]()} {
		walk(typ)
	}
	if s, _ := decodeService([]byte(wholeRow)); strings.Contains(fmt.Sprintf("%+v", s), planted) {
		t.Error("the password was kept")
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent  string
		want  Date
		none  bool
		valid bool
	}{
		{"2026-12-01", "2026-12-01", false, true},
		{"2026-12-01T10:00:00Z", "2026-12-01", false, true},
		{"0000-00-00", "", true, false},
		{"0000-00-00 00:00:00", "", true, false},
		{"-0001-11-30", "", true, false},
		{"-0001-11-30 00:00:00", "", true, false},
		{"00/00/0000", "", true, false},
		{"0000-00-00T00:00:00", "", true, false},
		{"", "", true, false},
		{"2026-02-30", "2026-02-30", false, false},
		{"soon", "soon", false, false},
	} {
		if d := dateOf(c.sent); d != c.want || d.None() != c.none || d.Valid() != c.valid {
			t.Errorf("%q: %q, none %v, valid %v", c.sent, d, d.None(), d.Valid())
		}
	}
	for sent, want := range map[string]DateTime{"2026-01-02 03:04:05": "2026-01-02 03:04:05", "0000-00-00 00:00:00": "", "-0001-11-30 00:00:00": "", "00/00/0000": "", " ": ""} {
		if d := dateTimeOf(sent); d != want || d.None() != (want == "") || d.Valid() == (want == "") {
			t.Errorf("%q: %q", sent, d)
		}
	}
	if day, ok := Date("2026-12-01").Time(); !ok || day.Format("2006-01-02 15:04 MST") != "2026-12-01 00:00 UTC" {
		t.Error(day, ok)
	}
}

// TestAssignedIPs: addresses are one a line, however their lines end.
func TestAssignedIPs(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		`192.0.2.1\r\n192.0.2.2`:            "192.0.2.1\n192.0.2.2",
		`192.0.2.1<br />192.0.2.2`:          "192.0.2.1\n192.0.2.2",
		`192.0.2.1<br>\r\n192.0.2.2 <BR/> `: "192.0.2.1\n192.0.2.2\n",
	} {
		if s, ok := decodeService([]byte(`{"id":1,"assignedips":"` + sent + `"}`)); !ok || s.AssignedIPs != want {
			t.Errorf("%s gives %q, want %q", sent, s.AssignedIPs, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for sent, want := range map[Amount]string{"24.95": "24.95", "-0.50": "-0.5", "0.00": "0", "7": "7",
		"": "no", "1e999999999": "no", "1,234.50": "1234.5", "--1": "no",
		"24.949999999999999": "24.949999999999999", "1,234.56": "1234.56", "1.234,56": "1234.56", "$12.95 USD": "12.95", "1.0E+3": "1000",
		"12,95": "12.95", "1,234": "1234", "1.234": "1.234", "1.234.567": "1234567", "1 234,50": "1234.5", "1\u00a0234,50": "1234.5", "1'234.50": "1234.5",
		"€24.95": "24.95", "24,95 €": "24.95", "EUR 1.234,56": "1234.56", "-$5.00": "-5", "$-5.00": "-5", "US$1,000.00": "1000", "1.5e-1": "0.15",
		"€ 1.234": "no", "1,23,45": "no", "1.2.3": "no", "on request": "no", "5 per month": "no", "-$-5": "no", "0x10": "no", "NaN": "no", "Infinity": "no",
		"1e99": "no", ",50": "no", "1,2345": "no", "٣": "no", "$": "no", "12345678901234567890123456789012345": "no"} {
		got := "no"
		if d, ok := sent.Decimal(); ok {
			got = d.String()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", sent, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]Status{"Active": StatusActive, " active ": StatusActive, "CANCELED": StatusCancelled,
		"Fraud": StatusFraud, "": StatusUnknown, " ": StatusUnknown, "On Hold": "On Hold"} {
		if got := statusOf(sent); got != want || got.Known() != (want != "" && want != "On Hold") {
			t.Errorf("%q: %q, known %v", sent, got, got.Known())
		}
	}
	for sent, want := range map[string]Cycle{"Free Account": CycleFree, "free": CycleFree, "One-Time": CycleOneTime, "onetime": CycleOneTime,
		"Semi-Annually": CycleSemiAnnually, "semiannually": CycleSemiAnnually, "TRIENNIALLY": CycleTriennially, "": CycleUnknown, "Weekly": "Weekly"} {
		if got := cycleOf(sent); got != want {
			t.Errorf("%q: %q", sent, got)
		}
	}
}

// pageOf makes a reply with n whole rows, ids counted from 1.
func pageOf(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"result":"success","clientid":null,"totalresults":"%d","startnumber":0,"numreturned":%d,"products":{"product":[`, n, n)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.Replace(wholeRow, `"id":"2"`, fmt.Sprintf(`"id":"%d"`, i+1), 1))
	}
	return []byte(b.String() + "]}}")
}

// FuzzDecode holds the reading of replies to what encoding/json says: rows only
// out of JSON, no more of them than objects, none without an id, and no panic.
func FuzzDecode(f *testing.F) {
	for _, s := range shapes {
		if len(s.body) < 1<<16 {
			f.Add([]byte(s.body), s.status)
		}
	}
	f.Add(pageOf(2), 200)
	f.Add([]byte(`{"result":"success","\u0070roducts":{"product":{"1":{"id":1e0,"name":"\ud83d\ude00\ud83d"}}}}`), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		r := &reply{status: status, body: body}
		f, _, e := r.open()
		if (f == nil) == (e == nil) {
			t.Fatal("neither an object nor an error, or both")
		}
		if e != nil {
			if strings.ContainsAny(e.Error(), "\n\x00") {
				t.Fatalf("not one line: %q", e.Error())
			}
			return
		}
		if !json.Valid(f.obj) || status != 0 && status/100 != 2 {
			t.Fatal("took what is no JSON, or a failure's status")
		}
		p, err := decodePage(f, GetClientsProductsRequest{ClientID: 7})
		if err == nil {
			checkPage(t, p, f.obj)
		}
		decodeClient(f.obj)
		decodeServers(f.obj)
	})
}

// checkPage wants of p what holds for any reply obj.
func checkPage(t *testing.T, p *Page, obj []byte) {
	if p.Looked > strings.Count(string(obj), ":")+strings.Count(string(obj), ",")+1 {
		t.Fatalf("%d rows out of %s", p.Looked, obj)
	}
	for _, s := range p.Services {
		if s.ID <= 0 || s.ClientID != 7 {
			t.Fatalf("kept a row of client %d with id %d", s.ClientID, s.ID)
		}
	}
}

// FuzzText holds the walk through JSON to encoding/json: the same members with
// the same texts, in the same order.
func FuzzText(f *testing.F) {
	f.Add([]byte(`{"a":"b\n\u00e9","c":[1,{"d":"}]"}],"e":-1.5e3 , "":null}`))
	f.Add([]byte(" [ ] "))
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) {
			return
		}
		var list []json.RawMessage
		if body = trim(body); json.Unmarshal(body, &list) == nil && list != nil {
			values, n := elements(body)
			if len(values) != len(list) || n != len(body) {
				t.Fatalf("%d elements in %d bytes, want %d", len(values), n, len(list))
			}
			for i, v := range values {
				if string(v) != string(list[i]) {
					t.Fatalf("element %d: %q, want %q", i, v, list[i])
				}
			}
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(body, &object) != nil || object == nil {
			return
		}
		got := map[string]string{}
		members(body, func(key, v []byte) { got[strings.ToValidUTF8(string(key), "\uFFFD")] = string(v) })
		for key, v := range object {
			var want string
			if json.Unmarshal(v, &want) == nil && unquote([]byte(`"`+key+`"`)) != "" && got[key] != string(v) {
				t.Fatalf("%q: %q, want %q", key, got[key], v)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := pageOf(100)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		f, _, e := (&reply{status: 200, body: body}).open()
		if e != nil {
			b.Fatal(e)
		}
		if p, err := decodePage(f, GetClientsProductsRequest{}); err != nil || len(p.Services) != 100 {
			b.Fatal(err)
		}
	}
}
