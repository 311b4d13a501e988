package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/bot"
)

// slowStore is what a call to the store may take without a remark: each acknowledgement waits
// for one.
const slowStore = 20 * time.Millisecond

// store looks at the server that replicas share. self is what Slack says of the bot token, nil
// if it says nothing.
func (d *doctor) store(ctx context.Context, self *slack.AuthTestResponse) {
	if d.cfg.redisURL == "" {
		return // it is a choice, or a problem of the settings that was reported
	}
	d.area = "store"
	facts, err := bot.ExamineStore(ctx, d.cfg.redisURL, d.cfg.slackAppToken, self)
	if facts.Version != "" {
		d.storeIs(facts)
	}
	switch {
	case err != nil:
		d.problem("REDIS_URL", err.Error(), fixStore(err))
	case facts.Tried:
		d.ok("permissions", "write, read, run scripts, publish and subscribe")
	default:
		d.skip("they need a bot token that works", "permissions")
	}
}

// fixStore says what to do about a server that does not do what the bot needs.
func fixStore(err error) string {
	switch {
	case errors.Is(err, bot.ErrStoreLogin):
		return "Put the user and the password into REDIS_URL: redis://user:password@host:6379/0. With master_set, both are the Sentinel's too."
	case errors.As(err, new(*bot.ForbiddenStore)):
		return "Give the user the rules that the bot needs; they are in .github/OPERATING.md, Replicas."
	case errors.As(err, new(*bot.AnsweringStore)):
		return "Check the number of the database, whether addr is right only for a cluster, and whether the server's memory is full."
	}
	return "Check the host, the port and whether TLS (rediss://) is right, and that this machine may connect; for a CA of your own set SSL_CERT_FILE. The bot starts all the same, and works as one process until the server is there."
}

// storeIs reports what is worth knowing of the server.
func (d *doctor) storeIs(facts bot.StoreFacts) {
	d.ok("server", "%s %s answers in %s", facts.Server, facts.Version, facts.Latency.Round(10*time.Microsecond))
	if facts.Latency > slowStore {
		d.note("latency", "is more than "+slowStore.String()+": each question waits for several calls", "Use a server in the same place as the bot.")
	}
	if tooOld(facts) {
		d.note("version", "is older than the bot is tested with", "Use Redis 6.2 or later, or Valkey.")
	}
	switch {
	case facts.Policy == "":
		d.note("maxmemory-policy", "is not shown by the server", "It should be noeviction.")
	case facts.Policy == "noeviction":
		d.ok("maxmemory-policy", "%s", facts.Policy)
	default:
		d.note("maxmemory-policy", "is "+facts.Policy+": when memory is full the server forgets which events were answered, and they may be answered twice", "Set it to noeviction.")
	}
}

// tooOld reports whether a Redis is older than 6.2.
func tooOld(f bot.StoreFacts) bool {
	if f.Server != "redis" {
		return false
	}
	first, rest, _ := strings.Cut(f.Version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(first)
	minor, _ := strconv.Atoi(second)
	return err == nil && (major < 6 || major == 6 && minor < 2)
}
