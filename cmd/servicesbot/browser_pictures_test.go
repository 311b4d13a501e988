package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	picturesFolder = "../../.github/pictures"
	// largestPicture is what one picture may weigh, in bytes.
	largestPicture = 160 << 10
)

// A picture is one of the README's pictures: what is asked, and what of the page is shown.
type picture struct {
	name  string
	look  look
	part  string // the element that is shown; "": the window
	shown func(*tab)
}

// message is how a picture of one message is looked at; the window is high enough for all
// of it.
var message = look{width: 1040, height: 1600, scale: 1.5, place: "U0ALICE/C0SUPPORT"}

var pictures = []picture{
	{name: "overview", look: look{width: 1400, height: 860, scale: 1.5}, shown: func(v *tab) {
		v.ask("/services client:5")
		v.do(chromedp.SendKeys(chromedp.CSS("#line"), "/services server:saturn status:active"))
	}},
	{name: "list", look: message, part: newest, shown: func(v *tab) { v.ask("/services client:5") }},
	{name: "card", look: message, part: newest, shown: func(v *tab) { v.ask("/services service:38") }},
	{name: "table", look: look{width: 1280, height: message.height, scale: message.scale, place: message.place}, part: newest, shown: func(v *tab) {
		v.ask("/services server:saturn status:active as:table")
		v.click(newest+" th button", "Amount")
		v.click(newest+" th button", "Amount")
	}},
	{name: "summary", look: message, part: newest, shown: func(v *tab) { v.ask("/services server:saturn as:summary") }},
	{name: "modal", look: message, part: "#modal", shown: func(v *tab) {
		v.say("/services")
		v.sees("#modal[open]", "Domain, e-mail")
		v.fill("#input-due", "soon")
		v.click("#modal .choice", "Active")
		v.click("#modal .dialog-foot button", "Find")
		v.sees("#modal .error", "is not a date")
	}},
	{name: "denied", look: look{width: message.width, height: message.height, scale: message.scale, place: "U0GINA/C0SUPPORT"}, part: newest,
		shown: func(v *tab) { v.ask("/services client:1") }},
	{name: "error", look: message, part: newest, shown: func(v *tab) { v.ask("/services client:1 stauts:actve") }},
}

// TestScreenshots renews the README's pictures with -run Screenshots -update, which wants a
// browser; with other tests they stay, as they change from day to day. Else it holds that
// they are there and small.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	if !*update || !strings.Contains(flag.Lookup("test.run").Value.String(), "Screenshots") {
		for _, p := range pictures {
			checkPicture(t, p.name+"-light.png")
			checkPicture(t, p.name+"-dark.png")
		}
		return
	}
	b := browser(t)
	for _, p := range pictures {
		for _, theme := range []string{"light", "dark"} {
			t.Run(p.name+" "+theme, func(t *testing.T) {
				t.Parallel()
				p.look.dark = theme == "dark"
				take(t, b, p, p.name+"-"+theme+".png")
			})
		}
	}
}

func checkPicture(t *testing.T, file string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(picturesFolder, file))
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := png.DecodeConfig(bytes.NewReader(raw)); err != nil || len(raw) > largestPicture {
		t.Errorf("%s: %d bytes, %v", file, len(raw), err)
	}
}

func take(t *testing.T, b context.Context, p picture, file string) {
	v := newTab(t, b, p.look)
	if p.name != "overview" && eval[bool](v, `!document.querySelector("#pane").hidden`) {
		v.click("#close-pane", "")
	}
	p.shown(v)
	v.do(chromedp.MouseEvent(chromedp.MouseMoved, 5, 5)) // nothing is below the mouse
	if p.part == newest {
		eval[chromedp.Void](v, `document.activeElement.blur(); document.querySelectorAll(".scroll").forEach((n) => { n.scrollLeft = 0; })`)
	}
	eval[chromedp.Void](v, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
	params := page.CaptureScreenshotParams{}
	if p.part != "" {
		box := eval[struct{ X, Y, Width, Height float64 }](v, `document.querySelector(`+js(p.part)+`).getBoundingClientRect().toJSON()`)
		params.Clip = &page.Viewport{X: box.X, Y: box.Y, Width: box.Width, Height: box.Height, Scale: 1}
	}
	shot := call(v, page.CaptureScreenshot, params)
	small, err := shrunk(shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(picturesFolder, file), small, 0o644); err != nil {
		t.Fatal(err)
	}
	checkPicture(t, file)
	v.clean()
}

// shrunk is a PNG of 256 colours, which nobody sees in a picture of text.
func shrunk(raw []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	counts := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(img.At(x, y)).(color.RGBA) }
	box := img.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	palette := paletteOf(counts)
	nearest := map[color.RGBA]uint8{}
	for c := range counts {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(box, palette)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&out, small)
	return out.Bytes(), err
}

// paletteOf takes the 128 colours that are used most, then always the one that the
// palette would miss most: far from all in it, and used often.
func paletteOf(counts map[color.RGBA]int) color.Palette {
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int { return cmp.Compare(counts[b], counts[a]) })
	var palette color.Palette
	missed := make([]float64, len(colours)) // squared distance to the palette
	for i := range missed {
		missed[i] = math.Inf(1)
	}
	for len(palette) < min(256, len(colours)) {
		next, worst := len(palette), -1.0
		if len(palette) >= 128 {
			for i, c := range colours {
				if loss := missed[i] * math.Sqrt(float64(counts[c])); loss > worst {
					next, worst = i, loss
				}
			}
		}
		palette = append(palette, colours[next])
		for i, c := range colours {
			missed[i] = min(missed[i], distance(c, colours[next]))
		}
	}
	return palette
}

func distance(a, b color.RGBA) float64 {
	r, g, bl := float64(a.R)-float64(b.R), float64(a.G)-float64(b.G), float64(a.B)-float64(b.B)
	return r*r + g*g + bl*bl
}
