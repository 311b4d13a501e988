package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"servicesbot/bot/slackfake"
)

// TestBrowserPage holds what the page does by itself, beside the bot's answers.
func TestBrowserPage(t *testing.T) {
	t.Parallel()
	b := browser(t)
	for name, part := range map[string]func(*tab){
		"keeps to its end": keepsToItsEnd, "switches are forgotten": switchesAreForgotten, "steps are ticked when sent": ticksWhatIsSent,
		"mistakes": mistakesOfTheTypist, "the box is at hand": boxIsAtHand, "a slow click": slowClick,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newTab(t, b, look{width: 1400, height: 900})
			part(v)
			v.clean()
		})
	}
}

// atEnd is whether the newest message is in view.
const atEnd = `(() => { const m = document.querySelector("#messages"); return m.scrollHeight - m.scrollTop - m.clientHeight < 60; })()`

// keepsToItsEnd: what one sends oneself is seen, what others send is told, and a window
// that changes its size stays where it was.
func keepsToItsEnd(v *tab) {
	v.t.Helper()
	for range 3 {
		v.ask("/services client:5")
	}
	v.until(atEnd)
	top := func() { // again where a row grew before the page heard of it
		v.until(`(() => { const away = !(` + atEnd + `); if (!away) document.querySelector("#messages").scrollTop = 0; return away; })()`)
	}
	top()
	if _, err := v.stage.workspace.Post(slackfake.Bob, slackfake.Support, "", "is anybody here?"); err != nil {
		v.t.Fatal(err)
	}
	v.until(`!document.querySelector("#newer").hidden`)
	v.click("#newer", "")
	v.until(atEnd + ` && document.querySelector("#newer").hidden`)
	top()
	v.say("/services client:1")
	v.sees(newest, "1 active, 1 terminated")
	v.until(atEnd)
	call(v, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 400, Height: 700, DeviceScaleFactor: 1})
	v.until(`innerWidth === 400`)
	v.until(atEnd)
}

// switchesAreForgotten: what a switch did is over when it is turned off.
func switchesAreForgotten(v *tab) {
	v.t.Helper()
	v.click("#open-switches", "")
	v.click("[data-switch=old-blocks]", "")
	v.ask("/services client:7 as:table")
	v.sees(newest, "Shown as lines")
	v.click("[data-switch=old-blocks]", "")
	v.ask("/services client:7 as:table")
	v.sees(newest+" .table", "1 to 20 of")
	v.click("[data-switch=whmcs-invalid-ip]", "")
	v.ask("/services client:1 fresh:yes")
	v.sees(newest, "does not accept calls from this bot's address")
	v.click("[data-switch=whmcs-invalid-ip]", "")
	v.ask("/services client:1 fresh:yes")
	v.sees(newest, "1 active, 1 terminated")
}

// ticksWhatIsSent: a step is done when its line is sent, by whom it is about.
func ticksWhatIsSent(v *tab) {
	v.t.Helper()
	v.become("Bob Baker")
	v.click("#guide .step:first-child .try button", "")
	v.until(`document.activeElement?.id === "line" && document.activeElement.value !== ""`)
	v.sees("#notices", "You are Alice Archer now")
	v.sees("#guide", "0 of")
	v.press(kb.Enter)
	v.sees("#guide", "1 of")
}

// mistakesOfTheTypist: what Slack does not know is said, and what was typed is not lost.
func mistakesOfTheTypist(v *tab) {
	v.t.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS("#line"), "/nosuch thing"+kb.Enter))
	v.sees("#notices", "/nosuch is not a valid command")
	v.until(`document.querySelector("#line").value === "/nosuch thing"`)
}

// boxIsAtHand: the box to write in has the focus at the start and after going to a channel,
// and Tab reaches it within three stops from the top.
func boxIsAtHand(v *tab) {
	v.t.Helper()
	const inBox = `document.activeElement?.id === "line"`
	v.until(inBox)
	v.press("/services client:3" + kb.Enter)
	v.sees(newest, "has no services")
	v.click("#channels [data-channel="+slackfake.Incident+"]", "")
	v.until(inBox)
	eval[chromedp.Void](v, toTheTop)
	stops := 0
	for ; stops < 10 && (stops == 0 || !eval[bool](v, inBox)); stops++ {
		v.press(kb.Tab)
	}
	if stops > 3 {
		v.t.Errorf("Tab reaches the box after %d stops", stops)
	}
}

// slowClick: a click on a channel counts although its row changes, and others do, between
// the mouse button's going down and up.
func slowClick(v *tab) {
	v.t.Helper()
	row := "#channels [data-channel=" + slackfake.Incident + "]"
	p := eval[struct{ X, Y float64 }](v, fmt.Sprintf("%s(%s, %s)", point, js(row), js("")))
	v.do(chromedp.MouseEvent(chromedp.MouseMoved, p.X, p.Y))
	v.do(chromedp.MouseEvent(chromedp.MousePressed, p.X, p.Y, chromedp.Button("left"), chromedp.ClickCount(1)))
	for n := range 3 {
		for _, channel := range []string{slackfake.General, slackfake.Incident} {
			if _, err := v.stage.workspace.Post(slackfake.Bob, channel, "", "is anybody here?"); err != nil {
				v.t.Fatal(err)
			}
		}
		v.sees(row+" .mark", fmt.Sprint(n+1))
	}
	v.do(chromedp.MouseEvent(chromedp.MouseReleased, p.X, p.Y, chromedp.Button("left"), chromedp.ClickCount(1)))
	v.until(`document.querySelector("` + row + `").getAttribute("aria-current") === "page"`)
	v.sees("#messages", "is anybody here?")
	v.seesNot(row+" .mark", "3")
}
