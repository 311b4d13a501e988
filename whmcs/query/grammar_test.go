package query_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

var update = flag.Bool("update", false, "write the expected answers in testdata again")

// grammarFiles returns the grammar cases' files.
func grammarFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/grammar/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no grammar cases: %v", err)
	}
	return files
}

// typed returns the line that a case's line holds; false: it is no case.
func typed(t testing.TB, line string) (string, bool) {
	t.Helper()
	if line == ">" {
		return "", true
	}
	text, ok := strings.CutPrefix(line, "> ")
	if ok && strings.HasPrefix(text, `"`) {
		s, err := strconv.Unquote(text)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return s, true
	}
	return text, ok
}

func TestGrammar(t *testing.T) {
	t.Parallel()
	for _, file := range grammarFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
				if line != "" && strings.Contains("=!?+", line[:1]) {
					continue
				}
				out = append(out, line)
				if text, ok := typed(t, line); ok {
					out = append(out, explain(t, text)...)
				}
			}
			got := strings.Join(out, "\n") + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(data) {
				t.Errorf("%s differs; go test -run TestGrammar -update renews it. Now:\n%s", file, got)
			}
		})
	}
}

// explain returns what is written below a case.
func explain(t *testing.T, line string) []string {
	t.Helper()
	q, err := query.Parse(line)
	if err == nil {
		if again := parse(t, q.String()); !reflect.DeepEqual(again, q) {
			t.Errorf("%q becomes %q and then %q", line, q, again)
		}
		return []string{strings.TrimSuffix("= "+q.String(), " ")}
	}
	var e *query.Error
	if !errors.As(err, &e) {
		t.Fatalf("Parse(%q): %v is not an *Error", line, err)
	}
	var out []string
	for _, p := range e.Problems {
		before := strings.Repeat(" ", utf8.RuneCountInString(line[:p.Start]))
		mark := strings.Repeat("^", max(1, utf8.RuneCountInString(line[p.Start:p.End])))
		out = append(out, "! "+before+mark, "! "+formatting.Problem(p))
		if p.Valid != nil {
			out = append(out, "? "+strings.Join(p.Valid, " "))
		}
	}
	for _, c := range e.Corrected {
		if q := parse(t, c); q.String() != c {
			t.Errorf("the corrected line %q is not canonical: %q", c, q)
		}
		out = append(out, "+ "+c)
	}
	return out
}

// FuzzParse holds any line to the promises: no panic, a canonical form that reads
// as the same query, problems within the line, corrections that parse.
func FuzzParse(f *testing.F) {
	for _, file := range grammarFiles(f) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if text, ok := typed(f, strings.TrimSuffix(line, "\n")); ok {
				f.Add(text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		q, err := query.Parse(line)
		if err == nil {
			canonical := q.String()
			again, err := query.Parse(canonical)
			if err != nil {
				t.Fatalf("%q becomes %q, which fails: %v", line, canonical, err)
			}
			if !reflect.DeepEqual(again, q) {
				t.Fatalf("%q is %#v; as %q it is %#v", line, q, canonical, again)
			}
			if strings.ContainsAny(canonical, "\n\r\x00") || !utf8.ValidString(canonical) {
				t.Fatalf("%q becomes %q", line, canonical)
			}
			return
		}
		var e *query.Error
		if !errors.As(err, &e) || len(e.Problems) == 0 || e.Line != line {
			t.Fatalf("Parse(%q): %#v", line, err)
		}
		for _, p := range e.Problems {
			if p.Start < 0 || p.Start > p.End || p.End > len(line) || p.Reason == "" {
				t.Fatalf("Parse(%q): problem %+v", line, p)
			}
		}
		for _, c := range e.Corrected {
			if _, err := query.Parse(c); err != nil {
				t.Fatalf("Parse(%q): the correction %q fails: %v", line, c, err)
			}
		}
	})
}

// TestOppositesAreNotOffered: a word that says not is never corrected into what it denies.
func TestOppositesAreNotOffered(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"status:inactive", "status:unsuspended", "status:non-active"} {
		_, err := query.Parse(line)
		wrong, ok := errors.AsType[*query.Error](err)
		if !ok {
			t.Errorf("%s is read", line)
			continue
		}
		for _, c := range wrong.Corrected {
			t.Errorf("%s offers %s", line, c)
		}
	}
	for line, want := range map[string]string{"status:actve": "status:active", "status:unknwn": "status:unknown", "status:suspendd": "status:suspended"} {
		_, err := query.Parse(line)
		if wrong, ok := errors.AsType[*query.Error](err); !ok || len(wrong.Corrected) != 1 || wrong.Corrected[0] != want {
			t.Errorf("%s offers %v, want %s", line, err, want)
		}
	}
}
