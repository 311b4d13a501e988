package bot

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unsentFor is how long what was sent may stay unconfirmed before the connection counts
// as dead. Left alone Linux tries again for a quarter of an hour.
const unsentFor = 14 * time.Second

// limitUnsent sets unsentFor on a connection that is being made.
func limitUnsent(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unsentFor.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}
