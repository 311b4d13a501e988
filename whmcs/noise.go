package whmcs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"unicode"
)

// A finding is what a body holds: WHMCS's reply, and what was printed around it.
type finding struct {
	reply []byte // the JSON object; nil: there is none that is whole
	cut   bool   // there is one that ends too early
	twice bool   // there are two that differ
	noise noise
}

// noise is what a hook, PHP or a proxy printed around a reply. Its text may hold
// anything, so only this is kept of it.
type noise struct {
	bytes int
	kind  string // PHP, HTML, JSON or text
}

// findReply finds the reply in body: the whole of it but for a byte order mark and
// space, or else the first JSON object in it that says success or error.
//
// A search that starts again at every brace could take the square of the body's length;
// it gives up after a few times that length.
func findReply(body []byte) (f finding) {
	body = trim(body)
	if len(body) > 0 && body[0] == '{' && json.Valid(body) {
		f.reply = body
		return f
	}
	before, behind := 0, 0
	budget := 4*len(body) + 64<<10
	for at := 0; budget > 0; {
		i := bytes.IndexByte(body[at:], '{')
		if i < 0 {
			break
		}
		at += i
		n, end := objectAt(body[at:])
		budget -= n
		switch {
		case end == endsEarly && (at == 0 || replyBegins.Match(body[at:])):
			f.cut = f.reply == nil
			budget = 0
		case end != endsWell:
			at++
		default:
			if obj := body[at : at+n]; hasVerdict(obj) {
				if f.reply == nil {
					f.reply, before, behind = obj, at, at+n
				} else {
					f.twice = f.twice || !sameJSON(f.reply, obj)
				}
			}
			at += n
		}
	}
	if f.reply != nil {
		f.noise = noiseOf(body[:before], body[behind:])
	}
	return f
}

// replyBegins matches the start of each reply of WHMCS's.
var replyBegins = regexp.MustCompile(`^\{\s*"result"`)

// How a JSON value ends.
type jsonEnd int

const (
	endsWell jsonEnd = iota
	endsWrong
	endsEarly
)

// objectAt reads the JSON object at the start of b and returns how many bytes it has, or
// how many were read until it proved wrong.
func objectAt(b []byte) (n int, end jsonEnd) {
	d := json.NewDecoder(bytes.NewReader(b))
	var raw json.RawMessage
	err := d.Decode(&raw)
	if err == nil {
		return int(d.InputOffset()), endsWell
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return len(b), endsEarly
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return int(syntax.Offset), endsWrong
	}
	return len(b), endsWrong
}

// hasVerdict reports whether obj says success or error, as each reply of WHMCS's does.
func hasVerdict(obj []byte) bool {
	var f frame
	members(obj, f.set)
	return f.result == "success" || f.result == "error" || f.result == "" && f.status == "error"
}

// sameJSON reports whether a and b are the same but for spaces.
func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// What marks the kinds of noise. PHP marks its messages up in HTML, so it comes first.
var (
	phpNoise  = regexp.MustCompile(`(?i)\b(?:warning|notice|deprecated|error)(?:</b>)?: |\bstack trace\b|#\d+ \{main\}`)
	htmlNoise = regexp.MustCompile(`<[A-Za-z!/]`)
)

func noiseOf(before, behind []byte) noise {
	all := bytes.Join([][]byte{trim(before), trim(behind)}, []byte(" "))
	all = trim(all)
	n := noise{bytes: len(all), kind: "text"}
	switch {
	case phpNoise.Match(all):
		n.kind = "PHP"
	case htmlNoise.Match(all):
		n.kind = "HTML"
	case json.Valid(all):
		n.kind = "JSON"
	}
	return n
}

func trim(body []byte) []byte {
	return bytes.TrimFunc(body, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' })
}
