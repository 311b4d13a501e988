package query

import (
	"strings"
)

// thing takes what names something by its form: a host, an address, an e-mail, a number.
func (t *listener) thing() bool {
	w := t.at(0)
	text, not := w.text, ""
	if len(text) > 1 && (text[0] == '-' || text[0] == '!') {
		not, text = "-", text[1:]
	}
	switch {
	case isEmail(text) || isEmail(strings.TrimPrefix(strings.ToLower(text), "mailto:")):
		if w.angled {
			t.dropName()
		}
		t.changed = t.changed || w.angled
		t.take(1, not+"email:"+strings.TrimPrefix(strings.ToLower(text), "mailto:"), firmPart)
	case isAddressWord(text):
		t.address(not, text)
	case isHostWord(text) || isHostWord(strings.TrimPrefix(text, "@")) && text[0] == '@' || strings.HasPrefix(text, "//") && isHostWord(text[2:]):
		if host, flaw := readDomain(text); flaw == nil {
			t.take(1, not+"domain:"+host, firmPart)
			return true
		}
		return false
	case strings.Contains(text, ",") && isNumber(strings.ReplaceAll(text, ",", "")) || isNumber(text):
		t.take(1, not+text, numberPart)
	case len(text) > 1 && text[0] == '+' && isDigit(text[1]):
		t.matter = MatterPhone
		t.i++
		for isNumber(t.at(0).text) {
			t.i++
		}
	default:
		return false
	}
	return true
}

// address takes an address; several that follow each other are alternatives.
func (t *listener) address(not, text string) {
	if last := len(t.phrases) - 1; not == "" && !t.not && last >= 0 && t.phrases[last].kind == firmPart && isAddressWord(strings.Split(t.phrases[last].text, ",")[0]) {
		t.phrases[last].text += "," + wordText(text)
		t.i++
		return
	}
	t.take(1, not+wordText(text), firmPart)
}

// dropName drops the words before an address in angle brackets: they are whose it is.
func (t *listener) dropName() {
	for n := len(t.phrases); n > 0 && t.phrases[n-1].kind == wordPart; n-- {
		t.phrases = t.phrases[:n-1]
	}
}
