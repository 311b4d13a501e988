//go:build unix

package local

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"servicesbot/whmcs"
)

// TestExample asks for the example of the page of GetClientsProducts.
func TestExample(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	a := s.api(t)
	p, err := a.GetClientsProducts(t.Context(), whmcs.GetClientsProductsRequest{ClientID: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Services) != 2 || p.Of != 2 || p.Services[1].Domain != "demodomain2.net" || p.Services[1].ConfigOptions[0].Value != "Selected option value" {
		t.Errorf("%+v", p)
	}
	c, err := a.GetClientsDetails(t.Context(), 0, "dana@demodomain.com")
	if err != nil || c.ID != 1 || c.CurrencyCode != "EUR" {
		t.Errorf("%v, %+v", err, c)
	}
	servers, err := a.GetServers(t.Context())
	if err != nil || len(servers) != 1 || servers[0].Name != "Saturn" {
		t.Errorf("%v, %+v", err, servers)
	}
	_, err = a.GetClientsDetails(t.Context(), 99, "")
	e := refused(t, err, whmcs.ErrNotFound, "Client Not Found", "")
	if e.Status != 0 {
		t.Errorf("HTTP status %d of what did not come over HTTP", e.Status)
	}
	if n := s.Counts().Started; n != 1 {
		t.Errorf("%d workers for one call after the other", n)
	}
}

// TestPages reads an installation from end to end, with several workers.
func TestPages(t *testing.T) {
	t.Parallel()
	s := at(t, "'services' => 950")
	a := s.api(t)
	seen := map[int]bool{}
	for p, err := range a.Pages(t.Context(), everything) {
		if err != nil {
			t.Fatal(err)
		}
		for _, service := range p.Services {
			seen[service.ID] = true
		}
	}
	if n := s.Counts().Started; len(seen) != 950 || n < 1 || n > 4 {
		t.Errorf("%d services by %d workers", len(seen), n)
	}
}

// TestNoPasswordLeavesPHP looks at the very bytes that a worker sends.
func TestNoPasswordLeavesPHP(t *testing.T) {
	t.Parallel()
	flat := filepath.Join(t.TempDir(), "flat.json")
	if err := os.WriteFile(flat, []byte(`{"result":"success","products[product][0][Password]":"xxxxxxxx","products[product][0][id]":"1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*stage{at(t, ""), at(t, "'does' => 'reply', 'file' => '"+flat+"'")} {
		for _, action := range []string{"GetClientsProducts", "GetClientsDetails", "GetServers"} {
			params := map[string][]string{"clientid": {"1"}}
			if action == "GetServers" {
				params = nil
			}
			r, err := s.Call(t.Context(), action, params)
			if err != nil {
				t.Fatal(err)
			}
			if text := string(r.Body); strings.Contains(text, "xxxxxxxx") || strings.Contains(text, "hunter2") || strings.Contains(strings.ToLower(text), "password") {
				t.Errorf("%s: %s", action, text)
			}
		}
	}
}

// TestWorkerPermits tries what only worker.php can refuse.
func TestWorkerPermits(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	for _, tt := range []struct {
		action string
		params map[string][]string
	}{
		{"AddClient", nil}, {"getclientsproducts", nil}, {"GetClientsProducts ", nil}, {"DecryptPassword", nil}, {"", nil}, {"__construct", nil},
		{"GetClientsProducts", map[string][]string{"action": {"AddClient"}}},
		{"GetClientsProducts", map[string][]string{"stats": {"1"}}},
		{"GetServers", map[string][]string{"fetchStatus": {"1"}}},
		{"GetClientsDetails", map[string][]string{"email": {strings.Repeat("x", 256)}}},
		{"GetClientsProducts", map[string][]string{"domain": {strings.Repeat("x", 9000)}}},
		{"GetClientsProducts", map[string][]string{"0": {"x"}}},
	} {
		_, err := s.Call(t.Context(), tt.action, tt.params)
		refused(t, err, whmcs.ErrActionNotPermitted, "does not permit", "servicesbot local-worker")
	}
	lines := []string{`[]`, `7`, `null`, `{"action":["GetServers"],"seconds":5,"values":{}}`, `{"action":"GetServers","seconds":"5","values":{}}`,
		`{"action":"GetServers","seconds":5}`, `{"action":"GetClientsProducts","seconds":5,"values":{"domain":["x"]}}`,
		`{"action":"GetClientsProducts","seconds":5,"values":{"domain":null}}`, `{"action":"GetClientsProducts","seconds":5,"values":{"domain":1.5}}`, `not JSON`}
	cmd := exec.Command(php(t), "-q", "worker.php", standin)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), `"failed":"refused"`) != len(lines) || strings.Contains(string(out), `"reply"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestEnvironment wants a worker to get what is named and nothing else, and no file of
// ours but the three that every process has.
func TestEnvironment(t *testing.T) {
	t.Setenv("SLACK_BOT_TOKEN", "xoxb-planted")
	s := staged(t, php(t), "-q", absolute(t, "worker.php"), installation(t, "'does' => 'say whom'"))
	s.cfg.Env = []string{"PATH=/usr/bin", "TZ=Europe/Vienna"}
	r, err := s.Call(t.Context(), "GetServers", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(r.Body), `{\"PATH\":\"\\/usr\\/bin\",\"TZ\":\"Europe\\/Vienna\"}`) {
		t.Errorf("%v: %s", err, r.Body)
	}
	s.Rest()
	s.cfg.Env = nil
	for s.running() > 0 {
		time.Sleep(time.Millisecond)
	}
	if r, err = s.Call(t.Context(), "GetServers", nil); err != nil || !strings.HasSuffix(string(r.Body), ` []"}`) {
		t.Errorf("without any: %v: %s", err, r.Body)
	}
}

func (p *Workers) running() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.all)
}

// waits waits until ok.
func waits(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// TestIdleWorkersEnd wants a worker gone that nobody needs, and another one for the
// next call.
func TestIdleWorkersEnd(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	s.idleFor = 20 * time.Millisecond
	a := s.api(t)
	for round := 1; round <= 2; round++ {
		if _, err := one(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		waits(t, "the end of an idle worker", func() bool { return s.running() == 0 })
	}
	if n := s.Counts().Started; n != 2 {
		t.Errorf("%d workers were started", n)
	}
	if idleFor != 5*time.Minute {
		t.Errorf("a worker is idle for %s", idleFor)
	}
}

// TestDeadWorkerIsReplaced kills a worker that is idle: nobody may notice.
func TestDeadWorkerIsReplaced(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	a := s.api(t)
	for range 3 {
		p, err := one(t.Context(), a)
		if err != nil || p.Calls != 1 {
			t.Fatalf("%v, %+v", err, p)
		}
		s.mu.Lock()
		syscall.Kill(s.idle[0].cmd.Process.Pid, syscall.SIGKILL)
		s.mu.Unlock()
	}
}

// TestLostDatabase wants a worker replaced whose connection to the database is gone, as
// it is after MySQL's wait_timeout.
func TestLostDatabase(t *testing.T) {
	t.Parallel()
	s := at(t, "'does' => 'lose the database'")
	a := s.api(t)
	for range 3 {
		if p, err := one(t.Context(), a); err != nil || p.Calls != 1 {
			t.Fatalf("%v, %+v", err, p)
		}
	}
	if n := s.Counts().Started; n != 3 {
		t.Errorf("%d workers", n)
	}
}

// TestSlowCallEndsItsWorker wants the process gone, with what it started, and the next
// call answered by another.
func TestSlowCallEndsItsWorker(t *testing.T) {
	t.Parallel()
	pidFile := filepath.Join(t.TempDir(), "pid")
	s := staged(t, "sh", "-c", `sleep 600 & echo $! >`+pidFile+`; echo servicesbot-worker 0123456789abcdef0123456789abcdef '{"php":"8"}'; read line; wait`)
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error, 1)
	go func() {
		_, err := s.Call(ctx, "GetServers", nil)
		waited <- err
	}()
	var pid []byte
	waits(t, "the start", func() bool { pid, _ = os.ReadFile(pidFile); return len(pid) > 0 })
	cancel()
	if err := <-waited; err == nil {
		t.Error("an answer")
	}
	waits(t, "the end of the process and its child", func() bool {
		return s.running() == 0 && exec.Command("sh", "-c", "kill -0 "+string(pid)).Run() != nil
	})
}

// TestTimeout wants a call that takes too long told as that, and its worker gone.
func TestTimeout(t *testing.T) {
	t.Parallel()
	s := at(t, "'does' => 'sleep'")
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := whmcs.New(whmcs.Config{Way: s.Workers, Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // for one try
	defer cancel()
	_, err = a.GetClientsProducts(ctx, whmcs.GetClientsProductsRequest{ServiceID: 1})
	refused(t, err, whmcs.ErrTimeout, "", "WHMCS_TIMEOUT")
	waits(t, "the end of the worker", func() bool { return s.running() == 0 })
}

// TestPHPEndsACall wants PHP to end by itself a call that goes on too long, where
// nobody can kill it: behind ssh.
func TestPHPEndsACall(t *testing.T) {
	t.Parallel()
	for _, does := range []string{"spin", "sleep"} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(php(t), "-q", absolute(t, "worker.php"), installation(t, "'does' => '"+does+"'"))
			cmd.Stdin = strings.NewReader(`{"action":"GetServers","seconds":1,"values":{}}` + "\n")
			begun := time.Now()
			out, err := cmd.Output()
			if took := time.Since(begun); err == nil || took > 15*time.Second || strings.Contains(string(out), `"reply"`) {
				t.Errorf("after %s: %v\n%s", took, err, out)
			}
		})
	}
}

// TestClose ends workers, idle or not, with the program.
func TestClose(t *testing.T) {
	t.Parallel()
	s, slow := at(t, ""), at(t, "'does' => 'sleep'")
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	waited := make(chan error, 1)
	go func() {
		_, err := slow.Call(t.Context(), "GetServers", nil)
		waited <- err
	}()
	waits(t, "a call", func() bool { return slow.running() == 1 })
	for _, s := range []*stage{s, slow} {
		s.Close()
		if n := s.running(); n != 0 {
			t.Errorf("%d workers run on", n)
		}
		_, err := s.Call(t.Context(), "GetServers", nil)
		refused(t, err, whmcs.ErrUnreachable, "the program ends", "")
	}
	if err := <-waited; err == nil {
		t.Error("a call that was ended has an answer")
	}
}

// TestManyAnswers wants a worker to end before it grows old, and nobody to notice.
func TestManyAnswers(t *testing.T) {
	t.Parallel()
	s := at(t, "'services' => 3")
	for range 1001 {
		if _, err := s.Call(t.Context(), "GetServers", nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Counts().Started; n != 2 {
		t.Errorf("%d workers for 1,001 calls, want 2", n)
	}
}

// TestLeak wants a worker to end that holds on to more and more memory.
func TestLeak(t *testing.T) {
	t.Parallel()
	s := at(t, "'does' => 'leak'", "-d", "memory_limit=128M")
	for range 12 {
		if _, err := s.Call(t.Context(), "GetServers", nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Counts().Started; n < 3 || n > 6 {
		t.Errorf("%d workers for 240 MiB", n)
	}
}

// TestAdministrator gives the name that versions before 7.2 want.
func TestAdministrator(t *testing.T) {
	t.Parallel()
	folder := installation(t, "'does' => 'want an administrator'")
	for _, option := range []string{"--admin=planted-admin", "--admin=x", ""} {
		command := slices.DeleteFunc([]string{php(t), "-q", absolute(t, "worker.php"), option, folder}, func(s string) bool { return s == "" })
		_, err := one(t.Context(), staged(t, command...).api(t))
		if option == "--admin=planted-admin" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		refused(t, err, whmcs.ErrBadCredentials, "administrator's name", "--admin=NAME")
	}
}

// TestDisabledFunctions takes away what hosting companies often do: such a function does
// not exist for PHP 8.
func TestDisabledFunctions(t *testing.T) {
	t.Parallel()
	s := at(t, "", "-d", "disable_functions=set_time_limit,ini_set,pcntl_alarm,posix_getpwuid,posix_geteuid")
	if p, err := one(t.Context(), s.api(t)); err != nil || len(p.Services) != 1 {
		t.Errorf("%v, %+v", err, p)
	}
}

// TestGreeting knows versions, and a worker's file of another version.
func TestGreeting(t *testing.T) {
	t.Parallel()
	g, err := at(t, "").Start(t.Context())
	if err != nil || !g.Same || g.WHMCS != "8.13.1-release.1" || !strings.HasPrefix(g.PHP, "8.") && !strings.HasPrefix(g.PHP, "7.") || g.Took <= 0 {
		t.Errorf("%v, %+v", err, g)
	}
	old := filepath.Join(t.TempDir(), "worker.php")
	if err := os.WriteFile(old, []byte(Script+"// changed\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if g, err = staged(t, php(t), "-q", old, absolute(t, standin)).Start(t.Context()); err != nil || g.Same {
		t.Errorf("%v, %+v", err, g)
	}
}

// TestScriptIsShort holds the worker to what somebody reads before they let it run.
func TestScriptIsShort(t *testing.T) {
	t.Parallel()
	if n := strings.Count(Script, "\n"); n > 200 {
		t.Errorf("worker.php has %d lines", n)
	}
}

// TestScriptIsForOldPHP looks for what PHP has only since 8.0: no older one is at hand.
func TestScriptIsForOldPHP(t *testing.T) {
	t.Parallel()
	for _, word := range []string{" match (", "=match(", " match(", "?->", "str_contains", "str_starts_with", "str_ends_with", "readonly ", "enum ", "#[", "): mixed", "): never", "|null", "get_debug_type", "array_is_list", "fdiv", "throw new", "...$this->", "json_validate"} {
		if strings.Contains(Script, word) {
			t.Errorf("worker.php has %q", word)
		}
	}
}
