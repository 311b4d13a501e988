package whmcs

import (
	"bytes"
	"encoding/json"
	"html"
	"math"
	"strconv"
	"strings"
)

// WHMCS changes the JSON type of a field between versions and installations, so
// rows are read by walking the text instead of into tagged structs: a value of an
// odd type costs that one field and never the answer. All functions of this file
// take JSON that json.Valid has accepted; a value is a slice of it without
// surrounding space.

// members calls visit for each member of obj, in order. A value that is no object
// has none. The key comes without its quotes.
func members(obj []byte, visit func(key, value []byte)) {
	if len(obj) == 0 || obj[0] != '{' {
		return
	}
	membersAt(obj, func(key, rest []byte) int {
		n := skipValue(rest, 0)
		visit(key, rest[:n])
		return n
	})
}

// membersAt is members for an object at the start of b, and returns its length. visit
// gets what begins with the value and returns the value's length, so that a big
// value is gone through once.
func membersAt(b []byte, visit func(key, rest []byte) int) int {
	i := skipSpace(b, 1)
	for b[i] != '}' {
		end := skipString(b, i)
		key := b[i+1 : end-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(unquote(b[i:end]))
		}
		start := skipSpace(b, skipSpace(b, end)+1)
		i = nextItem(b, start+visit(key, b[start:]))
	}
	return i + 1
}

// elements returns the elements of the list at the start of b, and its length.
func elements(b []byte) (values [][]byte, n int) {
	i := skipSpace(b, 1)
	for b[i] != ']' {
		end := skipValue(b, i)
		values = append(values, b[i:end])
		i = nextItem(b, end)
	}
	return values, i + 1
}

// nextItem returns the start of the next item, or of the closing bracket, where
// an item ended at i.
func nextItem(b []byte, i int) int {
	i = skipSpace(b, i)
	if b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	return i
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' {
		i++
	}
	return i
}

// skipString returns the index behind the string that starts at b[i].
func skipString(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// skipValue returns the index behind the value that starts at b[i].
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for i < len(b) && strings.IndexByte(" \n\t\r,]}", b[i]) < 0 {
		i++
	}
	return i
}

func skipNested(b []byte, i int) int {
	for depth := 0; ; {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		i++
		if depth == 0 {
			return i
		}
	}
}

// unquote returns the text of a quoted string, with U+FFFD for bytes that are no
// UTF-8.
func unquote(v []byte) string {
	if bytes.IndexByte(v, '\\') < 0 {
		return strings.ToValidUTF8(string(v[1:len(v)-1]), "\uFFFD")
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return ""
	}
	return s
}

// scalar returns a string, number or boolean as text, and "" for anything else.
func scalar(v []byte) string {
	switch {
	case len(v) == 0:
		return ""
	case v[0] == '"':
		return unquote(v)
	case v[0] == 'n' || v[0] == '{' || v[0] == '[':
		return ""
	}
	return string(v)
}

// text is scalar with HTML entities decoded once: WHMCS keeps texts encoded.
func text(v []byte) string { return html.UnescapeString(scalar(v)) }

// integer reads a whole number, written as a number or as text. Fractions are
// cut off. What is no number, or too large for an int64, is 0 and false.
func integer(v []byte) (int64, bool) {
	s := strings.TrimSpace(scalar(v))
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= math.MaxInt64 {
		return 0, false
	}
	return int64(f), true
}

// whole is integer for fields where a number that cannot be read means none.
func whole(v []byte) int {
	n, _ := integer(v)
	return int(n)
}

// truth reads a tri-state of WHMCS's: on, 1, yes and true are set.
func truth(v []byte) bool {
	switch strings.ToLower(strings.TrimSpace(scalar(v))) {
	case "1", "on", "yes", "true":
		return true
	}
	return false
}
