package slackfake

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// A conversation script is plain text, one act or expectation a line:
//
//	# a comment
//	alice in #support: /services client:1 status:active
//	alice sees private: demodomain2.net
//	  not: demodomain.com
//	  button: Details
//	alice clicks "Details"
//	alice sees modal: Pluto
//
// Acts are
//
//	WHO in #CHANNEL: TEXT       types a message, or a command if TEXT begins with /
//	WHO in dm: TEXT             … to the bot
//	WHO in thread: TEXT         … in the thread of the message last posted or looked at
//	WHO edits: TEXT             changes the message that WHO posted last
//	WHO deletes                 takes it away
//	WHO clicks "LABEL"          in what WHO saw last; … twice: two clicks at once
//	WHO picks "OPTION" of "ID"  in a select or overflow menu, by its action_id; without
//	                            of, in the first that has the option
//	WHO uses "SHORTCUT"         by its name; one of messages is used on what WHO saw last
//	WHO opens home
//	WHO fills: NAME = VALUE; …  fills inputs of the modal in, by label or id
//	WHO submits: NAME = VALUE; …  fills in and submits; fields may be absent
//	WHO closes                  the modal
//	#CHANNEL is shared          with another company; or: unshared
//	switch NAME on              a switch of the workspace; or: off
//	time passes: 31m            moves the workspace's clock
//	the bot is connected        waits until it has a socket open
//
// Expectations wait for what is new since the last act:
//
//	WHO sees [private|public] [in #CHANNEL|in dm|in thread]: TEXT
//	WHO sees modal: TEXT        also home, notice, file (TEXT is in its name or content)
//	WHO sees no modal
//	WHO sees nothing in #CHANNEL: TEXT   no message there shows TEXT now, however old
//	WHO sees 2 in #CHANNEL: TEXT         so many messages there show TEXT, however old
//	WHO looks at [in …]: TEXT   as sees, but for what is there already
//
// and lines that begin with a space add to the expectation above:
//
//	  and: TEXT     not: TEXT     button: LABEL     no button: LABEL
//
// TEXT is compared with what is shown, as plain text.

// PlayOptions say how a script is played. The zero value is right for tests.
type PlayOptions struct {
	Name     string            // of the script, for errors
	Patience time.Duration     // how long an expectation may take; 0: 10 s
	Before   func(line string) // is called with each line before it is played; it may pause
}

// Play plays a script and returns the first line that fails, with what was seen.
func Play(ctx context.Context, w *Workspace, script string, o PlayOptions) error {
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	steps, err := parseScript(script)
	if err != nil {
		return fmt.Errorf("%s:%w", o.Name, err)
	}
	p := &player{w: w, o: o, saw: map[string]Surface{}, posted: map[string]Message{}}
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if o.Before != nil {
			o.Before(s.text)
		}
		if err := s.kind.play(p, ctx, s); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", o.Name, s.line, s.text, err)
		}
	}
	return nil
}

// step is one line of a script with the indented lines below it.
type step struct {
	line int
	text string
	part []string // what the pattern of its kind matched
	kind *stepKind
	more []expect
}

// expect is one more thing that must hold of what is seen.
type expect struct {
	kind, text string
}

// stepKind is a form that lines can have.
type stepKind struct {
	pattern *regexp.Regexp
	play    func(p *player, ctx context.Context, s step) error
	sees    bool // takes indented lines
}

func kind(pattern string, play func(*player, context.Context, step) error) *stepKind {
	return &stepKind{pattern: regexp.MustCompile("^(?:" + pattern + ")$"), play: play}
}

func seeing(pattern string, play func(*player, context.Context, step) error) *stepKind {
	k := kind(pattern, play)
	k.sees = true
	return k
}

const (
	who   = `([\w.-]+)`
	where = `(#[\w-]+|dm|thread)`
)

var stepKinds = []*stepKind{
	seeing(who+` sees no modal`, (*player).seeNoModal),
	seeing(who+` sees nothing in `+where+`: (.+)`, (*player).seeNothing),
	seeing(who+` sees (\d+) in `+where+`: (.+)`, (*player).seeNumber),
	seeing(who+` sees (modal|home|notice|file): (.+)`, (*player).seeOther),
	seeing(who+` (sees|looks at)(?: (private|public))?(?: in `+where+`)?: (.+)`, (*player).see),
	kind(who+` in `+where+`: (.+)`, (*player).say),
	kind(who+` edits: (.+)`, (*player).edit),
	kind(who+` deletes`, (*player).delete),
	kind(who+` clicks "(.+)"( twice)?`, (*player).click),
	kind(who+` picks "(.+?)"(?: of "(.+)")?`, (*player).pick),
	kind(who+` uses "(.+)"`, (*player).use),
	kind(who+` opens home`, (*player).openHome),
	kind(who+` fills: (.+)`, (*player).fill),
	kind(who+` submits(?:: (.+))?`, (*player).submit),
	kind(who+` closes`, (*player).close),
	kind(`(#[\w-]+) is (shared|unshared)`, (*player).share),
	kind(`switch ([\w-]+) (on|off)`, (*player).flip),
	kind(`time passes: (\S+)`, (*player).pass),
	kind(`the bot is connected`, (*player).connected),
}

var indented = regexp.MustCompile(`^\s+(and|not|button|no button|option|no option): (.+)$`)

func parseScript(script string) ([]step, error) {
	var steps []step
	for i, line := range strings.Split(script, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || strings.HasPrefix(line, "#") && !strings.Contains(line, " is ") {
			continue
		}
		if more := indented.FindStringSubmatch(line); more != nil {
			if len(steps) == 0 || !steps[len(steps)-1].kind.sees {
				return nil, fmt.Errorf("%d: nothing is expected above %q", i+1, line)
			}
			last := &steps[len(steps)-1]
			last.more = append(last.more, expect{more[1], more[2]})
			continue
		}
		s, ok := parseLine(line)
		if !ok && strings.HasPrefix(line, "#") {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("%d: not a line of a script: %q", i+1, line)
		}
		s.line = i + 1
		steps = append(steps, s)
	}
	return steps, nil
}

func parseLine(line string) (step, bool) {
	for _, k := range stepKinds {
		if part := k.pattern.FindStringSubmatch(line); part != nil {
			return step{text: line, part: part[1:], kind: k}, true
		}
	}
	return step{}, false
}
