package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs"
	"servicesbot/whmcs/whmcsfake"
)

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// asCommand, set in the environment, makes the test binary the command itself.
const asCommand = "SERVICESBOT_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A child is the command, running with settings and nothing else of the
// environment.
type child struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
}

func startChild(t *testing.T, settings []string, args ...string) *child {
	t.Helper()
	p := newChild(t, settings, args...)
	p.cmd.Stderr = &p.stderr
	p.start(t)
	return p
}

// newChild is a child that does not run yet and whose standard error goes nowhere.
func newChild(t *testing.T, settings []string, args ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &child{cmd: exec.Command(self, args...)}
	p.cmd.Env = append(settings, asCommand+"=1", "GOCOVERDIR="+t.TempDir())
	p.cmd.Stdout = &p.stdout
	return p
}

func (p *child) start(t *testing.T) {
	t.Helper()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
}

// terminated sends SIGTERM and returns how long the end took.
func (p *child) terminated(t *testing.T) time.Duration {
	t.Helper()
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the end: %v\n%s", err, &p.stderr)
	}
	return time.Since(begun)
}

// both starts both fakes.
func both(t *testing.T) (*slackfake.Workspace, *whmcsfake.Server) {
	t.Helper()
	installation := whmcsfake.New(whmcsfake.Config{})
	if err := installation.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { installation.Close() })
	workspace, err := slackfake.New(slackfake.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := workspace.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { workspace.Close() })
	return workspace, installation
}

// settingsFor is the environment that points at both fakes.
func settingsFor(workspace *slackfake.Workspace, installation *whmcsfake.Server) []string {
	return []string{
		"SLACK_APP_TOKEN=" + workspace.AppToken(), "SLACK_BOT_TOKEN=" + workspace.BotToken(), "SLACK_API_URL=" + workspace.URL(),
		"WHMCS_URL=" + installation.URL(), "WHMCS_IDENTIFIER=" + whmcsfake.Identifier, "WHMCS_SECRET=" + whmcsfake.Secret,
		"BOT_ALLOW=" + slackfake.SupportTeam,
	}
}

// TestServe runs the command as an operator would: by environment alone, until
// SIGTERM.
func TestServe(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	addr := freeAddr(t)
	p := startChild(t, append(settingsFor(workspace, installation), "HTTP_ADDR="+addr))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := workspace.WaitSockets(ctx, 2); err != nil {
		t.Fatalf("%v\n%s", err, &p.stderr)
	}
	if _, err := workspace.Slash(slackfake.Alice, slackfake.Support, "/services client:1 status:active"); err != nil {
		t.Fatal(err)
	}
	m, err := workspace.WaitMessage(ctx, slackfake.Alice, slackfake.Support, "demodomain2.net")
	if err != nil || !m.Ephemeral || m.Shows("demodomain.com") {
		t.Errorf("the answer to the slash command: %v, %+v", err, m)
	}
	asked, err := workspace.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1")
	if err != nil {
		t.Fatal(err)
	}
	if m, err = workspace.WaitMessage(ctx, slackfake.Carl, slackfake.Incident, "demodomain.com"); err != nil || m.ThreadTS != asked.TS {
		t.Errorf("the answer to the mention: %v, %+v", err, m)
	}
	for path, want := range map[string]string{"/healthz": "true", "/readyz": "answers", "/metrics": `servicesbot_requests_total{door="slash",outcome="answered"} 1`} {
		if got := get(t, "http://"+addr+path); !strings.Contains(got, want) {
			t.Errorf("%s does not hold %q:\n%s", path, want, got)
		}
	}
	if took := p.terminated(t); took > 9*time.Second {
		t.Errorf("the end took %s", took)
	}
	if got := strings.Count(p.stdout.String(), `"audit"`); got < 2 {
		t.Errorf("%d audit lines on standard output:\n%s", got, &p.stdout)
	}
}

func TestServeRefusesToStartWithoutAllow(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	settings := settingsFor(workspace, installation)
	p := startChild(t, settings[:len(settings)-1], "serve")
	if err := p.cmd.Wait(); err == nil {
		t.Error("it started")
	}
	if !strings.Contains(p.stderr.String(), "BOT_ALLOW: is not set, so nobody may ask") {
		t.Errorf("standard error: %s", &p.stderr)
	}
}

func TestServeEndsOnAWrongToken(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	p := startChild(t, append(settingsFor(workspace, installation), "SLACK_BOT_TOKEN=xoxb-wrong-token"))
	if err := p.cmd.Wait(); err == nil {
		t.Error("it went on")
	}
	if !strings.Contains(p.stderr.String(), "SLACK_BOT_TOKEN: Slack does not accept it (invalid_auth). Install the app") || strings.Contains(p.stderr.String(), "xoxb-wrong") {
		t.Errorf("standard error: %s", &p.stderr)
	}
}

// TestServeWithoutWHMCS: a WHMCS that is down or refuses is reported at once, with what to
// do, and stops nothing.
func TestServeWithoutWHMCS(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	if err := installation.Set(whmcsfake.Fault{Name: "invalid-ip"}); err != nil {
		t.Fatal(err)
	}
	p := startChild(t, settingsFor(workspace, installation))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := workspace.WaitSockets(ctx, 2); err != nil {
		t.Fatalf("%v\n%s", err, &p.stderr)
	}
	if _, err := workspace.Slash(slackfake.Alice, slackfake.Support, "/services client:1"); err != nil {
		t.Fatal(err)
	}
	if _, err := workspace.WaitMessage(ctx, slackfake.Alice, slackfake.Support, "IP address not allowed"); err != nil {
		t.Error(err)
	}
	p.terminated(t)
	// The address is in the first failure, whoever met it.
	if says := p.stderr.String(); !strings.Contains(says, "whmcs does not answer") || !strings.Contains(says, "API IP Access Restriction") {
		t.Errorf("standard error: %s", says)
	}
}

