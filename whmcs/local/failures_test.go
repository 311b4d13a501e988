//go:build unix

package local

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"servicesbot/whmcs"
)

const greets = `echo servicesbot-worker 0123456789abcdef0123456789abcdef '{"php":"8.2"}'; `

// TestCommandsThatAreNoWorker wants one clear error of each, with what to do, and no
// word of what was printed.
func TestCommandsThatAreNoWorker(t *testing.T) {
	t.Parallel()
	sh := func(script string) []string { return []string{"sh", "-c", script} }
	for name, tt := range map[string]struct {
		command         []string
		message, advice string
	}{
		"no such program":        {[]string{"planted-program"}, "executable file not found", "first word of WHMCS_LOCAL_COMMAND"},
		"no program":             {[]string{os.TempDir()}, "permission denied", "first word"},
		"ends at once":           {sh(`exit 3`), "ended with exit code 3 before", "by hand"},
		"ends well":              {sh(`exit 0`), "ended before", "by hand"},
		"prints and ends":        {sh(`echo Welcome to Planted Ltd; exit 1`), "it printed 22 bytes that are not", "by hand"},
		"ssh fails":              {sh(`echo Permission denied, planted >&2; exit 255`), "ssh does not get to WHMCS's host", "known_hosts"},
		"a shell without it":     {sh(`exec planted-program`), "exit code 127", "by hand"},
		"PHP without the worker": {[]string{php(t), "-q", "/planted/worker.php"}, "PHP does not find the worker's file", "servicesbot local-worker"},
		"prints for ever":        {sh(`while :; do echo planted planted planted planted planted planted planted planted planted planted planted; done`), "bytes that are not a worker's", "by hand"},
		"forges a greeting":      {sh(`echo servicesbot-worker 0123456789abcdef0123456789abcde {}; echo servicesbot-worker`), "ended before", "by hand"},
		"greets in no JSON":      {sh(`echo servicesbot-worker 0123456789abcdef0123456789abcdef planted`), "ended before", "by hand"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := staged(t, tt.command...)
			_, err := s.Call(t.Context(), "GetServers", nil)
			refused(t, err, whmcs.ErrUnreachable, tt.message, tt.advice)
			if n := s.running(); n != 0 {
				t.Errorf("%d processes run on", n)
			}
		})
	}
}

// TestLoginShell wants nothing that a customer may have written to be sent to what is
// no worker: a login shell would run it.
func TestLoginShell(t *testing.T) {
	t.Parallel()
	for welcome, message := range map[string]string{"echo Welcome; ": "it printed 7 bytes that are not a worker's", "": "no worker was ready in time"} {
		ran := filepath.Join(t.TempDir(), "ran")
		s := staged(t, "sh", "-c", welcome+"exec sh")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Call(ctx, "GetClientsProducts", map[string][]string{"domain": {"x\ntouch " + ran + "\n$(touch " + ran + ")"}})
		refused(t, err, whmcs.ErrTimeout, message, "forced command of the key")
		if _, err := os.Stat(ran); err == nil {
			t.Error("the shell ran what was asked for")
		}
	}
}

// TestLoginShellThatPrintsFirst wants a worker used all the same.
func TestLoginShellThatPrintsFirst(t *testing.T) {
	t.Parallel()
	s := staged(t, "sh", "-c", `echo Last login: planted; printf 'no end of line'; exec "$@"`, "sh", php(t), "-q", absolute(t, "worker.php"), absolute(t, standin))
	if p, err := one(t.Context(), s.api(t)); err != nil || len(p.Services) != 1 {
		t.Errorf("%v, %+v", err, p)
	}
	s.Close()
	if n := s.Counts().Printed; n != 33 {
		t.Errorf("%d bytes counted", n)
	}
}

// TestStarts lets WHMCS fail while it starts, in each way.
func TestStarts(t *testing.T) {
	t.Parallel()
	for does, tt := range map[string]struct {
		kind            whmcs.Kind
		message, advice string
	}{
		"ask for ionCube": {whmcs.ErrUnreachable, "ionCube Loader", "the PHP that the web server of WHMCS uses"},
		"be down":         {whmcs.ErrMaintenance, "", "maintenance"},
		"exit at start":   {whmcs.ErrUnreachable, "while WHMCS starts: WHMCS or a hook ended PHP", "error logs"},
		"throw at start":  {whmcs.ErrUnreachable, "PHP's InvalidArgumentException, in ", "error logs"},
		"break at start":  {whmcs.ErrUnreachable, "PHP's ", "error logs"},
	} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			s := at(t, "'does' => '"+does+"'")
			_, err := one(t.Context(), s.api(t))
			if tt.kind == whmcs.ErrMaintenance {
				tt.advice = "maintenance is over"
			}
			refused(t, err, tt.kind, tt.message, tt.advice)
			if n := s.Counts().Started; n != 1 {
				t.Errorf("%d workers were started: this does not pass", n)
			}
		})
	}
}

