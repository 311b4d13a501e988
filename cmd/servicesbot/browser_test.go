package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"servicesbot/bot/slackfake"
)

const (
	// browserVariable, set to "required", makes a missing browser a failure.
	browserVariable = "SERVICESBOT_BROWSER"
	// browserPatience bounds each wait in a browser, which is slow when all tests run at once.
	browserPatience = 45 * time.Second
)

// browser starts Chromium for a test and its parallel parts. On a machine without one the
// test is skipped, unless the environment requires it.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	switch {
	case path == "" && os.Getenv(browserVariable) == "required":
		t.Fatalf("there is no Chromium on this machine, and %s=required", browserVariable)
	case path == "":
		t.Skip("there is no Chromium on this machine: the page is not tested in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// look is how a page is looked at.
type look struct {
	width, height int64
	dark          bool
	scale         float64 // of the screen; 0: 1
	place         string  // "U0ALICE/C0SUPPORT": who one is and where; "": as the page begins
}

func (l look) String() string {
	theme := "light"
	if l.dark {
		theme = "dark"
	}
	return fmt.Sprintf("%s %d", theme, l.width)
}

// A tab is one window on a demo of its own.
type tab struct {
	t     *testing.T
	ctx   context.Context
	stage *stage

	mu       sync.Mutex
	problems []string // what the console said
	outside  []string // requests that left this machine
}

// newTab starts a demo with the real bot and opens its page.
func newTab(t *testing.T, browser context.Context, l look) *tab {
	t.Helper()
	return openTab(t, browser, l, newStageWithBot(t, nil))
}

// openTab opens the page of a demo.
func openTab(t *testing.T, browser context.Context, l look, s *stage) *tab {
	t.Helper()
	v := &tab{t: t, stage: s}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(v.hear))
	t.Cleanup(cancel)
	v.ctx = ctx
	theme := "light"
	if l.dark {
		theme = "dark"
	}
	v.do(chromedp.EmulateViewport(l.width, l.height, chromedp.EmulateScale(max(1, l.scale))))
	call(v, network.Enable, network.EnableParams{})
	call(v, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	page := v.stage.workspace.PageURL()
	if l.place != "" {
		page += "#" + l.place
	}
	v.do(chromedp.Navigate(page))
	v.until(`document.querySelector("#messages").childElementCount > 0`)
	return v
}

// newStageWithBot starts a demo with the real bot; prepare, if there is one, comes before it.
func newStageWithBot(t *testing.T, prepare func(*stage)) *stage {
	t.Helper()
	s, err := newStage("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.oldAfter = 0 // what a page shows does not depend on how long the tests take
	if prepare != nil {
		prepare(s)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx, io.Discard) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("the bot: %v", err)
		}
		s.close()
	})
	waiting, cancel := context.WithTimeout(ctx, browserPatience)
	defer cancel()
	if err := s.workspace.WaitSockets(waiting, botSockets); err != nil {
		t.Fatal(err)
	}
	return s
}

// hear notes what must not happen: errors, and requests that leave this machine.
func (v *tab) hear(ev any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		v.problems = append(v.problems, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			v.problems = append(v.problems, fmt.Sprintf("console: %v", e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			v.problems = append(v.problems, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Hostname() != "127.0.0.1" {
			v.outside = append(v.outside, e.Request.URL)
		}
	}
}

// clean holds that nothing happened that must not happen.
func (v *tab) clean() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, p := range v.problems {
		v.t.Errorf("the browser complains: %s", p)
	}
	for _, u := range v.outside {
		v.t.Errorf("the page asked for %s", u)
	}
}

func call[P, R any](v *tab, command cdp.Command[P, R], params P) R {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, browserPatience)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx := v.ctx
	if chromedp.FromContext(ctx).Target != nil { // the first call must not have an end: it opens the tab
		limited, cancel := context.WithTimeout(ctx, browserPatience)
		defer cancel()
		ctx = limited
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatalf("%v\nthe page says:\n%s", err, v.text())
	}
}

// eval asks the page.
func eval[T any](v *tab, expression string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, browserPatience)
	defer cancel()
	r, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return r
}

