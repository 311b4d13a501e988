package query

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"hash/fnv"
	"math"

	"servicesbot/whmcs"
)

// A position is where a page goes on, in the lines of Next, Previous and Continue:
// pos:. With it a page is the same whatever the process remembers, and another
// process gives it too. It is text that nobody types and that is never shown. It is
// not secret, and whoever edits it gets other rows of the same question at most: each
// row is tested, and access checked, as for any line.
type position struct {
	question uint32 // digest of the line that it belongs to
	order    order

	// The search begins behind a row of WHMCS's list; the zero place is the start.
	from    place
	looked  int   // rows that the answers before looked at
	matched int   // of which so many matched
	asOf    int64 // the oldest reply they rest on, seconds since 1970; 0: there were none
	until   int   // rows to look at from there; 0: as many as one question may; more: all, of warm rows

	row    place   // the row next to the page, without its offset; no id: the page is the first from there
	key    sortKey // of that row; zero in WHMCS's order
	before bool    // the page ends before that row, instead of beginning behind it
	count  int     // rows before the page, or before the row where the page ends
	digest uint64  // of their ids
}

// positionKey is the key that a line has its position by. It is not in the table of
// keys: no help, form or completion names it.
const positionKey = "pos"

// position returns the position of q; an *Error where it is not one of this question's.
func (q Query) position() (position, error) {
	if q.Position == "" {
		return position{}, nil
	}
	p, ok := readPosition(q.Position)
	sorts, rowless := q.Sort.Key != "", q.As.ofAll()
	if !ok || p.question != q.questionDigest() || p.row.id != 0 && (rowless || sorts != (p.order == orderSort)) {
		line := q.String()
		f := newFault(span{len(line) - len(positionKey+":"+q.Position), len(line)}, BadPosition)
		f.edits = remove(f.Start, f.End)
		return position{}, newError(line, []fault{f})
	}
	return p, nil
}

// An order is how rows follow one another.
type order byte

const (
	orderWHMCS  order = iota // as WHMCS lists them, one request after the other
	orderStatus              // active, suspended, pending, the others; then by id
	orderSort                // as sort: says
)

// Flags of a position, beside its order in the lowest two bits.
const (
	flagBefore = 4 << iota
	flagNone
	flagOther = 0xff &^ (3 | flagBefore | flagNone)
)

const (
	// maxPosition is the length of a position in a line, in bytes.
	maxPosition = 200
	// maxKeyText is how much of a sort text a position holds. Rows that differ later
	// only may be shown twice where the row at the position is gone.
	maxKeyText = 80
	positionV1 = 1
)

// numbers are the numbers of a position as they are written.
func (p *position) numbers() []*int {
	return []*int{&p.from.request, &p.from.offset, &p.from.id, &p.looked, &p.matched, &p.until, &p.row.request, &p.row.id, &p.count}
}

// String writes the position: version, flags, question, numbers, digest, the sort
// text, and a checksum, as base64 for URLs.
func (p position) String() string {
	flags := byte(p.order)
	if p.before {
		flags |= flagBefore
	}
	if p.key.none {
		flags |= flagNone
	}
	b := binary.BigEndian.AppendUint32([]byte{positionV1, flags}, p.question)
	for _, n := range p.numbers() {
		b = binary.AppendUvarint(b, uint64(*n))
	}
	b = binary.AppendVarint(b, p.asOf)
	b = binary.AppendVarint(b, p.key.number)
	b = binary.BigEndian.AppendUint64(b, p.digest)
	b = append(b, p.key.text[:min(len(p.key.text), maxKeyText)]...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return base64.RawURLEncoding.EncodeToString(b)
}

// readPosition reads a position; false: it is damaged.
func readPosition(s string) (p position, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(s) > maxPosition || len(b) < 2+4+4 {
		return position{}, false
	}
	body, sum := b[:len(b)-4], b[len(b)-4:]
	if binary.BigEndian.Uint32(sum) != crc32.ChecksumIEEE(body) || body[0] != positionV1 || body[1]&flagOther != 0 || body[1]&3 > byte(orderSort) {
		return position{}, false
	}
	p.order, p.before, p.key.none = order(body[1]&3), body[1]&flagBefore != 0, body[1]&flagNone != 0
	p.question = binary.BigEndian.Uint32(body[2:])
	r := bytes.NewReader(body[6:])
	for _, n := range p.numbers() {
		v, err := binary.ReadUvarint(r)
		if err != nil || v > math.MaxInt32 {
			return position{}, false
		}
		*n = int(v)
	}
	if p.asOf, err = binary.ReadVarint(r); err != nil {
		return position{}, false
	}
	if p.key.number, err = binary.ReadVarint(r); err != nil {
		return position{}, false
	}
	rest := body[len(body)-r.Len():]
	if len(rest) < 8 {
		return position{}, false
	}
	p.digest, p.key.text = binary.BigEndian.Uint64(rest), string(rest[8:])
	return p, p.String() == s
}

// questionDigest is of what decides which rows a question is about and in which order.
func (q Query) questionDigest() uint32 {
	h := fnv.New32a()
	h.Write([]byte(Query{Terms: q.Terms, Sort: q.Sort, As: q.As}.String()))
	return h.Sum32()
}

// digestOf is a digest of ids that does not depend on their order.
func digestOf(rows []*whmcs.Service) uint64 {
	var sum uint64
	for _, s := range rows {
		sum += mixed(uint64(s.ID))
	}
	return sum
}

// mixed spreads the bits of n (the finalizer of splitmix64).
func mixed(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
