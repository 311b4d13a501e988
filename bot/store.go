package bot

import (
	"context"
	"errors"
	"time"
)

// What the bot remembers is in this process. Where several replicas work as one, a store has
// it in common. Claims and versions go to the memory of the process first, which never waits, and
// then to the store; while the store is away the memory alone decides: a second answer is better
// than none. Which answers are kept current, and pins, are in the store alone: while it is away
// none begins or changes.

// errAway says that the store cannot be asked now. The caller goes on without it, as far as that
// is possible.
var errAway = errors.New("the store is away")

const (
	storeWithin = 250 * time.Millisecond // one call to the store
	claimedFor  = 5 * time.Minute        // an event in progress, whose claim is renewed
	stopFor     = 15 * time.Minute       // that a question was stopped: longer than any waits and runs
	doneFor     = 24 * time.Hour         // an event that was answered; Slack repeats events for a day where the app's settings say so
)

// Claims are names that are somebody's, once.
type claims interface {
	// claim gives names to by, for as long as life says, if they are nobody else's. It
	// reports whether they are by's now.
	claim(ctx context.Context, by string, life time.Duration, names ...string) (bool, error)

	// release gives back what by has.
	release(ctx context.Context, by string, names ...string) error
}

// Values have names. Each is changed only by who has seen its last state.
type values interface {
	// read returns a value, nil where there is none.
	read(ctx context.Context, name string) ([]byte, error)

	// change puts what edit makes of a value in its place, and keeps it for as long as life
	// says. edit gets nil where there is no value, may run several times, and returns what it
	// got to change nothing. change returns the value as it is then.
	change(ctx context.Context, name string, life time.Duration, edit func(value []byte) []byte) ([]byte, error)
}

// Limits count how often something is done.
type limits interface {
	// take takes one of perMinute tokens, or returns how long it takes to get one.
	take(ctx context.Context, name string, perMinute int) (time.Duration, error)
}

// A journal holds what was accepted until it is done, so that what a replica that died has
// accepted is done by another.
type journal interface {
	// accept claims an entry's names, enters it, and takes one of its asker's tokens. Where
	// another replica has one of its names it does nothing. What is in the journal already
	// is renewed and takes no further token.
	accept(ctx context.Context, e entry) (admission, error)

	// post asks, right before something is posted for user's request ref, whether it may be,
	// and notes that it may have been.
	post(ctx context.Context, ref, user string) (permit, error)

	// done takes an entry out and keeps what its asker asked by it. Its names stay claimed
	// where it was answered, else it may come again.
	done(ctx context.Context, e entry, answered bool) error

	// lastAsked returns what somebody asked last, newest first, nothing twice.
	lastAsked(ctx context.Context, asker string) ([]string, error)
}

// Flags are up for a while, for all replicas to see: what news has not reached.
type flags interface {
	raise(ctx context.Context, name string, life time.Duration) error
	lower(ctx context.Context, name string) error

	// raised returns how long a flag stays up; 0: it is not.
	raised(ctx context.Context, name string) (time.Duration, error)
}

// The names of flags.
const blocksFlag = "blocks" // Slack refuses the newer blocks

func stopFlag(ref, user string) string  { return "stop/" + ref + "/" + user } // user stops their question ref
func outsideFlag(channel string) string { return "outside/" + channel }       // outsiders read there

// An entry is an accepted request in the journal.
type entry struct {
	ref     string
	names   []string // that no other request may have
	request []byte
	posted  bool // something may have been posted for it

	asker     string
	perMinute int    // tokens of the asker's; 0: no limit
	asked     string // when it is done: the question, to be kept for its asker; "": none
}

// An admission is what a journal makes of an entry.
type admission struct {
	first bool          // no other replica has one of its names: it is in the journal
	wait  time.Duration // until its asker has a token again; 0: they had one
}

// A permit says whether something may be posted.
type permit int

const (
	permitted permit = iota
	takenOver        // another replica answers: this one was taken for dead
	toldStop         // the asker has stopped it
	unclear          // whether another replica answers: this one was cut off for long
)

// News is what replicas tell each other at once.
type news struct {
	From   string        `json:"from"` // the replica
	Kind   string        `json:"kind"`
	Name   string        `json:"name"` // what it is about
	User   string        `json:"user,omitempty"`
	Number int           `json:"number,omitempty"`
	Stays  bool          `json:"stays,omitempty"`
	Life   time.Duration `json:"life,omitempty"`
	Since  time.Duration `json:"since,omitempty"`
}

// The kinds of news.
const (
	newsOutside  = "outside"  // outsiders read in channel Name
	newsChanged  = "changed"  // the sharing of channel Name changed
	newsStop     = "stop"     // User stops question Name
	newsStopped  = "stopped"  // question Name was stopped; whether its note stays
	newsEdited   = "edited"   // question Name has the version Number now
	newsReplaced = "replaced" // the message at Name, a channel and a ts, gets a newer answer
	newsBlocks   = "blocks"   // Slack refuses the newer blocks for Life
	newsTrouble  = "trouble"  // WHMCS is left alone for Life because of Name, having failed Since
	newsJoined   = "joined"   // replica From has joined
	newsLeft     = "left"     // replica From has left
)
