package query

import "strings"

// A pattern is a text with stars, each of which stands for any text: web* begins with
// it, *web ends with it, *web* contains it.
type pattern []string

// patternOf returns the pattern of a folded text, nil where it has no star.
func patternOf(text string) pattern {
	if !strings.Contains(text, "*") {
		return nil
	}
	return strings.Split(text, "*")
}

// matches reports whether a folded text is one of the pattern's.
func (p pattern) matches(text string) bool {
	first, last := p[0], p[len(p)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range p[1 : len(p)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}

// readName reads the text of a key that takes stars. Several in a row are one.
func readName(s string) (string, *flaw) {
	if s == "" {
		return "", noValue()
	}
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	if s == "*" {
		return "", newFlaw(OnlyStars, s)
	}
	return s, nil
}
