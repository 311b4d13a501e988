package slackfake

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// sight is one thing that a person can see: a text and what can be clicked in it.
type sight struct {
	text     string
	elements []Element
	surface  Surface // to click in; nil for others
}

// fits reports whether a sight shows text and all that the indented lines say.
func (s sight) fits(text string, more []expect) bool {
	if !strings.Contains(s.text, text) {
		return false
	}
	for _, e := range more {
		_, has := button(s.elements, e.text)
		_, offers := menuWith(s.elements, e.text)
		held := map[string]bool{
			"and": strings.Contains(s.text, e.text), "not": !strings.Contains(s.text, e.text),
			"button": has, "no button": !has, "option": offers, "no option": !offers,
		}[e.kind]
		if !held {
			return false
		}
	}
	return true
}

// await waits until one of the sights fits, newest first.
func (p *player) await(ctx context.Context, s step, text string, look func() []sight) (sight, error) {
	ctx, cancel := context.WithTimeout(ctx, p.o.Patience)
	defer cancel()
	var found sight
	var last []sight
	err := p.w.Wait(ctx, func() bool {
		last = look()
		for i := len(last) - 1; i >= 0; i-- {
			if last[i].fits(text, s.more) {
				found = last[i]
				return true
			}
		}
		return false
	})
	if err == nil {
		return found, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "not seen within %v", p.o.Patience)
	for _, e := range s.more {
		fmt.Fprintf(&b, ", %s: %s", e.kind, e.text)
	}
	if len(last) == 0 {
		b.WriteString("; there was nothing")
	}
	for _, x := range last[max(0, len(last)-5):] {
		fmt.Fprintf(&b, "\n--- seen:\n%s", clip(x.text, 1500))
		if len(x.elements) > 0 {
			fmt.Fprintf(&b, "\nbuttons: %s", labels(x.elements))
		}
	}
	return sight{}, fmt.Errorf("%s", b.String())
}

// see waits for a message.
func (p *player) see(ctx context.Context, s step) error {
	user, verb, privacy, where, text := s.part[0], s.part[1], s.part[2], s.part[3], s.part[4]
	since := p.since
	if verb == "looks at" {
		since = time.Time{}
	}
	channel, thread := where, p.thread
	if where == "" || where == "thread" {
		channel = p.channel
	}
	found, err := p.await(ctx, s, text, func() []sight {
		var all []sight
		for _, m := range p.w.Everything(user, channel) {
			switch {
			case m.ChangedAt.Before(since),
				privacy == "private" && !m.Ephemeral, privacy == "public" && m.Ephemeral,
				where == "thread" && m.ThreadTS != thread:
				continue
			}
			all = append(all, sight{m.PlainText(), m.Elements(), m})
		}
		return all
	})
	if err != nil {
		return err
	}
	m, _ := found.surface.surface()
	p.noteSeen(user, *m)
	return nil
}

// seeOther waits for a modal, the Home tab, a notice or a file.
func (p *player) seeOther(ctx context.Context, s step) error {
	user, what, text := s.part[0], s.part[1], s.part[2]
	found, err := p.await(ctx, s, text, func() []sight {
		switch what {
		case "modal", "home":
			v, ok := p.w.Modal(user)
			if what == "home" {
				v, ok = p.w.Home(user)
			}
			if !ok || v.ChangedAt.Before(p.since) {
				return nil
			}
			return []sight{{v.PlainText(), v.Elements(), v}}
		case "notice":
			var all []sight
			for _, n := range p.w.Notices(user) {
				if !n.At.Before(p.since) {
					all = append(all, sight{text: n.Text})
				}
			}
			return all
		default:
			var all []sight
			for _, f := range p.w.Files(user) {
				all = append(all, sight{text: f.Name + "\n" + f.Title + "\n" + string(f.Content)})
			}
			return all
		}
	})
	if err == nil && found.surface != nil {
		p.saw[user] = found.surface
	}
	return err
}

// seeNoModal waits until no modal is open.
func (p *player) seeNoModal(ctx context.Context, s step) error {
	ctx, cancel := context.WithTimeout(ctx, p.o.Patience)
	defer cancel()
	err := p.w.Wait(ctx, func() bool {
		_, open := p.w.Modal(s.part[0])
		return !open
	})
	if err != nil {
		v, _ := p.w.Modal(s.part[0])
		return fmt.Errorf("a modal is open:\n%s", v.PlainText())
	}
	return nil
}

// seeNumber waits until so many messages show a text.
func (p *player) seeNumber(ctx context.Context, s step) error {
	user, channel, text := s.part[0], s.part[2], s.part[3]
	want, err := strconv.Atoi(s.part[1])
	if err != nil {
		return err
	}
	if channel == "thread" {
		channel = p.channel
	}
	ctx, cancel := context.WithTimeout(ctx, p.o.Patience)
	defer cancel()
	got := 0
	err = p.w.Wait(ctx, func() bool {
		got = 0
		for _, m := range p.w.Everything(user, channel) {
			if (sight{m.PlainText(), m.Elements(), m}).fits(text, s.more) && (s.part[2] != "thread" || m.ThreadTS == p.thread) {
				got++
			}
		}
		return got == want
	})
	if err != nil {
		return fmt.Errorf("%d messages show it", got)
	}
	return nil
}

// seeNothing holds that no message shows a text, now.
func (p *player) seeNothing(_ context.Context, s step) error {
	user, channel, text := s.part[0], s.part[1], s.part[2]
	if channel == "thread" {
		channel = p.channel
	}
	for _, m := range p.w.Everything(user, channel) {
		if m.Shows(text) {
			return fmt.Errorf("it is there:\n%s", m.PlainText())
		}
	}
	return nil
}
