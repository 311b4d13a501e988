package slackfake

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// FuzzBlocks holds that whatever is sent as blocks is refused or shown, and that what was
// taken once is taken again in the form that it was stored in.
func FuzzBlocks(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{}]`, `[null]`, `[{"type":"section","text":{"type":"mrkdwn","text":"*a* <http://b|c> &lt;"}}]`,
		`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"value":null}]}]`,
		`[{"type":"data_table","caption":"c","rows":[[{"type":"raw_text","text":"a"}],[{"type":"raw_number","value":1e3}]]}]`,
		`[{"type":"container","title":{"type":"plain_text","text":"t"},"child_blocks":[{"type":"divider"}]}]`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[null]}]}]`,
		`[{"type":"input","label":{"type":"plain_text","text":"l"},"element":{"type":"plain_text_input","max_length":5}}]`,
		`[{"type":"data_visualization","title":"t","chart":{"type":"bar","axis_config":{"categories":["a"]},"series":[{"name":"n","data":[{"label":"a","value":1}]}]}}]`,
	} {
		f.Add([]byte(seed))
	}
	w, err := New(Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m Message
		if w.compose(args{"blocks": string(raw), "text": "x"}, &m, true) != nil {
			return
		}
		_ = m.PlainText()
		_ = m.Elements()
		var again Message
		if problem := w.compose(args{"blocks": string(m.Blocks), "text": "x"}, &again, true); problem != nil {
			t.Errorf("taken as %s, refused as %s: %v", raw, m.Blocks, problem.messages)
		}
	})
}

// FuzzTyped holds that a typed line loses nothing on its way into Slack's form, and that
// no angle bracket is left but those that Slack puts.
func FuzzTyped(f *testing.F) {
	for _, seed := range []string{
		"@servicesbot domain:demodomain.com & <x>", "a@b.com #support @here", "https://a.com/x?y=1&z.", "*.a.de, b.local", "<@U0ALICE>", "",
	} {
		f.Add(seed)
	}
	w, err := New(Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if !utf8.ValidString(line) {
			return
		}
		got := w.typed(line)
		var parts strings.Builder
		for _, p := range got.parts {
			if p["type"] == "text" {
				parts.WriteString(str(p["text"]))
			}
		}
		if literal := angle.ReplaceAllString(got.text, ""); strings.ContainsAny(literal, "<>") || entities.Replace(literal) != parts.String() {
			t.Errorf("%q became %q with the parts %v", line, got.text, got.parts)
		}
	})
}

// FuzzFrames cuts a stream of WebSocket frames at odd places: each message is recognised
// as whole or fragmented all the same.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{1, 200, 3}, uint8(7))
	f.Add([]byte{255, 0, 130}, uint8(1))
	f.Fuzz(func(t *testing.T, sizes []byte, step uint8) {
		var stream bytes.Buffer
		var want []bool
		for i, n := range sizes {
			size := int(n) * int(n) // up to 65,025: all three forms of length
			split := i%2 == 1
			if split {
				stream.Write(clientFrame(websocket.TextMessage, false, size))
				stream.Write(clientFrame(websocket.PingMessage, true, 3))
				stream.Write(clientFrame(0, true, size))
			} else {
				stream.Write(clientFrame(websocket.TextMessage, true, size))
			}
			want = append(want, split)
		}
		s := &sniffer{on: true}
		for all := stream.Bytes(); len(all) > 0; {
			n := min(len(all), int(step)+1)
			s.look(all[:n])
			all = all[n:]
		}
		for i, split := range want {
			if got := s.fragmented(); got != split {
				t.Fatalf("message %d of %v: fragmented %v", i, sizes, got)
			}
		}
	})
}

// clientFrame builds a masked frame of zeros.
func clientFrame(opcode byte, final bool, size int) []byte {
	first := opcode
	if final {
		first |= 0x80
	}
	h := []byte{first}
	switch {
	case size < 126:
		h = append(h, 0x80|byte(size))
	case size < 1<<16:
		h = append(h, 0x80|126, byte(size>>8), byte(size))
	default:
		h = append(h, 0x80|127, 0, 0, 0, 0, byte(size>>24), byte(size>>16), byte(size>>8), byte(size))
	}
	return append(append(h, 0, 0, 0, 0), make([]byte, size)...)
}

// FuzzScript holds that no script breaks the parser.
func FuzzScript(f *testing.F) {
	f.Add("alice in #support: /services x\nalice sees private: y\n  not: z\n")
	f.Add("# comment\n#support is shared\n  and: x")
	f.Fuzz(func(t *testing.T, script string) {
		steps, err := parseScript(script)
		if err == nil && len(steps) > strings.Count(script, "\n")+1 {
			t.Errorf("%d steps of %q", len(steps), script)
		}
	})
}
