package query_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs/query"
)

// parse is for lines that a test knows to be right.
func parse(t testing.TB, line string) query.Query {
	t.Helper()
	q, err := query.Parse(line)
	if err != nil {
		t.Fatalf("Parse(%q): %v", line, err)
	}
	return q
}

func TestKeysHaveExamplesThatParse(t *testing.T) {
	t.Parallel()
	for _, k := range query.Keys() {
		q := parse(t, k.Example)
		if again := parse(t, q.String()); !reflect.DeepEqual(again, q) {
			t.Errorf("%s: %q read again is %+v, want %+v", k.Name, q, again, q)
		}
		for _, name := range append(k.Aliases, k.Name) {
			if h := parse(t, "help "+name); h.Topic != k.Name {
				t.Errorf("help %s explains %q, want %q", name, h.Topic, k.Name)
			}
		}
		if k.Help == "" || k.Kind == "" {
			t.Errorf("%s lacks help or kind", k.Name)
		}
	}
}

func TestWithReturnsNewValues(t *testing.T) {
	t.Parallel()
	q := parse(t, "client:1 status:active page:3")
	for want, got := range map[string]query.Query{
		"client:1 status:active page:2":             q.WithPage(2),
		"client:1 status:active":                    q.WithPage(1),
		"client:1 status:active as:table":           q.WithAs(query.ViewTable),
		"as:summary":                                query.Query{}.WithAs(query.ViewSummary),
		"all:yes as:table":                          query.Query{As: query.ViewSummary}.WithAs(query.ViewTable),
		"client:1 status:active sort:-due":          q.WithSort(query.Sort{Key: "due", Desc: true}),
		"client:1 status:active product:vps":        q.With(query.Term{Key: "product", Values: []string{"vps"}}),
		"status:active":                             q.Without(0),
		"client:1 status:suspended,unknown":         q.WithStatus("Suspended", "Odd"),
		"client:1":                                  q.WithStatus(),
		"client:1 status:active page:3 fresh:yes":   parse(t, "client:1 status:active fresh:yes page:3"),
		"client:1 -status:active,suspended rows:10": parse(t, "CLIENT:#01 -Status:Active,suspended,active rows:10"),
	} {
		if got.String() != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if q.String() != "client:1 status:active page:3" {
		t.Errorf("the query itself changed to %q", q)
	}
}

func TestNewTermTakesFreeText(t *testing.T) {
	t.Parallel()
	term, err := query.NewTerm("product", `Web, "Pro"  client:1`)
	if err != nil {
		t.Fatal(err)
	}
	if want := `product:"Web, \"Pro\" client:1"`; term.String() != want {
		t.Errorf("got %s, want %s", term, want)
	}
	word, err := query.NewTerm("", "demodomain.com", `"`, "12", "help")
	if err != nil {
		t.Fatal(err)
	}
	if got := parse(t, word.String()); !reflect.DeepEqual(got.Terms, []query.Term{word}) {
		t.Errorf("%s is read as %+v", word, got.Terms)
	}
	_, err = query.NewTerm("service", "12b")
	var e *query.Error
	if !errors.As(err, &e) || e.Line != "12b" {
		t.Errorf("a wrong number gives %#v", err)
	}
}

// TestAnyTextRoundTrips writes texts of the language's own characters as words
// and values, and reads them again.
func TestAnyTextRoundTrips(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "Z", "1", ":", ",", "-", `"`, `\`, " ", ".", "=", "#", "?", "help", "client", "client:1", "*", "@", "example.com", "ü", "\u00a0", "<", "..", "www."}
	for range 3000 {
		var text strings.Builder
		for range 1 + random.IntN(4) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		for _, key := range []string{"", "product", "group", "username", "domain"} {
			term, err := query.NewTerm(key, text.String())
			if err != nil {
				continue
			}
			term.Not = random.IntN(2) == 0
			q := query.Query{Terms: []query.Term{term, {Key: "status", Values: []string{"active"}}}}
			if again := parse(t, q.String()); !reflect.DeepEqual(again, q) {
				t.Fatalf("%q as %s is read as %+v", text.String(), q, again)
			}
		}
	}
}

// TestLongLines reads lines that would take minutes if any part of the parser
// looked back at what it had read.
func TestLongLines(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"a", "a ", ",", "a,", `"`, `"a" `, `""`, "a:b ", "client:1 ", "client:1,", "client: ", "-", "- ", "1 ", "1,", ":", "\\", "ü", "\xff", "a.b/", "due:1 ", `x:"`, "sort:due ", "a= ", "client 1 ", "help "} {
		line := strings.Repeat(piece, 20_000/len(piece))
		began := time.Now()
		q, err := query.Parse(line)
		if err == nil {
			_ = q.String()
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%d bytes of %q took %s", len(line), piece, took)
		}
	}
}
