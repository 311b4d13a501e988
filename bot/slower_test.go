//go:build !race

package bot_test

// slower is how much longer the store may take to reply.
const slower = 1
