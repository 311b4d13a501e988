package bot

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"servicesbot/formatting"
	"servicesbot/whmcs/query"
)

const (
	pinsMost = 10                  // questions a person
	pinsFor  = 90 * 24 * time.Hour // since their person last saw them
)

// pins are the questions that each person pinned to the Home tab. They are in the store that
// replicas share: without one there are none, as a restart would lose them.
type pins struct {
	shared values // nil: there is no store
	now    func() time.Time
}

// A pinned is the value of a person's pins.
type pinned struct {
	Lines []string `json:"lines"`
	Seen  string   `json:"seen"` // the day on which they were read or changed last
}

// add pins a question behind those that are pinned. It reports false where there are as many
// as there can be.
func (p *pins) add(ctx context.Context, asker, line string) (added bool, err error) {
	lines, err := p.change(ctx, asker, func(lines []string) []string {
		if len(lines) >= pinsMost || slices.Contains(lines, line) {
			return lines
		}
		return append(lines, line)
	})
	return slices.Contains(lines, line), err
}

// remove takes a question from those that are pinned.
func (p *pins) remove(ctx context.Context, asker, line string) error {
	_, err := p.change(ctx, asker, func(lines []string) []string {
		return slices.DeleteFunc(lines, func(l string) bool { return l == line })
	})
	return err
}

// of returns a person's questions in the order in which they were pinned, and keeps them for
// another 90 days.
func (p *pins) of(ctx context.Context, asker string) ([]string, error) {
	return p.change(ctx, asker, func(lines []string) []string { return lines })
}

func (p *pins) change(ctx context.Context, asker string, edit func(lines []string) []string) ([]string, error) {
	if p.shared == nil {
		return nil, nil
	}
	value, err := p.shared.change(context.WithoutCancel(ctx), "pins/"+asker, pinsFor, func(value []byte) []byte {
		lines := edit(pinnedIn(value))
		if value == nil && len(lines) == 0 {
			return nil
		}
		next, err := json.Marshal(pinned{lines, p.now().UTC().Format(time.DateOnly)})
		if err != nil {
			return value
		}
		return next
	})
	if err != nil {
		return nil, err
	}
	return pinnedIn(value), nil
}

func pinnedIn(value []byte) []string {
	var p pinned
	if json.Unmarshal(value, &p) != nil {
		return nil
	}
	return p.Lines
}

// pin pins the question of the answer that was clicked on.
func (b *Bot) pin(ctx context.Context, a *ask, rec *record) {
	if a.reading.Kind != query.ReadQuestion || b.pins.shared == nil {
		rec.outcome = outcomeUnknownButton
		b.say(ctx, a.Request, rec, formatting.SaysOldButton)
		return
	}
	added, err := b.pins.add(ctx, a.asker(), pinnedLine(a))
	says := formatting.SaysPinned
	switch {
	case err != nil:
		rec.outcome, says = outcomeFailed, formatting.SaysNotPinned
	case !added:
		rec.outcome, says = outcomePinsFull, formatting.SaysPinsFull(pinsMost)
	default:
		rec.outcome = outcomePinned
	}
	b.say(ctx, a.Request, rec, says)
	b.sayChosen(ctx, a.Request)
}

// unpin takes a question from the Home tab on which it was clicked.
func (b *Bot) unpin(ctx context.Context, a *ask, rec *record) {
	err := b.pins.remove(ctx, a.asker(), a.Line)
	b.home(ctx, a, rec)
	if rec.outcome = outcomeUnpinned; err != nil {
		rec.outcome = outcomeFailed
		b.say(ctx, a.Request, rec, formatting.SaysNotUnpinned)
	}
}

// pinnedLine is a question as it is pinned: with its view, from its first value.
func pinnedLine(a *ask) string { return a.query.Lasting().WithPage(1).String() }
