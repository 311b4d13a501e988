package slackfake

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// player is a script being played.
type player struct {
	w       *Workspace
	o       PlayOptions
	since   time.Time          // of the last act
	channel string             // of the last act
	thread  string             // its first message
	saw     map[string]Surface // what each person saw or posted last
	posted  map[string]Message // by person
}

// acting notes that an act begins.
func (p *player) acting() { p.since = time.Now() }

func (p *player) say(_ context.Context, s step) error {
	user, where, text := s.part[0], s.part[1], s.part[2]
	channel, thread := where, ""
	if where == "thread" {
		channel, thread = p.channel, p.thread
	}
	p.acting()
	if strings.HasPrefix(text, "/") {
		p.channel = channel
		_, err := p.w.Slash(user, channel, text)
		return err
	}
	sent, err := p.w.Post(user, channel, thread, text)
	if err != nil {
		return err
	}
	m, _ := p.w.Message(user, channel, sent.TS)
	p.posted[user] = m
	p.noteSeen(user, m)
	return nil
}

// noteSeen makes a message the one that clicks and "in thread" mean.
func (p *player) noteSeen(user string, m Message) {
	p.saw[user] = m
	p.channel, p.thread = m.Channel, firstOf(m.ThreadTS, m.TS)
}

func (p *player) edit(_ context.Context, s step) error {
	p.acting()
	m := p.posted[s.part[0]]
	_, err := p.w.Edit(s.part[0], m.Channel, m.TS, s.part[1])
	return err
}

func (p *player) delete(_ context.Context, s step) error {
	p.acting()
	m := p.posted[s.part[0]]
	_, err := p.w.Delete(s.part[0], m.Channel, m.TS)
	return err
}

// looked is what a person looks at: a message, or a view as it is now.
func (p *player) looked(user string) (Surface, error) {
	switch seen := p.saw[user].(type) {
	case Message:
		return seen, nil
	case View:
		if now, ok := p.w.Modal(user); ok && seen.Type == "modal" {
			return now, nil
		}
		return seen, nil
	}
	return nil, fmt.Errorf("%s has seen nothing yet", user)
}

func (p *player) click(_ context.Context, s step) error {
	in, err := p.looked(s.part[0])
	if err != nil {
		return err
	}
	all, err := p.elements(s.part[0], in)
	if err != nil {
		return err
	}
	id, ok := button(all, s.part[1])
	if !ok {
		return fmt.Errorf("no such button; there are %s", labels(all))
	}
	p.acting()
	if s.part[2] != "" {
		if _, err := p.w.Click(s.part[0], in, id); err != nil {
			return err
		}
	}
	_, err = p.w.Click(s.part[0], in, id)
	return err
}

func labels(all []Element) string {
	var names []string
	for _, e := range all {
		names = append(names, fmt.Sprintf("%q", e.Label))
		for _, option := range e.Options {
			names = append(names, fmt.Sprintf("option %q", option))
		}
	}
	return strings.Join(names, ", ")
}

func (p *player) pick(_ context.Context, s step) error {
	in, err := p.looked(s.part[0])
	if err != nil {
		return err
	}
	id := s.part[2]
	if id == "" {
		all, err := p.elements(s.part[0], in)
		if err != nil {
			return err
		}
		if id, _ = menuWith(all, s.part[1]); id == "" {
			return fmt.Errorf("no such option; there are %s", labels(all))
		}
	}
	p.acting()
	_, err = p.w.Choose(s.part[0], in, id, s.part[1])
	return err
}

// elements are what a person can click now in what they look at.
func (p *player) elements(user string, in Surface) ([]Element, error) {
	m, v := in.surface()
	if m == nil {
		return v.Elements(), nil
	}
	now, ok := p.w.Message(user, m.Channel, m.TS)
	if !ok {
		return nil, fmt.Errorf("the message is gone")
	}
	return now.Elements(), nil
}

func (p *player) use(_ context.Context, s step) error {
	for _, shortcut := range p.w.cfg.Shortcuts {
		if shortcut.Name != s.part[1] {
			continue
		}
		if !shortcut.Message {
			p.acting()
			_, err := p.w.GlobalShortcut(s.part[0], shortcut.CallbackID)
			return err
		}
		in, err := p.looked(s.part[0])
		if err != nil {
			return err
		}
		m, _ := in.surface()
		if m == nil {
			return fmt.Errorf("%s looks at no message", s.part[0])
		}
		p.acting()
		_, err = p.w.MessageShortcut(s.part[0], *m, shortcut.CallbackID)
		return err
	}
	return fmt.Errorf("the app has no such shortcut")
}

func (p *player) openHome(_ context.Context, s step) error {
	p.acting()
	_, err := p.w.OpenHome(s.part[0])
	return err
}

// fields reads "Name = value; Name = value, value". Values with commas are lists where
// several can be chosen.
func (p *player) fields(user, text string) (View, map[string]any, error) {
	v, ok := p.w.Modal(user)
	if !ok {
		return View{}, nil, fmt.Errorf("%s sees no modal", user)
	}
	several := map[string]bool{}
	for _, e := range v.Elements() {
		many := strings.HasPrefix(e.Type, "multi_") || e.Type == "checkboxes"
		several[e.Label], several[e.ActionID], several[e.BlockID] = many, many, many
	}
	values := map[string]any{}
	for _, field := range strings.Split(text, ";") {
		if strings.TrimSpace(field) == "" {
			continue
		}
		name, value, ok := strings.Cut(field, "=")
		if !ok {
			return View{}, nil, fmt.Errorf("no = in %q", field)
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if values[name] = value; several[name] {
			values[name] = splitList(value)
		}
	}
	return v, values, nil
}

func (p *player) fill(_ context.Context, s step) error {
	v, values, err := p.fields(s.part[0], s.part[1])
	if err != nil {
		return err
	}
	p.acting()
	return p.w.Fill(s.part[0], v, values)
}

func (p *player) submit(_ context.Context, s step) error {
	v, values, err := p.fields(s.part[0], s.part[1])
	if err != nil {
		return err
	}
	p.acting()
	_, err = p.w.Submit(s.part[0], v, values)
	return err
}

func (p *player) close(_ context.Context, s step) error {
	v, ok := p.w.Modal(s.part[0])
	if !ok {
		return fmt.Errorf("%s sees no modal", s.part[0])
	}
	p.acting()
	_, err := p.w.CloseView(s.part[0], v, false)
	return err
}

func (p *player) share(_ context.Context, s step) error {
	p.acting()
	_, err := p.w.ShareChannel(s.part[0], s.part[1] == "shared")
	return err
}

func (p *player) flip(_ context.Context, s step) error {
	return p.w.Flip(s.part[0], s.part[1] == "on")
}

func (p *player) pass(_ context.Context, s step) error {
	d, err := time.ParseDuration(s.part[0])
	if err != nil {
		return err
	}
	p.w.Advance(d)
	return nil
}

func (p *player) connected(ctx context.Context, _ step) error {
	ctx, cancel := context.WithTimeout(ctx, p.o.Patience)
	defer cancel()
	return p.w.Wait(ctx, func() bool { return p.w.Counts().Sockets > 0 })
}
