package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"servicesbot/bot/slackfake"
)

// layoutProblems lists what is wrong with the layout of the page as it is: things that
// stick out or are cut off, controls that cover each other, text that stands out too little
// from its background (WCAG AA), blocks that the page does not know.
const layoutProblems = `(() => {
  const found = new Set();
  const name = (n) => n.tagName.toLowerCase() + (n.id ? "#" + n.id : "") + [...n.classList].map((c) => "." + c).join("") + " " + JSON.stringify((n.innerText || "").slice(0, 40));
  const scrolls = (n) => n.closest(".scroll, .preview, pre, .menu, #channels:not(.open), .unseen, .skip");
  const seen = [...document.querySelectorAll("body *")].filter((n) => n.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && n.getBoundingClientRect().width > 0);
  if (document.documentElement.scrollWidth > innerWidth) found.add("the page is wider than the window: " + document.documentElement.scrollWidth);
  for (const n of document.querySelectorAll(".unknown")) found.add("not drawn: " + name(n));
  for (const n of seen) {
    const box = n.getBoundingClientRect(), style = getComputedStyle(n);
    if (scrolls(n)) continue;
    if (box.right > innerWidth + 1 || box.left < -1) found.add("sticks out of the window: " + name(n));
    const row = n.closest("article, .home, .step, .dialog-body, header");
    if (row && box.right > row.getBoundingClientRect().right + 1) found.add("sticks out of its row: " + name(n));
    if (style.overflowX === "hidden" && n.scrollWidth > n.clientWidth + 1 && style.textOverflow !== "ellipsis") found.add("is cut off: " + name(n));
    if (style.textOverflow === "ellipsis" && n.scrollWidth > n.clientWidth + 1 && !n.closest("[title]")) found.add("is shortened and cannot be read: " + name(n));
  }
  const usable = seen.filter((n) => n.matches("button, a, input, select, textarea") && !scrolls(n) && !n.closest("table, .bar"));
  usable.forEach((a, i) => usable.slice(i + 1).forEach((b) => {
    if (a.contains(b) || b.contains(a) || a.closest("dialog") !== b.closest("dialog") || a.closest("#pane") !== b.closest("#pane") || a.closest("#channels") !== b.closest("#channels")) return;
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left), high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 1 && high > 1 && a.parentElement === b.parentElement) found.add(name(a) + " covers " + name(b));
  }));
  const rgba = (s) => { const m = s.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const background = (n) => { const c = rgba(getComputedStyle(n).backgroundColor); return c[3] === 1 || !n.parentElement ? c : over(c, background(n.parentElement)); };
  for (const n of seen) {
    if (![...n.childNodes].some((c) => c.nodeType === 3 && c.data.trim()) || n.closest(":disabled, .skip, .unseen, [aria-busy]")) continue;
    const style = getComputedStyle(n), below = n instanceof SVGElement ? background(n.closest("svg").parentElement) : background(n);
    const color = over(rgba(n instanceof SVGElement ? style.fill : style.color), below);
    const [a, b] = [light(color), light(below)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize);
    if (ratio < (size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5)) found.add("contrast " + ratio.toFixed(2) + ": " + name(n));
  }
  return [...found];
})()`

// layout holds that nothing is wrong with the layout at three widths; prepare is called at
// each of them.
func (v *tab) layout(where string, prepare ...func()) {
	v.t.Helper()
	for _, size := range [][2]int64{{1400, 900}, {900, 900}, {400, 850}} {
		v.do(chromedp.EmulateViewport(size[0], size[1]))
		v.until(fmt.Sprintf(`innerWidth === %d`, size[0]))
		for _, f := range prepare {
			f()
		}
		problems := eval[[]string](v, layoutProblems)
		for i, p := range problems {
			if i == 12 {
				v.t.Errorf("%s, %d pixels: and %d more", where, size[0], len(problems)-i)
				break
			}
			v.t.Errorf("%s, %d pixels: %s", where, size[0], p)
		}
	}
	v.do(chromedp.EmulateViewport(1400, 900))
}

