package whmcsfake

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A writer appends JSON as WHMCS writes it, bent by a shape. Rows are written
// straight from the data, without values in between: a page of 100 takes a
// fraction of a millisecond.
type writer struct {
	b        []byte
	sh       *shape
	noServer bool

	malformed bool // a row was written whose text is not UTF-8
}

// key begins a member that is not the first of its object.
func (w *writer) key(k string) {
	w.b = append(w.b, ',', '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

// text writes a member whose value is v as it is.
func (w *writer) text(k, v string) {
	w.key(k)
	w.b = appendString(w.b, v)
}

// stored writes a member whose value came from a form: WHMCS keeps such texts
// with their HTML entities.
func (w *writer) stored(k, v string) { w.text(k, encodeEntities(v)) }

// number writes a member that is a string on most installations and a number on
// others.
func (w *writer) number(k string, n int) {
	w.key(k)
	w.plainNumber(n)
}

func (w *writer) plainNumber(n int) {
	if w.sh.native {
		w.b = strconv.AppendInt(w.b, int64(n), 10)
		return
	}
	w.b = append(w.b, '"')
	w.b = strconv.AppendInt(w.b, int64(n), 10)
	w.b = append(w.b, '"')
}

// count writes a member that is a number on most installations and a string on
// others.
func (w *writer) count(k string, n int) {
	w.key(k)
	if w.sh.allStrings {
		w.b = appendString(w.b, strconv.Itoa(n))
		return
	}
	w.b = strconv.AppendInt(w.b, int64(n), 10)
}

// null writes a member that is null.
func (w *writer) null(k string) {
	w.key(k)
	w.b = append(w.b, "null"...)
}

// echo writes a parameter of the request, null where it was not sent.
func (w *writer) echo(form url.Values, k string) {
	if v := form.Get(k); v != "" {
		w.text(k, v)
		return
	}
	w.null(k)
}

// frame writes what is around the rows.
func (w *writer) frame(form url.Values, total, start, sent int) {
	w.b = append(w.b, `{"result":"success"`...)
	for _, k := range []string{"clientid", "serviceid", "pid", "domain"} {
		w.echo(form, k)
	}
	w.number("totalresults", total)
	w.count("startnumber", start)
	w.count("numreturned", sent)
}

// list writes the rows of m from from to to in the shape's container.
func (w *writer) list(in *installation, m matches, from, to int) {
	if from == to {
		w.emptyList()
		return
	}
	if w.sh.container == containerFlat {
		w.flat(in, m, from, to)
		return
	}
	w.b = append(w.b, `,"products":{"product":`...)
	switch {
	case w.sh.container == containerSingle && to-from == 1:
		w.row(in.service(m.at(from)), 1)
	case w.sh.container == containerKeyed:
		// The last first, so that nobody takes the order for granted.
		for i := to - 1; i >= from; i-- {
			w.b = append(w.b, "{,"[min(1, to-1-i)])
			w.b = appendString(w.b, strconv.Itoa(m.at(i)))
			w.b = append(w.b, ':')
			w.row(in.service(m.at(i)), i-from+1)
		}
		w.b = append(w.b, '}')
	default:
		for i := from; i < to; i++ {
			w.b = append(w.b, "[,"[min(1, i-from)])
			w.row(in.service(m.at(i)), i-from+1)
		}
		w.b = append(w.b, ']')
	}
	w.b = append(w.b, '}')
}

// emptyList writes the list without rows, which installations do in many ways.
func (w *writer) emptyList() {
	switch w.sh.empty {
	case "missing":
	case "null":
		w.null("products")
	case "inner-null":
		w.b = append(w.b, `,"products":{"product":null}`...)
	case "inner-array":
		w.b = append(w.b, `,"products":{"product":[]}`...)
	case "inner-string":
		w.b = append(w.b, `,"products":{"product":""}`...)
	case "string":
		w.text("products", "")
	default:
		w.b = append(w.b, `,"products":[]`...)
	}
}

// flat writes the rows as name-value pairs.
func (w *writer) flat(in *installation, m matches, from, to int) {
	for i := from; i < to; i++ {
		sv := in.service(m.at(i))
		p := "products[product][" + strconv.Itoa(i-from) + "]"
		w.number(p+"[id]", sv.id)
		w.number(p+"[clientid]", sv.client)
		w.stored(p+"[name]", sv.product.name)
		w.stored(p+"[domain]", sv.domain)
		w.text(p+"[status]", sv.status)
		w.text(p+"[password]", sv.password())
	}
}

// clientFields writes a client; every member begins with a comma.
func (w *writer) clientFields(c client, currency string) {
	w.count("userid", c.id)
	w.count("client_id", c.id)
	w.count("id", c.id)
	w.stored("firstname", c.first)
	w.stored("lastname", c.last)
	w.stored("fullname", c.first+" "+c.last)
	w.stored("companyname", c.company)
	w.stored("email", c.email)
	w.text("phonenumber", "5550"+strconv.Itoa(100+c.id%900))
	w.stored("notes", "Asks for invoices on paper. "+PlantedNote)
	w.count("currency", 1)
	w.text("currency_code", currency)
	w.text("status", "Active")
	w.text("credit", "0.00")
	w.text("lastlogin", "Date: 01/01/2026<br>IP Address: 192.0.2.1<br>Host: localhost")
}

// encodeEntities writes the five characters that WHMCS keeps as entities.
func encodeEntities(s string) string {
	if !strings.ContainsAny(s, `&<>"'`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		case '\'':
			b.WriteString("&#039;")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string, with everything escaped that PHP
// escapes: the slash and all that is not ASCII among it.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	plain := 0
	for plain < len(s) && isPlain(s[plain]) {
		plain++
	}
	b, s = append(b, s[:plain]...), s[plain:]
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\' || c == '/':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ':
			b = appendUnit(b, rune(c))
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r >= 0x10000 {
				r -= 0x10000
				b = appendUnit(b, 0xd800+r>>10)
				r = 0xdc00 + r&0x3ff
			}
			b = appendUnit(b, r)
			i += size
			continue
		}
		i++
	}
	return append(b, '"')
}

// isPlain reports whether a byte means itself in a JSON string of PHP's.
func isPlain(c byte) bool {
	return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '/'
}

// appendUnit appends one UTF-16 unit as an escape.
func appendUnit(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
