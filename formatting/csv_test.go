package formatting

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"servicesbot/whmcs"
)

func TestCell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		"demodomain.net":        "demodomain.net",
		"=1+1":                  "'=1+1",
		"+49 30":                "'+49 30",
		"-5.00":                 "-5.00",
		"-5.00+1":               "'-5.00+1",
		"@SUM(A1)":              "'@SUM(A1)",
		"\t=1":                  "'=1",
		"\r=1":                  "'=1",
		" =1":                   "'=1",
		"\u200b=1":              "'=1",
		"＝1":                    "'＝1",
		"'=1":                   "'=1",
		"203.0.113.1\r\n=x":     "203.0.113.1 =x",
		"x;=HYPERLINK(1)":       "x;'=HYPERLINK(1)",
		"x; \"'=1;@2":           "x; \"''=1;'@2",
		"a\n=1+1":               "a =1+1",
		"a;b":                   "a;b",
		"24.95":                 "24.95",
		"a\x00b":                "ab",
		"-":                     "'-",
		"-99999999999999999999": "'-99999999999999999999",
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	s := hosting()
	s.Domain, s.RecurringAmount, s.Name = `a "b", c`, "-5.00", "=HYPERLINK(1)"
	file, comment := house.CSV(result(t, "client:1 as:csv", s, hosting()), here())
	if !utf8.Valid(file) || strings.Count(string(file), "\r\n") < 3 {
		t.Errorf("not UTF-8 with CR LF: %q", file)
	}
	rows, err := csv.NewReader(strings.NewReader(string(file))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 {
		t.Fatalf("%d rows, want a header and two", len(rows))
	}
	got := map[string]string{}
	for i, title := range rows[0] {
		got[title] = rows[1][i]
	}
	for title, want := range map[string]string{
		"Service": "2", "Client": "1", "Status": "Active", "Product": "'=HYPERLINK(1)", "Domain": `a "b", c`,
		"Amount": "-5.00", "Currency": "EUR", "Next due": "2026-12-01", "Assigned addresses": "203.0.113.18 203.0.113.19",
		"Notes": "VIP. Call before restarts. Second line.", "Subscription": "sub_91x", "Licence key": "L-4471",
	} {
		if got[title] != want {
			t.Errorf("%s is %q, want %q", title, got[title], want)
		}
	}
	if want := "*Complete:* a CSV file of 2 services for `client:1`.\nas of <!date^1795356200^{date_short_pretty} {time}|2026-11-22 14:03 UTC> ·\u00a0looked at 3 of 3 rows ·\u00a0complete"; comment != want {
		t.Errorf("comment %q, want %q", comment, want)
	}
}

// TestLoginsArePrivate: the asker alone sees a service's login; what others read has none, and a
// file says so.
func TestLoginsArePrivate(t *testing.T) {
	t.Parallel()
	const login = "demo_user"
	res := result(t, "service:2 as:csv", hosting())
	for _, public := range []bool{false, true} {
		v := here()
		v.Public = public
		whole := v
		whole.Whole = true
		file, comment := house.CSV(res, v)
		window, err := json.Marshal(house.Details(res, v))
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{
			"a card":       Plain(house.Answer(result(t, "service:2", hosting()), v)),
			"a whole card": Plain(house.Answer(result(t, "service:2", hosting()), whole)),
			"a file":       string(file),
			"a window":     string(window),
		} {
			if strings.Contains(text, login) == public {
				t.Errorf("public %t: the login in %s:\n%s", public, what, text)
			}
		}
		if strings.Contains(comment, "Logins") != public {
			t.Errorf("public %t: the comment is %q", public, comment)
		}
	}
}

func TestCSVIncomplete(t *testing.T) {
	t.Parallel()
	res := result(t, "server:saturn as:csv", mixed(3)...)
	res.Complete, res.Why = false, budget
	_, comment := house.CSV(res, here())
	first, _, _ := strings.Cut(comment, "\n")
	if first != "*Not complete.* One question looks at 20,000 rows at most, and WHMCS has 61,000." {
		t.Errorf("the first line is %q", first)
	}
	if name := CSVName(res); name != "services-20261122-140320Z.csv" {
		t.Errorf("name %q", name)
	}
	if title := CSVTitle(res); title != "3 services, not complete" {
		t.Errorf("title %q", title)
	}
	if file, _ := (Style{}).CSV(result(t, "client:1"), View{}); strings.Count(string(file), "\n") != 1 {
		t.Errorf("no rows: %q", file)
	}
	if got := cell(string(whmcs.StatusUnknown)); got != "" {
		t.Errorf("%q", got)
	}
}
