//go:build !linux

package bot

import "syscall"

// limitUnsent has no counterpart here: a connection that dies with something of ours on
// its way is noticed by the watchdog of pings, within 60 s.
var limitUnsent func(network, address string, c syscall.RawConn) error
