package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"servicesbot/bot"
	"servicesbot/whmcs"
)

// TestBrowserPins pins a question, finds it on the Home tab beside the last questions, and takes
// it away again. Pins need a server that replicas share.
func TestBrowserPins(t *testing.T) {
	t.Parallel()
	b := browser(t)
	address := startRedis(t)
	s := newStageWithBot(t, func(s *stage) {
		store, err := bot.OpenStore(t.Context(), bot.StoreConfig{
			URL: whmcs.Secret("redis://" + address), BotToken: whmcs.Secret(s.workspace.BotToken()), Status: bot.NewStatus(version), Log: s.config(t.Output()).log,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(store.Close)
		s.store = store
	})
	v := openTab(t, b, look{width: 1400, height: 900, place: "U0ALICE/C0SUPPORT"}, s)
	v.ask("/services server:saturn status:suspended")
	v.sees(newest, "rows 1 to 5")
	v.choose(newest+" select", "Pin to the Home tab")
	v.sees(newest, "Pinned")
	v.click("#channels [data-channel=D0ALICE]", "")
	v.click("#tabs button", "Home")
	v.sees(".home", "Your pinned questions")
	v.sees(".home", "Your last questions")
	v.click(".home .button", "Unpin server:saturn status:suspended")
	v.seesNot(".home", "Your pinned questions")
	v.clean()
}

// startRedis starts a Redis for a test and returns its address. Where there is none the test is
// skipped, unless SERVICESBOT_REDIS=required.
func startRedis(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("SERVICESBOT_REDIS") == "required" {
			t.Fatal("redis-server is required and not installed")
		}
		t.Skip("redis-server is not installed: pins are not tested in a browser")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	c := exec.Command("redis-server", "--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning")
	c.Dir = t.TempDir()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for begun := time.Now(); ; <-time.After(5 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		if time.Since(begun) > browserPatience {
			t.Fatal("redis-server does not listen")
		}
	}
}
