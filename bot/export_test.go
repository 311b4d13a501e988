package bot

import "golang.org/x/time/rate"

// Unpaced lets a bot of a test post as fast as it can.
func (b *Bot) Unpaced() *Bot {
	b.poster.pacing = rate.Inf
	return b
}
