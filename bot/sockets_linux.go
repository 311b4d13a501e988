package bot

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unsentFor is how long what was sent may stay unconfirmed before the connection counts
// as dead. Left alone Linux tries again for a quarter of an hour.
const unsentFor = 14 * time.Second

// limitUnsent sets unsentFor on a connection that is being made. Where the kernel does not
// know it, the watchdog of pings notices what it would have.
func limitUnsent(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unsentFor.Milliseconds()))
	})
}
