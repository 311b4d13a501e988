package query_test

import (
	"errors"
	"reflect"
	"testing"

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
	_, err = query.NewTerm("client", "12b")
	var e *query.Error
	if !errors.As(err, &e) || e.Line != "12b" {
		t.Errorf("a wrong number gives %#v", err)
	}
}
