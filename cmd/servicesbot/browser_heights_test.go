package main

import (
	"fmt"
	"testing"
)

// TestBrowserHeights holds answers to a height at which they are read at a glance, in a window
// of 1400 pixels and at Slack's text size, 15 px on 22: their state and reason are in sight
// where Slack scrolls to the foot of a new message.
func TestBrowserHeights(t *testing.T) {
	t.Parallel()
	v := newTab(t, browser(t), look{width: 1400, height: 900, place: "U0ALICE/C0SUPPORT"})
	if font := eval[string](v, `(({ fontSize, lineHeight }) => fontSize + " " + Math.round(parseFloat(lineHeight)))(getComputedStyle(document.body))`); font != "15px 22" {
		t.Errorf("the page's text is %s, Slack's is 15px on 22", font)
	}
	for _, answer := range []struct {
		line, shows string
		most        float64
	}{
		{"/services client:5", "rows 1 to 5", 420},
		{"/services service:10", "1 service", 320},
		{"/services service:27", "Abuse: outgoing spam", 320},
		{"/services service:38", "1 service", 320},
		{"/services as:summary", "Services by status", 560},
		{"/services server:saturn as:summary", "Services by status", 560},
		{"/services help", "Ask for services", 500},
	} {
		v.ask(answer.line)
		v.sees(newest, answer.shows)
		height := eval[float64](v, fmt.Sprintf(`document.querySelector(%s).offsetHeight`, js(newest)))
		t.Logf("%s: %.0f px", answer.line, height)
		if height > answer.most {
			t.Errorf("%s is %.0f px tall, more than %.0f", answer.line, height, answer.most)
		}
	}
	v.clean()
}
