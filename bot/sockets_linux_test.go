package bot

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDeadConnectionsAreNoticed holds that the kernel gives a dead connection up within
// 15 s, with something of ours on its way and without.
func TestDeadConnectionsAreNoticed(t *testing.T) {
	t.Parallel()
	peer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	c, err := dialTCP(t.Context(), "tcp", peer.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := tcpOf(c).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	option := func(name int) (n int) {
		t.Helper()
		var failed error
		if err := raw.Control(func(fd uintptr) { n, failed = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, name) }); err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		return n
	}
	if idle := option(unix.TCP_KEEPIDLE) + option(unix.TCP_KEEPINTVL)*option(unix.TCP_KEEPCNT); idle > 15 {
		t.Errorf("an idle dead connection is noticed after %d s", idle)
	}
	if busy := option(unix.TCP_USER_TIMEOUT); busy == 0 || busy > 15_000 {
		t.Errorf("a dead connection with something on its way is noticed after %d ms", busy)
	}
}
