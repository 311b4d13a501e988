package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

func newInstallation(t testing.TB, services int, latency time.Duration) *whmcsfake.Server {
	t.Helper()
	fake := whmcsfake.New(whmcsfake.Config{Services: services, Latency: latency})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fake.Close() })
	return fake
}

// Processes are bots in processes of their own, between two fakes.
type processes struct {
	t     *testing.T
	ctx   context.Context
	slack *slackfake.Workspace
	whmcs *whmcsfake.Server
	n     int // questions so far
}

const killUsers = 20 // who ask by direct messages: each may get a post per second

func killUser(n int) string { return fmt.Sprintf("U0KILL%02d", n%killUsers) }

// newProcesses starts both fakes, with an installation of so many services; 0: the usual ones.
func newProcesses(t *testing.T, services int, latency time.Duration) *processes {
	t.Helper()
	k := &processes{t: t, whmcs: newInstallation(t, services, latency)}
	var err error
	if k.slack, err = slackfake.New(slackfake.Config{}); err != nil {
		t.Fatal(err)
	}
	for n := range killUsers {
		k.slack.SetUser(slackfake.User{ID: killUser(n), Name: fmt.Sprintf("kill%d", n)})
	}
	if err := k.slack.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.slack.Close() })
	var cancel context.CancelFunc
	k.ctx, cancel = context.WithTimeout(context.Background(), 4*patience)
	t.Cleanup(cancel)
	return k
}

// start starts a bot, with more in its environment, and waits until it has a socket.
func (k *processes) start(more ...string) *child {
	k.t.Helper()
	c := k.launch(more...)
	k.greeted(c)
	return c
}

// replicas starts n bots that share a server, and waits until each has a socket.
func (k *processes) replicas(n int, redis *bot.RedisServer) (all []*child) {
	k.t.Helper()
	for range n {
		all = append(all, k.launch("REDIS_URL="+redis.URL().Reveal()))
	}
	for _, c := range all { // how many sockets each holds depends on how many replicas there are
		k.greeted(c)
	}
	return all
}

func (k *processes) launch(more ...string) *child {
	k.t.Helper()
	c, err := startChild("bot", "INFO", k.slack, k.whmcs, more...)
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(c.kill)
	k.t.Cleanup(func() {
		if k.t.Failed() {
			k.t.Logf("a bot's log:\n%s", c.log)
		}
	})
	return c
}

func (k *processes) greeted(c *child) {
	k.t.Helper()
	if !c.log.waits(func(text string) bool { return strings.Contains(text, "socket: up") }) {
		k.t.Fatal("a bot opens no socket")
	}
}