// TestPermissions takes away what the worker's user needs.
func TestPermissions(t *testing.T) {
	t.Parallel()
	command := []string{php(t), "-q", absolute(t, "worker.php")}
	if os.Getuid() == 0 { // whom nothing is forbidden
		command = append([]string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}, command...)
	}
	worker := filepath.Join(t.TempDir(), "worker.php")
	folder := installation(t, "")
	for _, path := range []string{filepath.Dir(worker), folder, filepath.Dir(folder), filepath.Dir(filepath.Dir(worker))} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(worker, []byte(Script), 0o644); err != nil {
		t.Fatal(err)
	}
	command[len(command)-1] = worker
	for _, step := range []struct{ file, message, advice string }{
		{"init.php", "may not read " + folder + "/init.php", "read WHMCS's files"},
		{"configuration.php", "may not read " + folder + "/configuration.php", "configuration.php too"},
		{"compiled", "may not write to " + folder + "/compiled", "templates_compiledir"},
	} {
		_, err := one(t.Context(), staged(t, append(command, folder)...).api(t))
		refused(t, err, whmcs.ErrUnreachable, step.message, step.advice)
		if err := os.Chmod(filepath.Join(folder, step.file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "init.php"), []byte("<?php // of something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(folder, "compiled"), 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := one(t.Context(), staged(t, append(command, folder)...).api(t))
	refused(t, err, whmcs.ErrUnreachable, "init.php is not there, or is not WHMCS's", "the folder of WHMCS")
	for _, none := range []string{folder + "/nowhere", ""} {
		_, err := one(t.Context(), staged(t, append(command, none)...).api(t))
		refused(t, err, whmcs.ErrUnreachable, none+"/init.php is not there", "the folder of WHMCS")
	}
}

// TestCalls lets WHMCS fail in a call, in each way. What may pass is tried again.
func TestCalls(t *testing.T) {
	t.Parallel()
	for does, tt := range map[string]struct {
		kind    whmcs.Kind
		message string
		workers int
	}{
		"exit":           {whmcs.ErrNotJSON, "WHMCS or a hook ended PHP", 3},
		"throw":          {whmcs.ErrNotJSON, "PHP's DomainException, in ", 3},
		"break":          {whmcs.ErrNotJSON, "PHP's ", 3},
		"return nothing": {whmcs.ErrNotJSON, "returned nothing", 1},
	} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			s := at(t, "'does' => '"+does+"'")
			_, err := one(t.Context(), s.api(t))
			refused(t, err, tt.kind, tt.message, "error logs")
			if n := s.Counts().Started; n != tt.workers {
				t.Errorf("%d workers, want %d", n, tt.workers)
			}
		})
	}
}

// TestMemory wants smaller pages where PHP has no memory for large ones.
func TestMemory(t *testing.T) {
	t.Parallel()
	s := at(t, "'does' => 'eat memory'")
	p, err := s.api(t).GetClientsProducts(t.Context(), everything)
	if err != nil || p.LimitNum != 25 || len(p.Services) != 25 || p.Calls != 3 {
		t.Errorf("%v, %+v", err, p)
	}
	if text := s.log.String(); !strings.Contains(text, "standin.php") || !strings.Contains(text, "class=\"Fatal error\"") || !strings.Contains(text, "bytes=") {
		t.Errorf("the log does not say where PHP broke, and how much it wrote:\n%s", text)
	}
}

// TestHooksThatPrint wants answers found among what hooks print, forged ones too.
func TestHooksThatPrint(t *testing.T) {
	t.Parallel()
	for _, does := range []string{"print", "print at start"} {
		s := at(t, "'does' => '"+does+"'")
		a := s.api(t)
		for range 2 {
			if p, err := a.GetClientsProducts(t.Context(), whmcs.GetClientsProductsRequest{ClientID: 1}); err != nil || len(p.Services) != 2 {
				t.Errorf("%s: %v, %+v", does, err, p)
			}
		}
		if s.Counts().Printed < 20 || !strings.Contains(s.log.String(), "prints text around WHMCS's replies") {
			t.Errorf("%s: nobody says that something is printed: %+v", does, s.Counts())
		}
	}
}