// TestBrowserLayout holds every message and view that the bot can send, and every part of
// the page, to its layout.
func TestBrowserLayout(t *testing.T) {
	t.Parallel()
	b := browser(t)
	for _, dark := range []bool{false, true} {
		l := look{width: 1400, height: 900, dark: dark}
		t.Run("goldens "+l.String(), func(t *testing.T) {
			t.Parallel()
			goldensLayout(t, b, l)
		})
		t.Run("page "+l.String(), func(t *testing.T) {
			t.Parallel()
			pageLayout(newTab(t, b, l))
		})
	}
}

func goldensLayout(t *testing.T, b context.Context, l look) {
	v := newTab(t, b, l)
	files, err := filepath.Glob("../../testdata/blocks/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d goldens, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var golden struct {
			Type, Text string
			Blocks     json.RawMessage
		}
		if err := json.Unmarshal(raw, &golden); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if golden.Type != "" { // a view
			showHome(v, golden.Blocks)
			v.layout(name)
			continue
		}
		slackCall(v, "chat.postMessage", url.Values{"channel": {slackfake.Support}, "text": {golden.Text}, "blocks": {string(golden.Blocks)}})
	}
	v.click("#channels [data-channel="+slackfake.Support+"]", "")
	v.until(`document.querySelectorAll("#messages article").length > 20`)
	v.layout("messages")
	v.clean()
}

// showHome shows blocks of a view on the Home tab, and what is there now is gone.
func showHome(v *tab, blocks json.RawMessage) {
	v.t.Helper()
	v.click("#channels [data-channel=D0ALICE]", "")
	v.click("#tabs button", "Home")
	v.until(`document.querySelector(".home") !== null`)
	eval[chromedp.Void](v, `document.querySelector(".home").setAttribute("data-old", "")`)
	view, err := json.Marshal(map[string]any{"type": "home", "blocks": blocks})
	if err != nil {
		v.t.Fatal(err)
	}
	slackCall(v, "views.publish", url.Values{"user_id": {slackfake.Alice}, "view": {string(view)}})
	v.until(`document.querySelector(".home:not([data-old])") !== null`)
}

// slackCall calls the fake Slack as the bot.
func slackCall(v *tab, method string, form url.Values) {
	v.t.Helper()
	form.Set("token", v.stage.workspace.BotToken())
	request, err := http.NewRequestWithContext(v.ctx, http.MethodPost, v.stage.workspace.URL()+method, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "Bearer "+v.stage.workspace.BotToken())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || !answer.OK {
		v.t.Fatalf("%s: %s %v", method, answer.Error, err)
	}
}

func pageLayout(v *tab) {
	v.t.Helper()
	v.layout("the beginning")
	v.ask("/services client:7")
	v.ask("/services server:saturn as:table")
	v.ask("/services server:saturn as:summary")
	v.layout("answers")
	for _, pane := range []string{"switches", "wire", "guide"} {
		v.layout(pane, func() {
			if eval[bool](v, `document.querySelector("#`+pane+`").hidden`) {
				v.click("#open-"+pane, "")
			}
			v.until(`document.querySelector("#` + pane + `").innerText !== ""`)
		})
	}
	v.click("#close-pane", "")
	v.say("@servicesbot client:5")
	v.click("#messages .replies", "")
	v.sees("#replies", "today.example")
	v.layout("a thread")
	v.say("/services")
	v.sees("#modal[open]", "Domain, e-mail")
	v.fill("#input-due", "a-day-that-is-in-no-calendar-of-anybody")
	v.click("#modal .dialog-foot button", "Find")
	v.sees("#modal .error", "is not a date")
	v.layout("the form")
	v.click("#modal .dialog-foot button", "JSON")
	v.sees("#ask pre", "blocks")
	v.layout("JSON")
	v.clean()
}
