package whmcsfake

import (
	"encoding/json"
	"html"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is in a text, a reader of JSON gets it back, and one that decodes
// entities gets back what was typed.
func FuzzStrings(f *testing.F) {
	for _, s := range append(hostileTexts, "", "plain", "a/b", "ü", "🌻", "\x00\x1f\x7f", "\u2028", "&#039;") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		b := appendString(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil || got != s {
			t.Errorf("%q became %s, read as %q, %v", s, b, got, err)
		}
		for _, c := range b {
			if c >= utf8.RuneSelf {
				t.Fatalf("%q became %q, which is not ASCII", s, b)
			}
		}
		e := encodeEntities(s)
		if strings.ContainsAny(e, `<>"'`) || html.UnescapeString(e) != s {
			t.Errorf("%q became %q", s, e)
		}
	})
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for cents, want := range map[int]string{0: "0.00", 5: "0.05", 1295: "12.95", -500: "-5.00", -7: "-0.07", 378000: "3780.00"} {
		if got := money(cents); got != want {
			t.Errorf("%d cents are %s, want %s", cents, got, want)
		}
	}
}

func TestPHPInt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "1": 1, " 12x": 12, "x1": 0, "-3": -3, "-": 0, "1-2": 1, "99999999999999999999": 9223372036854775807} {
		if got := phpInt(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}
