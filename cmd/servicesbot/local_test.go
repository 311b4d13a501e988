package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/local"
	"servicesbot/whmcs/whmcsfake"
)

// localCommand puts the worker into a file, as an operator does, and returns the command
// that runs it at the stand-in for WHMCS. Without PHP the test is skipped, unless the
// environment says that it must not be.
func localCommand(t *testing.T) (command, worker string) {
	t.Helper()
	if _, err := exec.LookPath("php"); err != nil {
		if os.Getenv("SERVICESBOT_PHP") == "required" {
			t.Fatal("php is missing: apt-get install php-cli")
		}
		t.Skip("php is not installed (Debian's package php-cli): the Local API is not tried")
	}
	worker = filepath.Join(t.TempDir(), "worker.php")
	if err := os.WriteFile(worker, []byte(local.Script), 0o600); err != nil {
		t.Fatal(err)
	}
	standin, err := filepath.Abs("../../testdata/local")
	if err != nil {
		t.Fatal(err)
	}
	return "php -q " + worker + " '" + standin + "'", worker
}

// byLocalAPI is a stage whose WHMCS is reached by the Local API.
func byLocalAPI(t *testing.T, command string) *shellStage {
	t.Helper()
	return &shellStage{env: map[string]string{"WHMCS_LOCAL_COMMAND": command, "PATH": os.Getenv("PATH")}}
}

// TestAskByLocalAPI asks for the example of the page of GetClientsProducts.
func TestAskByLocalAPI(t *testing.T) {
	t.Parallel()
	command, _ := localCommand(t)
	s := byLocalAPI(t, command)
	got := s.run(t, `servicesbot ask "client:1 status:active"`)
	for _, want := range []string{"1 service", "2 × Plus", "demodomain2.net", "EUR 24.95 monthly", "Dana Demo (Demo Domain Ltd) · client 1", "complete"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got = s.run(t, `servicesbot local-worker`); got != local.Script {
		t.Error("local-worker prints another file")
	}
	got = s.run(t, `WHMCS_LOCAL_COMMAND="php /no/such/worker.php" servicesbot ask client:1`)
	if !strings.HasPrefix(got, "WHMCS cannot be reached.\n") || !strings.Contains(got, "Put there what servicesbot local-worker prints") {
		t.Errorf("without the worker:\n%s", got)
	}
}

// TestServeByLocalAPI runs the bot as an operator would, and wants no worker left behind.
func TestServeByLocalAPI(t *testing.T) {
	t.Parallel()
	command, worker := localCommand(t)
	workspace, err := slackfake.New(slackfake.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := workspace.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { workspace.Close() })
	p := startChild(t, []string{
		"SLACK_APP_TOKEN=" + workspace.AppToken(), "SLACK_BOT_TOKEN=" + workspace.BotToken(), "SLACK_API_URL=" + workspace.URL(),
		"WHMCS_LOCAL_COMMAND=" + command, "BOT_ALLOW=" + slackfake.SupportTeam, "PATH=" + os.Getenv("PATH"),
	})
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
		t.Errorf("the answer: %v, %+v\n%s", err, m, &p.stderr)
	}
	if runtime.GOOS == "linux" && len(processesWith(worker)) == 0 {
		t.Error("no worker is found: the test looks at the wrong place")
	}
	p.terminated(t)
	for deadline := time.Now().Add(patience); len(processesWith(worker)) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a worker runs on")
		}
	}
}

// processesWith are the processes that have an argument, on Linux.
func processesWith(argument string) (found []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		content, _ := os.ReadFile(file)
		if slices.Contains(strings.Split(string(content), "\x00"), argument) {
			found = append(found, file)
		}
	}
	return found
}

