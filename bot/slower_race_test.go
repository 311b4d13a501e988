//go:build race

package bot_test

// slower is how much longer the store may take to reply: the race detector makes everything
// some ten times slower, and a reply that comes too late counts as an outage.
const slower = 8
