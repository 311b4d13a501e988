package local

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"

	"servicesbot/whmcs"
)

// MARKER of worker.php, and behind it the word of this process.
var marker = regexp.MustCompile(`servicesbot-worker [0-9a-f]{32} `)

const (
	maxHead = 4 << 10 // bytes that a line has beside WHMCS's reply
	maxMess = 1 << 20 // bytes that may be printed before the greeting
	keptOf  = 4 << 10 // bytes of those that are looked at to know what was printed
)

var (
	errTooLong = errors.New("a line of a worker is longer than any reply may be")
	errMess    = errors.New("what is printed is no greeting of a worker")
)

// An output is what a worker prints: lines of its own behind the marker, and whatever
// WHMCS, its hooks or a login shell print, which is counted.
type output struct {
	from   *bufio.Reader
	marker []byte // with the process's word; nil before the greeting
	noise  int    // bytes that are no line of the worker's
	first  []byte // the first of them, before the greeting
	size   int    // of the last line
}

// said is a line of a worker's.
type said struct {
	PHP    string // greeting: its version
	WHMCS  string
	Worker string // MD5 of the worker's file

	Failed string // why there is no reply; "": there is
	File   string
	Line   int
	Class  string
	User   string // whom the process belongs to

	Printed  int // bytes that were printed and dropped since the last line
	Replaced int // rows with text that is not UTF-8
	Last     bool

	body []byte // WHMCS's reply
}

// greeting reads up to the first line of the worker's.
func (o *output) greeting() (said, error) {
	for o.noise < maxMess {
		line, err := o.line(maxHead)
		if at := marker.FindIndex(line); err == nil && at != nil {
			o.marker = bytes.Clone(line[at[0]:at[1]])
			o.noise += len(bytes.TrimSpace(line[:at[0]]))
			return parse(line[at[1]:])
		}
		o.first = append(o.first, line[:min(len(line), keptOf-len(o.first))]...)
		o.noise += len(bytes.TrimSpace(line))
		if err != nil && !errors.Is(err, errTooLong) {
			return said{}, err
		}
	}
	return said{}, errMess
}

// next reads up to the next line of the worker's.
func (o *output) next() (said, error) {
	for {
		line, err := o.line(whmcs.MaxReply + maxHead)
		if err != nil {
			return said{}, err
		}
		before, own, found := bytes.Cut(line, o.marker)
		o.noise += len(bytes.TrimSpace(before))
		if found {
			o.size = len(line)
			return parse(own)
		}
	}
}

// line reads one line, without its end, into memory of its own.
func (o *output) line(most int) ([]byte, error) {
	var line []byte
	for {
		part, err := o.from.ReadSlice('\n')
		if line == nil && errors.Is(err, bufio.ErrBufferFull) {
			line = make([]byte, 0, o.size+o.size/8)
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case len(line) > most:
			return line, errTooLong
		case errors.Is(err, io.EOF):
			return line, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}

// beforeReply is what leads to WHMCS's reply, the last member of a line. It cannot be
// part of a text, in which each quote has a backslash.
var beforeReply = []byte(`,"reply":`)

// parse reads what is behind the marker. WHMCS's reply is not looked at.
func parse(own []byte) (s said, err error) {
	head, body, found := bytes.Cut(own, beforeReply)
	if found {
		body, found = bytes.CutSuffix(body, []byte("}"))
		head = append(bytes.Clone(head), '}')
	}
	if err := json.Unmarshal(head, &s); err != nil {
		return said{}, err
	}
	if found {
		s.body = body
	}
	return s, nil
}