// TestDoctorOfLocalAPI looks at a worker that works and at some that do not.
func TestDoctorOfLocalAPI(t *testing.T) {
	t.Parallel()
	command, worker := localCommand(t)
	env := func(command string) map[string]string {
		return map[string]string{"WHMCS_LOCAL_COMMAND": command, "PATH": os.Getenv("PATH")}
	}
	checks, _ := examined(t, env(command))
	for about, says := range map[string]string{
		aboutWorker: "with WHMCS 8.13.1-release.1, ready in ", aboutProducts: "250 services", aboutTimes: "100 in ",
		aboutReplies: "a list, an id is a text", aboutReplies + ", filters": "no services", aboutDetails: "email:", aboutServers: "server:",
	} {
		expect(t, checks, "WHMCS", check{About: about, Result: wentWell, Says: says})
	}
	if err := os.WriteFile(worker, []byte(local.Script+"// of another version\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	checks, _ = examined(t, env(command))
	expect(t, checks, "WHMCS", check{About: aboutWorker + ", file", Result: remarkable, Says: "not the one of this version", Fix: "local-worker"})
	checks, _ = examined(t, env("php -q "+worker+" /no/such/whmcs"))
	expect(t, checks, "WHMCS", check{About: aboutWorker, Result: wrong, Says: "/no/such/whmcs/init.php is not there", Fix: "the folder of WHMCS"})
	expect(t, checks, "WHMCS", check{About: aboutProducts, Result: notChecked, Says: "failed"})
	checks, _ = examined(t, env("no-such-program"))
	expect(t, checks, "WHMCS", check{About: aboutWorker, Result: wrong, Says: "executable file not found", Fix: "first word"})
}

// TestDoctorOfWorkersThatMess notes what a worker prints beside its answers.
func TestDoctorOfWorkersThatMess(t *testing.T) {
	t.Parallel()
	command, worker := localCommand(t)
	folder := filepath.Dir(worker)
	standin := strings.Trim(command[strings.LastIndex(command, " ")+1:], "'")
	if err := os.Mkdir(filepath.Join(folder, "templates_c"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "configuration.php"), []byte("<?php"), 0o600); err != nil {
		t.Fatal(err)
	}
	for does, want := range map[string]check{
		"print":        {About: aboutWorker + ", output", Says: "bytes that are no answers"},
		"speak latin1": {About: aboutReplies + ", text", Says: "65 rows hold bytes that are not UTF-8"}, // of pages of 1, 1, 25 and 100
	} {
		script := "<?php fwrite(STDERR, 'Deprecated: planted'); $standin = ['does' => '" + does + "']; require '" + standin + "/standin.php';"
		if err := os.WriteFile(filepath.Join(folder, "init.php"), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		checks, _ := examined(t, map[string]string{"WHMCS_LOCAL_COMMAND": "php -q " + worker + " " + folder, "PATH": os.Getenv("PATH")})
		want.Result = remarkable
		expect(t, checks, "WHMCS", want)
		expect(t, checks, "WHMCS", check{About: aboutWorker + ", errors", Result: remarkable, Says: "bytes were written to standard error", Fix: "by hand"})
		for _, c := range checks {
			if strings.Contains(c.Says, "planted") {
				t.Errorf("the report holds what was printed: %+v", c)
			}
		}
	}
}

// TestLocalCommand splits commands, and refuses those that need a shell.
func TestLocalCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`php -q /usr/local/lib/servicesbot/worker.php /var/www/whmcs`: {"php", "-q", "/usr/local/lib/servicesbot/worker.php", "/var/www/whmcs"},
		`ssh -T whmcs@billing.example.com`:                            {"ssh", "-T", "whmcs@billing.example.com"},
		`docker exec -i "my whmcs" php 'a b' c\ d`:                    {"docker", "exec", "-i", "my whmcs", "php", "a b", "c d"},
		`php "planted`:                  nil,
		`cd /planted && php worker.php`: nil,
		`cd /planted; php worker.php`:   nil,
		`php ~/planted.php`:             nil,
		`php $HOME/planted.php`:         nil,
		`php worker.php 2>/dev/null`:    nil,
		`''`:                            {""},
	} {
		c, err := loadFrom(map[string]string{"WHMCS_LOCAL_COMMAND": text}, needWHMCS)
		if got := c.worker.Command; (err == nil) != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "WHMCS_LOCAL_COMMAND: ") || strings.Contains(err.Error(), "planted")) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestOneWayOnly wants an error that says which to remove where both ways are set.
func TestOneWayOnly(t *testing.T) {
	t.Parallel()
	values := map[string]string{"WHMCS_LOCAL_COMMAND": "php worker.php", "WHMCS_ACCESS_KEY": "planted-key"}
	_, err := loadFrom(values, needWHMCS)
	if err == nil || !strings.Contains(err.Error(), "to use the Local API remove WHMCS_ACCESS_KEY; to use HTTP remove WHMCS_LOCAL_COMMAND") || strings.Contains(err.Error(), "planted") {
		t.Errorf("%v", err)
	}
	values["WHMCS_URL"], values["WHMCS_IDENTIFIER"], values["WHMCS_SECRET"] = "https://whmcs.example", "planted-id", "planted-secret"
	if _, err = loadFrom(values, needWHMCS); err == nil || !strings.Contains(err.Error(), "remove WHMCS_URL, WHMCS_IDENTIFIER, WHMCS_SECRET, WHMCS_ACCESS_KEY;") {
		t.Errorf("%v", err)
	}
	checks, code := examined(t, values)
	expect(t, checks, "settings", check{About: "WHMCS_LOCAL_COMMAND and WHMCS_URL", Result: wrong, Says: "both set"})
	expect(t, checks, "WHMCS", check{About: aboutWorker, Result: notChecked, Says: "not right"})
	if code == 0 {
		t.Error("exit code 0")
	}
}

// TestWorkerEnvironment wants nothing of ours to get to a worker but five variables.
func TestWorkerEnvironment(t *testing.T) {
	t.Parallel()
	values := good()
	delete(values, "WHMCS_URL")
	delete(values, "WHMCS_IDENTIFIER")
	delete(values, "WHMCS_SECRET")
	for name, value := range map[string]string{"WHMCS_LOCAL_COMMAND": "php worker.php", "PATH": "/bin", "TZ": "Europe/Vienna", "LD_PRELOAD": "x", "SECRET": whmcsfake.Secret} {
		values[name] = value
	}
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte("Europe/Vienna\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c, err := loadFrom(values, needWHMCS|needSlack)
		if want := []string{"PATH=/bin", "TZ=Europe/Vienna"}; err != nil || !slices.Equal(c.worker.Env, want) {
			t.Errorf("%v, %q", err, c.worker.Env)
		}
		delete(values, "TZ")
		values["TZ_FILE"] = file
	}
}