// TestSecondSignalEndsAtOnce: whoever cannot wait for what is in progress signals twice.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	p := startChild(t, settingsFor(workspace, installation))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := workspace.WaitSockets(ctx, 2); err != nil {
		t.Fatalf("%v\n%s", err, &p.stderr)
	}
	if err := installation.Set(whmcsfake.Fault{Name: "hang"}); err != nil {
		t.Fatal(err)
	}
	installation.ResetCalls()
	if _, err := workspace.Slash(slackfake.Alice, slackfake.Support, "/services client:1"); err != nil {
		t.Fatal(err)
	}
	if err := installation.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := workspace.Wait(ctx, func() bool { // until the first has arrived
		if _, err := workspace.Slash(slackfake.Alice, slackfake.Incident, "/services help"); err != nil {
			t.Error(err)
		}
		for _, m := range workspace.Messages(slackfake.Alice, slackfake.Incident) {
			if m.Shows("The bot is restarting") {
				return true
			}
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err == nil {
		t.Error("it exited 0 with a question in progress")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the end took %v", took)
	}
}

// TestBlockedStandardError: a command whose standard error nobody reads answers as ever and
// ends in time. The pipe takes some 64 KiB, and with each reply the log gets a line.
func TestBlockedStandardError(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	if err := installation.Set(whmcsfake.Fault{Name: "trace"}); err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	p := newChild(t, append(settingsFor(workspace, installation), "HTTP_ADDR="+addr, "BOT_USER_RATE=0", "WHMCS_CACHE_TTL=0s"))
	blocked, err := p.cmd.StderrPipe() // read only at the end
	if err != nil {
		t.Fatal(err)
	}
	p.start(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	if err := workspace.WaitSockets(ctx, 2); err != nil {
		t.Fatal(err)
	}
	const asked = 800
	for n := range asked {
		sent, err := workspace.Slash(slackfake.Alice, slackfake.Support, "/services service:"+strconv.Itoa(1+n%600))
		if err != nil {
			t.Fatal(err)
		}
		if err := workspace.Wait(ctx, func() bool { return workspace.Answers(sent.Envelope) > 0 }); err != nil {
			t.Fatalf("question %d: %v", n, err)
		}
	}
	if c := workspace.Counts(); c.Acked != asked || c.LateAcks > 0 {
		t.Errorf("of %d commands %d were acknowledged, %d late", asked, c.Acked, c.LateAcks)
	}
	if got := get(t, "http://"+addr+"/healthz"); !strings.Contains(got, "true") {
		t.Errorf("/healthz says %s", got)
	}
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	state, err := p.cmd.Process.Wait()
	if err != nil || state.ExitCode() != 0 || time.Since(begun) > 9*time.Second {
		t.Errorf("the end: %v, %v after %v", state, err, time.Since(begun))
	}
	if written, _ := io.ReadAll(blocked); len(written) < 60_000 {
		t.Errorf("only %d bytes were written: nothing was blocked", len(written))
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return body.String()
}

// TestServeWithoutItsStore: a store that cannot be reached is a warning, and the bot serves; one
// whose address is wrong ends the start at once.
func TestServeWithoutItsStore(t *testing.T) {
	t.Parallel()
	workspace, installation := both(t)
	settings := []string{
		"SLACK_API_URL=" + workspace.URL(), "SLACK_APP_TOKEN=" + workspace.AppToken(), "SLACK_BOT_TOKEN=" + workspace.BotToken(),
		"WHMCS_URL=" + installation.URL(), "WHMCS_IDENTIFIER=" + whmcsfake.Identifier, "WHMCS_SECRET=" + whmcsfake.Secret, "BOT_ALLOW=everyone",
	}
	p := startChild(t, append(settings, "REDIS_URL=redis://:hunter2@127.0.0.1:1"), "serve")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := workspace.WaitSockets(ctx, 2); err != nil {
		t.Fatalf("%v\n%s", err, &p.stderr)
	}
	p.terminated(t)
	if log := p.stderr.String(); !strings.Contains(log, "the server is not reached") || strings.Contains(log, "hunter2") {
		t.Errorf("the log:\n%s", log)
	}
	begun := time.Now()
	p = startChild(t, append(settings, "REDIS_URL=redis://:hunter2@127.0.0.1:1?timeout=5s"), "serve")
	err := p.cmd.Wait()
	if took := time.Since(begun); err == nil || took > 4*time.Second {
		t.Errorf("the start ended with %v after %v", err, took)
	}
	if log := p.stderr.String(); !strings.Contains(log, `REDIS_URL: has the parameter "timeout"`) || strings.Contains(log, "hunter2") {
		t.Errorf("the log:\n%s", log)
	}
}

// TestStateInWords: an old failure is not WHMCS's state, whether or not calls are still held back.
func TestStateInWords(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	for want, s := range map[string]whmcs.State{
		"not asked yet":                     {},
		"answers":                           {LastSuccess: now.Add(-time.Hour)},
		"last call failed: bad credentials": {LastError: whmcs.ErrBadCredentials, LastErrorAt: now.Add(-4 * time.Minute)},
		"the last calls failed: bad credentials; it is asked again with the next question": {LastError: whmcs.ErrBadCredentials, LastErrorAt: now.Add(-time.Minute), BreakerOpen: true},
		"not known: nobody has asked since the last call failed, at 2026-11-22 13:03 UTC":  {LastError: whmcs.ErrBadCredentials, LastErrorAt: now.Add(-time.Hour), BreakerOpen: true},
	} {
		if got := stateInWords(s, now); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