// TestLatin1 wants rows whose text is not UTF-8 shown, and counted.
func TestLatin1(t *testing.T) {
	t.Parallel()
	s := at(t, "'does' => 'speak latin1'")
	p, err := s.api(t).GetClientsProducts(t.Context(), whmcs.GetClientsProductsRequest{LimitNum: 5})
	if err != nil || len(p.Services) != 5 || p.Services[0].Name != "Caf\uFFFD" || p.Services[1].Name != "Plus" {
		t.Errorf("%v, %+v", err, p)
	}
	if n := s.Counts().Replaced; n != 3 || !strings.Contains(s.log.String(), "rows=3") {
		t.Errorf("%d rows counted", n)
	}
}

// TestLongReply bounds what is read.
func TestLongReply(t *testing.T) {
	t.Parallel()
	s := staged(t, "sh", "-c", greets+`read line; while :; do printf '%1000000s' planted; done`)
	_, err := s.Call(t.Context(), "GetServers", nil)
	refused(t, err, whmcs.ErrTooLarge, "", "")
	if n := s.running(); n != 0 {
		t.Errorf("%d processes run on", n)
	}
}

// TestEndInACall is of a process that ends without a word, as one that the system kills.
func TestEndInACall(t *testing.T) {
	t.Parallel()
	for _, script := range []string{`read line`, `read line; kill -9 $$`, `read line; echo servicesbot-worker 0123456789abcdef0123456789abcdef '{"reply":'`} {
		s := staged(t, "sh", "-c", greets+script)
		_, err := s.Call(t.Context(), "GetServers", nil)
		refused(t, err, whmcs.ErrTruncated, "ended in the middle", "WHMCS_PAGE_SIZE")
	}
}

// TestStderr wants of PHP's errors the class, file and line, whatever is in their
// texts.
func TestStderr(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"logged":           {"PHP Fatal error:  Allowed memory size of 1 bytes exhausted in /srv/whmcs/x.php on line 12\n", `class="Fatal error" file=/srv/whmcs/x.php line=12`},
		"displayed":        {"\nFatal error: planted in /srv/whmcs/x.php on line 12\n", `file=/srv/whmcs/x.php line=12`},
		"with a time":      {"[27-Nov-2026 10:00:00 UTC] PHP Fatal error:  planted in /srv/whmcs/x.php on line 12\n", `file=/srv/whmcs/x.php line=12`},
		"uncaught":         {"PHP Fatal error:  Uncaught WHMCS\\Exception\\Planned: planted\nplanted in /srv/a/b.php:7\nStack trace:\n#0 {main}\n  thrown in /srv/a/b.php on line 7\n", `class=WHMCS\Exception\Planned file=/srv/a/b.php line=7`},
		"parse":            {"PHP Parse error:  syntax error, unexpected planted in /srv/hooks/h.php on line 3\n", `class="Parse error" file=/srv/hooks/h.php line=3`},
		"a warning":        {"PHP Warning:  planted in /srv/whmcs/x.php on line 12\n", ""},
		"another's words":  {"Permission denied (planted)\n", ""},
		"a forged place":   {"PHP Fatal error:  a card in /home/jane planted.php on line 4\n", ""},
		"in two pieces":    {"PHP Fatal er|ror:  planted in /srv/whmcs/x.php on| line 12\n", `file=/srv/whmcs/x.php line=12`},
		"a very long line": {"PHP Fatal error:  " + strings.Repeat("planted", 5000) + " in /srv/whmcs/x.php on line 12\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := staged(t, "any")
			e := &stderr{log: s.Workers.log}
			for piece := range strings.SplitSeq(tt.text, "|") {
				e.Write([]byte(piece))
			}
			if got := s.log.String(); !strings.Contains(got, tt.want) || tt.want == "" && got != "" || strings.Count(got, "\n") > 1 {
				t.Errorf("the log: %q", got)
			}
			if e.bytes() != len(strings.ReplaceAll(tt.text, "|", "")) {
				t.Errorf("%d bytes counted", e.bytes())
			}
		})
	}
}

// FuzzOutput reads anything, as a worker's output: no panic, and no more memory than a
// reply may have.
func FuzzOutput(f *testing.F) {
	const word = "servicesbot-worker 0123456789abcdef0123456789abcdef "
	for _, seed := range []string{"", "\n", "x\n" + word + "{}\n", word + `{"failed":"root"}` + "\n", word + `{"php":"8"}` + "\n" + word + `{"printed":3,"reply":{"result":"success"}}` + "\n", word + `{"reply":}` + "\n", word + "{}\n" + word + `,"reply":}` + "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := &output{from: bufio.NewReaderSize(strings.NewReader(text), 64)}
		if _, err := o.greeting(); err != nil {
			return
		}
		for {
			said, err := o.next()
			if err != nil {
				break
			}
			if said.Failed != "" && said.failure(false).Kind == "" {
				t.Error("a failure without a kind")
			}
		}
		if o.noise > len(text) {
			t.Errorf("%d of %d bytes are noise", o.noise, len(text))
		}
	})
}
