package main

import (
	"fmt"
	"testing"
)

// TestBrowserHeights holds answers to a height at which they are read at a glance, in a window
// of 1400 pixels and at Slack's text size, 15 px on 22: their state and reason are in sight
// where Slack scrolls to the foot of a new message. The size of lines is fixed, so that a font
// without coloured signs makes no difference.
func TestBrowserHeights(t *testing.T) {
	t.Parallel()
	b := browser(t)
	v := newTab(t, b, look{width: 1400, height: 900, place: "U0ALICE/C0SUPPORT"})
	if font := eval[string](v, `(({ fontSize, lineHeight }) => fontSize + " " + Math.round(parseFloat(lineHeight)))(getComputedStyle(document.body))`); font != "15px 22" {
		t.Errorf("the page's text is %s, Slack's is 15px on 22", font)
	}
	for _, answer := range []struct {
		line, shows string
		most        float64
	}{
		{"/services client:5", "rows 1 to 5", 420},
		{"/services client:7", "rows 1 to 5", 420},                // one is suspended, with its reason
		{"/services client:7 sort:due", "rows 1 to 5", 420},       // a head with many states
		{"/services server:saturn", "rows 1 to 5", 420},           // of several clients
		{"/services status:suspended", "rows 1 to 5", 420},        // each with its reason
		{"/services due:overdue", "rows 1 to 5", 420},             // and when they were due
		{"/services all:yes", "rows 1 to 5", 420},                 // names that try to be more
		{"/services product:vps", "rows 1 to 5", 420},             // of one product
		{"/services client:7 -status:active", "rows 1 to 5", 420}, // a filter in the head
		{"/services services of client 5", "Next time you can type", 420},
		{"/services who is on saturn?", "Read as", 420},
		{"/services all suspended services in the last year", "Left out", 420},
		{"/services conor", "names begin with", 420},
		{"/services 1.2.3.4", "address of the server", 420},
		{"/services saturn suspeneded", "Did you mean", 420},
		{"/services overdue on saturn", "Ended", 420}, // those that have ended are on a button
		{"/services saturn suspended with panel", "Nothing matches all of it", 420},
		{"/services due:<7d sort:due", "rows 1 to 5", 420},      // three states
		{"/services server:saturn page:2", "rows 6 to 10", 420}, // two pages to go to
		{"/services client:1,2,5,7 status:active sort:due", "rows 1 to 5", 420},
		{"/services server:saturn -client:1,2,3,4 -status:fraud,cancelled -product:starter amount:>1 sort:due", "4 filters", 420},
		{"/services client:7 status:active,suspended -product:\"VPS M\" -product:Starter due:<3000d sort:-amount", "3 filters", 420},
		{"/services server:saturn in:channel", "rows 1 to 5", 420}, // for all to read
		{"/services service:10", "1 service", 320},                 // due today
		{"/services service:17", "1 service", 320},                 // due long ago
		{"/services service:27", "Abuse: outgoing spam", 320},      // suspended
		{"/services service:38", "1 service", 320},                 // suspended, and overdue
		{"/services as:summary", "Services by status", 560},        // of all
		{"/services server:saturn as:summary", "Services by status", 560},
		{"/services client:7 as:summary", "Services by status", 560},
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

// TestBrowserRowsOfTwoLines holds the rows of a list to two lines in a window of 900 pixels.
func TestBrowserRowsOfTwoLines(t *testing.T) {
	t.Parallel()
	v := newTab(t, browser(t), look{width: 900, height: 900, place: "U0ALICE/C0SUPPORT"})
	for _, line := range []string{"client:5", "client:7", "server:saturn", "product:vps", "client:7 status:suspended", "due:<30d sort:due"} {
		v.ask("/services " + line)
		v.sees(newest, "rows 1 to 5")
		rows := eval[[]float64](v, `[...document.querySelectorAll(`+js(newest+" .block:has(> .accessory)")+`)].map((n) => n.offsetHeight)`)
		if len(rows) != 5 {
			t.Errorf("%s has %d rows", line, len(rows))
		}
		for i, height := range rows {
			if height > 44 {
				t.Errorf("%s: row %d is %.0f px tall:\n%s", line, i+1, height, v.text())
			}
		}
	}
	v.clean()
}