// text is what can be read in the conversation, for failures.
func (v *tab) text() string {
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("#messages, #replies, dialog[open], .menu, .notice")].map((n) => n.innerText).join("\n--\n")`))
	if err != nil {
		return err.Error()
	}
	return s
}

// until waits until an expression is true in the page.
func (v *tab) until(expression string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, browserPatience+time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(browserPatience)))
	if err != nil {
		for _, l := range v.stage.workspace.Trace(0) {
			v.t.Logf("%s %s %s %s", l.At.Format("05.000"), l.Kind, l.What, l.Outcome)
		}
		v.t.Fatalf("until %s: %v\nthe page says:\n%s", expression, err, v.text())
	}
}

func js(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return "null"
	}
	return string(raw)
}

// sees waits until an element shows a text.
func (v *tab) sees(css, text string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`[...document.querySelectorAll(%s)].some((n) => n.checkVisibility() && n.innerText.includes(%s))`, js(css), js(text)))
}

// seesNot waits until no element shows a text.
func (v *tab) seesNot(css, text string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`![...document.querySelectorAll(%s)].some((n) => n.checkVisibility() && n.innerText.includes(%s))`, js(css), js(text)))
}

// point is where on the page the last element is that css finds and whose name begins with
// label, and whether it is on top there.
const point = `((css, label) => {
  const nameOf = (n) => {
    const copy = n.cloneNode(true);
    copy.querySelectorAll("[aria-hidden]").forEach((x) => x.remove());
    return (n.getAttribute("aria-label") || copy.textContent).trim();
  };
  const node = [...document.querySelectorAll(css)].filter((n) => n.checkVisibility() && nameOf(n).startsWith(label)).at(-1);
  if (!node) return null;
  node.scrollIntoView({ block: "nearest" });
  const box = node.getBoundingClientRect();
  const x = box.left + box.width / 2, y = box.top + box.height / 2;
  const top = document.elementFromPoint(x, y);
  return { x, y, top: node.contains(top) };
})`

// click clicks with the mouse on the last element that css finds and whose name begins
// with label, once it is there.
func (v *tab) click(css, label string) {
	v.t.Helper()
	at := fmt.Sprintf("%s(%s, %s)", point, js(css), js(label))
	v.until(at + " !== null")
	p := eval[struct{ X, Y float64 }](v, at)
	v.do(chromedp.MouseEvent(chromedp.MouseMoved, p.X, p.Y)) // some show up only below the mouse
	v.until(at + "?.top")
	p = eval[struct{ X, Y float64 }](v, at)
	v.do(chromedp.MouseClickXY(p.X, p.Y))
}

// say types a line into the box to write in and sends it.
func (v *tab) say(line string) {
	v.t.Helper()
	v.do(chromedp.SendKeys(chromedp.CSS("#line"), line+kb.Enter))
	v.until(`document.querySelector("#line").value === ""`)
}

// ask says a line and waits for a new message in the conversation.
func (v *tab) ask(line string) {
	v.t.Helper()
	before := eval[int](v, `document.querySelectorAll("#messages article").length`)
	v.say(line)
	v.until(fmt.Sprintf(`document.querySelectorAll("#messages article").length > %d`, before))
}

// fill puts another text into a field, by keys.
func (v *tab) fill(css, text string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`(() => { const n = document.querySelector(%s); n?.focus(); n?.select(); return n !== null && n === document.activeElement; })()`, js(css)))
	v.press(text)
}

// choose picks from a menu the choice that reads label.
func (v *tab) choose(css, label string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`(() => {
  const menu = document.querySelector(%s), choice = [...menu?.options ?? []].find((o) => o.text === %s);
  if (!choice) return false;
  menu.value = choice.value;
  menu.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
})()`, js(css), js(label)))
}

// press presses keys, wherever the focus is.
func (v *tab) press(keys string) {
	v.t.Helper()
	v.do(chromedp.KeyEvent(keys))
}

// become changes who one is.
func (v *tab) become(name string) {
	v.t.Helper()
	v.click("#who-am-i", "")
	v.click(".menu [role=menuitemradio]", name)
	v.until(`document.querySelector("#who-am-i").ariaLabel.includes(` + js(name) + `)`)
}

// newest is the last message of the conversation.
const newest = "#messages article:last-of-type"

func TestBrowser(t *testing.T) {
	t.Parallel()
	b := browser(t)
	for _, l := range []look{{width: 1400, height: 900}, {width: 1400, height: 900, dark: true}, {width: 400, height: 850}} {
		t.Run("conversation "+l.String(), func(t *testing.T) {
			t.Parallel()
			v := newTab(t, b, l)
			askPageAndOpen(v)
			submitForm(v)
			shareAndLookAsAnother(v)
			sortTable(v)
			beRefused(v)
			v.clean()
		})
	}
	for name, part := range map[string]func(*tab){
		"thread and edit": threadAndEdit, "keyboard": keyboardOnly, "switches and wire": switchesAndWire,
		"guide": followGuide, "files and home": filesAndHome, "message shortcut and JSON": shortcutAndJSON,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newTab(t, b, look{width: 1400, height: 900})
			part(v)
			v.clean()
		})
	}
	t.Run("names of controls", func(t *testing.T) {
		t.Parallel()
		namesOfControls(t, b)
	})
}

func askPageAndOpen(v *tab) {
	v.t.Helper()
	v.ask("/services client:5")
	v.sees(newest+" .only", "Only visible to you")
	v.sees(newest, "rows 1 to 5")
	v.click(newest+" button", "Next")
	v.sees(newest, "rows 6 to 10")
	v.click(newest+" button", "Details")
	v.sees("#modal[open] .dialog-body", "Next due")
	v.click("#modal .dialog-foot button", "Close")
	v.until(`!document.querySelector("#modal").open`)
}

func submitForm(v *tab) {
	v.t.Helper()
	v.say("/services")
	v.until(`document.activeElement?.id === "input-question"`)
	v.press("client 1")
	v.fill("#input-due", "soon"+kb.Enter)
	v.sees("#modal .error", "is not a date")
	v.until(`document.querySelector("#input-due").getAttribute("aria-invalid") === "true"`)
	v.fill("#input-due", kb.Delete)
	v.click("#modal .choice", "Active")
	v.click("#modal .dialog-foot button", "Find")
	v.until(`!document.querySelector("#modal").open`)
	v.sees(newest, "demodomain2.net")
}

func shareAndLookAsAnother(v *tab) {
	v.t.Helper()
	v.ask("/services client:1 status:active")
	v.sees(newest, "1 service")
	v.click(newest+" button", "Share")
	v.sees(newest, "Shared by")
	v.become("Bob Baker")
	v.sees("#messages", "demodomain2.net")
	v.seesNot("#messages", "Only visible to you")
	v.become("Alice Archer")
}

func sortTable(v *tab) {
	v.t.Helper()
	column := func() []string {
		return eval[[]string](v, `[...document.querySelectorAll("#messages article:last-of-type .table tbody tr")].map((r) => r.cells[r.cells.length - 1].innerText)`)
	}
	v.ask("/services server:saturn status:active as:table")
	v.sees(newest+" .table", "1 to 20 of")
	before := column()
	v.click(newest+" th button", "Service")
	v.until(`document.querySelector("#messages article:last-of-type th:last-child").ariaSort === "ascending"`)
	v.click(newest+" th button", "Service")
	v.until(`document.querySelector("#messages article:last-of-type th:last-child").ariaSort === "descending"`)
	if after := column(); slices.Equal(before, after) || len(after) != 20 {
		v.t.Errorf("before %v, sorted the other way round %v", before, after)
	}
	v.click(newest+" .pages button", "Next rows")
	v.sees(newest+" .pages", "21 to 40 of")
}

func beRefused(v *tab) {
	v.t.Helper()
	v.become("Gina Glover")
	v.ask("/services client:1")
	v.sees(newest, "Guests may not ask")
	v.seesNot("#messages", "rows 1 to")
	v.become("Carl Carter")
	v.ask("/services client:1")
	v.sees(newest, "No access")
}

func threadAndEdit(v *tab) {
	v.t.Helper()
	v.click("#channels button", "incident-42")
	v.say("@servicesbot client:1 status:active")
	v.click(newest+" .replies", "")
	v.sees("#replies", "demodomain2.net")
	v.click(newest+" .bar button", "More actions")
	v.click(".menu button", "Edit message")
	v.until(`document.activeElement?.closest(".editor") !== null`)
	v.fill(".editor textarea", "@servicesbot client:1 status:terminated"+kb.Enter)
	v.sees("#replies", "demodomain.com")
	v.sees(newest, "(edited)")
	v.do(chromedp.SendKeys(chromedp.CSS("#reply-line"), "thank you"+kb.Enter))
	v.sees("#replies", "thank you")
	v.sees(newest+" .replies", "2 replies")
	v.click("#close-pane", "")
	v.until(`document.querySelector("#thread").hidden`)
	v.click(newest+" .bar button", "More actions")
	v.click(".menu button", "Delete message")
	v.click("#ask button", "Delete")
	v.seesNot("#messages", "status:terminated")
}

// toTheTop moves the focus to the page itself, so that Tab goes to its first stop.
const toTheTop = `document.body.tabIndex = -1, document.body.focus()`

// keyboardOnly does without a mouse what it can.
func keyboardOnly(v *tab) {
	v.t.Helper()
	focused := func(what string) {
		v.t.Helper()
		v.until(`document.activeElement?.matches(` + js(what) + `)`)
	}
	focused("#line")
	eval[chromedp.Void](v, toTheTop)
	v.press(kb.Tab)
	focused(".skip")
	v.press(kb.Enter)
	v.do(chromedp.Focus(chromedp.CSS("#line")))
	v.press("/ser")
	v.sees(".suggestions", "/services")
	v.press(kb.Tab)
	v.until(`document.querySelector("#line").value === "/services "`)
	v.press("client:1" + kb.Enter)
	v.sees(newest, "1 active, 1 terminated")
	v.press(kb.ArrowUp)
	v.until(`document.querySelector("#line").value === "/services client:1"`)
	v.press(kb.ArrowDown)
	v.until(`document.querySelector("#line").value === ""`)
	v.do(chromedp.Focus(chromedp.CSS("#messages")))
	v.press(kb.ArrowUp)
	focused(newest)
	v.do(chromedp.Focus(chromedp.CSS(newest + " .accessory .button")))
	v.press(kb.Enter)
	v.sees("#modal[open]", "Next due")
	v.press(kb.Escape)
	v.until(`!document.querySelector("#modal").open`)
	focused(newest + " .accessory .button")
	v.ask("/services client:5")
	v.sees(newest, "rows 1 to 5")
	eval[chromedp.Void](v, `[...document.querySelectorAll(`+js(newest+" button")+`)].find((b) => b.textContent.startsWith("Next")).focus()`)
	eval[chromedp.Void](v, `document.querySelector(`+js(newest)+`).setAttribute("data-old", "")`)
	v.press(kb.Enter) // the message is drawn again
	v.until(`document.activeElement?.closest(` + js(newest+":not([data-old])") + `) && document.activeElement.textContent.startsWith("Next")`)
	v.do(chromedp.Focus(chromedp.CSS("#who-am-i")))
	v.press(kb.Enter)
	focused(".menu [aria-checked=true]")
	v.press(kb.ArrowDown + kb.Enter)
	v.sees("#who-am-i", "Bob Baker")
}

func switchesAndWire(v *tab) {
	v.t.Helper()
	v.click("#open-switches", "")
	v.click(".switch", "Refuses the bot's IP address")
	v.until(`document.querySelector("[data-switch=whmcs-invalid-ip]").checked`)
	v.ask("/services client:1")
	v.sees(newest, "IP")
	v.click("#open-wire", "")
	v.sees("#trace", "GetClientsProducts clientid=1")
	v.sees("#trace", "slash_commands: /services client:1")
	v.sees("#trace", "WHMCS: Refuses the bot's IP address")
	eval[chromedp.Void](v, `document.querySelectorAll("#trace details").forEach((d) => { d.open = true; })`)
	v.sees("#trace pre", "[masked]")
	for _, secret := range []string{v.stage.workspace.BotToken(), v.stage.workspace.AppToken(), "fakeSecret0123456789"} {
		v.seesNot("body", secret)
	}
	v.click("#open-switches", "")
	v.click(".switch-buttons button", "Refresh the oldest socket")
	v.click("#open-wire", "")
	v.sees("#trace", "Refresh the oldest socket")
	v.click("#theme", "")
	v.until(`document.documentElement.dataset.theme === "dark"`)
}

// followGuide tries everything of the guide that goes into the box to write in.
func followGuide(v *tab) {
	v.t.Helper()
	steps := eval[int](v, `document.querySelectorAll("#guide .step").length`)
	for i := range steps {
		entry := fmt.Sprintf("#guide .step:nth-child(%d) .try button:first-child", i+1)
		opens := eval[bool](v, `document.querySelector(`+js(entry)+`).innerText.startsWith("Open")`)
		v.click(entry, "")
		if !opens {
			v.until(`document.activeElement?.id === "line" && document.activeElement.value !== ""`)
			form := eval[bool](v, `document.activeElement.value === "/services"`)
			v.press(kb.Enter)
			v.until(`document.querySelector("#line").value === ""`)
			if form {
				v.click("#modal .dialog-foot button", "Cancel")
				v.until(`!document.querySelector("#modal").open`)
			}
		}
		if eval[bool](v, `document.querySelector("#guide").hidden`) {
			v.click("#open-guide", "")
		}
	}
	v.sees("#guide", fmt.Sprintf("%d of %d tried", steps, steps))
}

func filesAndHome(v *tab) {
	v.t.Helper()
	v.ask("/services client:5 as:csv")
	v.sees(newest, "CSV file")
	v.click("#channels [data-channel=D0ALICE]", "")
	v.sees(".file", "today.example")
	v.click(".file button", "Show")
	v.sees(".file button", "Show fewer")
	v.click("#tabs button", "Home")
	v.sees(".home", "Your last questions")
	v.click(".home .button", "Search")
	v.sees("#modal[open]", "Domain, e-mail")
}

func shortcutAndJSON(v *tab) {
	v.t.Helper()
	v.say("is demodomain2.net down?")
	v.sees(newest, "is demodomain2.net down?")
	v.click(newest+" .bar button", "More actions")
	v.click(".menu button", "Find services here")
	v.sees(newest, "/services domain:demodomain2.net")
	v.ask("/services client:1 status:active")
	v.sees(newest, "1 service")
	v.click(newest+" .bar button", "JSON")
	v.sees("#ask pre", `"type": "section"`)
	address := eval[string](v, `document.querySelector("#ask a").href`)
	u, err := url.Parse(address)
	if err != nil || u.Host != "app.slack.com" || !strings.Contains(u.Fragment, `"blocks"`) {
		v.t.Errorf("Block Kit Builder is at %.80s (%v)", address, err)
	}
	v.press(kb.Escape)
	v.click(newest+" button", "Details")
	v.click("#modal a.button", "Open in WHMCS")
	v.sees(".notice", "https://billing.example.com/admin/")
	v.press(kb.Escape)
	v.until(`!document.querySelector("#modal").open`)
	v.click("#composer button", "Shortcuts")
	v.click(".menu button", "Find services")
	v.sees("#modal[open]", "Domain, e-mail")
}

// controls are the roles of what one can use; each must have a name.
var controls = []string{
	"button", "link", "textbox", "combobox", "checkbox", "radio", "switch", "menuitem", "menuitemradio", "searchbox", "listbox",
	"option", "slider", "spinbutton", "dialog", "region", "log", "img", "image", "navigation", "main", "complementary", "form", "table",
}

func namesOfControls(t *testing.T, b context.Context) {
	v := newTab(t, b, look{width: 1400, height: 900})
	check := func(where string) {
		t.Helper()
		tree := call(v, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		found := 0
		for _, n := range tree.Nodes {
			if n.Ignored || n.Role == nil || !slices.Contains(controls, strings.Trim(string(n.Role.Value), `"`)) {
				continue
			}
			found++
			if n.Name == nil || strings.TrimSpace(strings.Trim(string(n.Name.Value), `"`)) == "" {
				html := eval[string](v, `document.activeElement.outerHTML.slice(0, 200)`)
				t.Errorf("%s: a %s has no name (node %s, the focus is on %s)", where, n.Role.Value, n.NodeID, html)
			}
		}
		if found < 10 {
			t.Errorf("%s: only %d controls are in the tree", where, found)
		}
	}
	check("the beginning")
	v.ask("/services server:saturn as:table")
	v.sees(newest, "1 to 20 of")
	v.ask("/services server:saturn as:summary")
	v.sees(newest+" .chart", "Active")
	v.click("#open-switches", "")
	check("switches")
	v.click("#open-wire", "")
	v.sees("#trace", "GetClientsProducts")
	check("wire")
	v.click(newest+" .bar button", "More actions")
	check("a menu")
	v.press(kb.Escape)
	v.say("/services")
	v.sees("#modal[open]", "Domain, e-mail")
	check("the form")
}

// TestDemoScript holds that a script is played and told about.
func TestDemoScript(t *testing.T) {
	t.Parallel()
	s := newStageWithBot(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), browserPatience)
	defer cancel()
	var out strings.Builder
	playScript(ctx, s.workspace, script{name: "hello.talk", text: "alice in #support: /services client:1 status:active\nalice sees private: demodomain2.net\n"}, &out)
	for _, want := range []string{"alice in #support", "alice sees private", "hello.talk is over"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing of %q in:\n%s", want, &out)
		}
	}
	out.Reset()
	playScript(ctx, s.workspace, script{name: "wrong.talk", text: "alice in #nowhere: hello\n"}, &out)
	if !strings.Contains(out.String(), "wrong.talk:1: alice in #nowhere: hello: no channel") {
		t.Errorf("a line that fails is reported as\n%s", &out)
	}
	if m := s.workspace.Messages(slackfake.Alice, slackfake.Support); len(m) == 0 {
		t.Error("nothing was said")
	}
}
