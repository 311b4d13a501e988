package bot

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// Unpaced lets a bot of a test post as fast as it can.
func (b *Bot) Unpaced() *Bot {
	b.poster.pacing = rate.Inf
	return b
}

// DeadAfter lets a bot of a test count a connection as dead after d without a ping.
func (b *Bot) DeadAfter(d time.Duration) { b.deadAfter = d }

// Patient lets a store of a test wait for its server as long as the machine of the test may need,
// and take a replica for dead after deadBeat.
func (s *Store) Patient(within, deadBeat time.Duration) { s.within, s.deadBeat = within, deadBeat }

// DeadBeat is how long a replica gives no sign of life before others take it for dead.
const DeadBeat = deadBeat

// Renew renews the answers that are kept current as if it were a time.
func (b *Bot) Renew(now time.Time) { b.renewLives(context.Background(), now) }

// ForgetPeople forgets what Slack said of people.
func (b *Bot) ForgetPeople() { b.access.users.InvalidateAll() }

// CorrectWithin lets answers of a test wait for newer rows for d.
func (b *Bot) CorrectWithin(d time.Duration) { b.corrections.within = d }
