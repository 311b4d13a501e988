package bot

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"servicesbot/whmcs/query"
)

// A RedisServer is a real server in a process of its own, with nothing in it.
type RedisServer struct {
	t    testing.TB
	port int
	cmd  *exec.Cmd
}

// StartRedis starts a server on a free port. Where there is no redis-server the test is
// skipped, unless SERVICESBOT_REDIS=required.
func StartRedis(t testing.TB) *RedisServer {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("SERVICESBOT_REDIS") == "required" {
			t.Fatal("redis-server is required and not installed")
		}
		t.Skip("redis-server is not installed: what replicas share is not tested")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &RedisServer{t: t, port: l.Addr().(*net.TCPAddr).Port}
	l.Close()
	t.Cleanup(r.Kill)
	r.Start()
	return r
}

// Start starts the server, once more after Kill.
func (r *RedisServer) Start(more ...string) {
	r.t.Helper()
	args := append([]string{"--port", fmt.Sprint(r.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"}, more...)
	r.cmd = exec.Command("redis-server", args...)
	r.cmd.Dir = r.t.TempDir()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	for begun := time.Now(); ; {
		conn, err := net.Dial("tcp", r.Addr())
		if err == nil {
			conn.Close()
			return
		}
		if time.Since(begun) > 20*time.Second {
			r.t.Fatalf("redis-server does not listen: %v", err)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// sharedServer is the URL of a server that a test has to share: that in SERVICESBOT_REDIS_URL, such as
// a cluster or a Valkey with nothing in it, else one of its own.
func sharedServer(t testing.TB) Secret {
	t.Helper()
	if url := os.Getenv("SERVICESBOT_REDIS_URL"); url != "" {
		return Secret(url)
	}
	return StartRedis(t).URL()
}

// Addr is where the server listens.
func (r *RedisServer) Addr() string { return fmt.Sprintf("127.0.0.1:%d", r.port) }

// URL is the server's.
func (r *RedisServer) URL() Secret { return Secret("redis://" + r.Addr()) }

// Kill ends the server as kill -9 does.
func (r *RedisServer) Kill() {
	if r.cmd != nil && r.cmd.Process != nil {
		r.cmd.Process.Kill()
		r.cmd.Wait()
		r.cmd = nil
	}
}

// Freeze stops the server without ending it, until Thaw.
func (r *RedisServer) Freeze() { r.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (r *RedisServer) Thaw() { r.cmd.Process.Signal(syscall.SIGCONT) }

// Do sends one command without values that hold spaces, and returns the reply as it comes.
func (r *RedisServer) Do(command string) string {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.Addr())
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\nQUIT\r\n", command)
	var all strings.Builder
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buffer)
		all.Write(buffer[:n])
		if err != nil {
			return all.String()
		}
	}
}

// openStore opens a store at a server and lets it begin, as a replica of an app does.
func openStore(t testing.TB, url Secret, app string) *Store {
	t.Helper()
	return openPatientStore(t, url, app, storeWithin)
}

// openPatientStore does so too, and each call may take as long as within says.
func openPatientStore(t testing.TB, url Secret, app string, within time.Duration) *Store {
	t.Helper()
	s, err := OpenStore(t.Context(), StoreConfig{URL: url, BotToken: "xoxb-1-secret", Status: NewStatus(""), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s.Patient(within, deadBeat)
	ctx, cancel := context.WithCancel(context.Background())
	ended := s.begin(ctx, identity{team: "T1"}, app, func(news) {}, func() {})
	t.Cleanup(func() {
		cancel()
		for _, e := range ended {
			<-e
		}
		s.Close()
	})
	return s
}

// OpenRows opens a store at a server and returns what rows are shared by.
func OpenRows(t testing.TB, url Secret) query.SharedRows {
	t.Helper()
	return openPatientStore(t, url, "A1", 2*time.Second).Rows("billing")
}
