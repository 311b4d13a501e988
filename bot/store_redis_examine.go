package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/redis/rueidis"
	"github.com/slack-go/slack"
)

// StoreFacts are what a doctor wants to know of a store.
type StoreFacts struct {
	Server  string        // redis or valkey
	Version string        // of the server; of Valkey its own
	Policy  string        // what it does when memory is full, such as noeviction; "": it does not say
	Latency time.Duration // of one call, the middle one of several
	Tried   bool          // it let the bot write, read, run a script and publish
}

// ErrStoreLogin is a server that refuses the user name or the password.
var ErrStoreLogin = errors.New("the server refuses the user name or the password")

// A ForbiddenStore is a server that accepts the login and does not let it do what the bot
// needs. Why is the server's own text: it names the command, not the key.
type ForbiddenStore struct{ Why string }

// Error returns the reason.
func (e *ForbiddenStore) Error() string {
	return "the server does not let this user do what the bot needs: " + e.Why
}

// An AnsweringStore is a server that answers with an error, such as a database that it does
// not have, or memory that is full.
type AnsweringStore struct{ Why string }

// Error returns the reason.
func (e *AnsweringStore) Error() string { return "the server answers with an error: " + e.Why }

// An UnreachableStore is a server that does not answer. It says why without its address.
type UnreachableStore struct{ Why string }

// Error returns the reason.
func (e *UnreachableStore) Error() string { return "the server is not reached: " + e.Why }

const (
	examinations  = 9               // calls that the latency is measured by
	examineWithin = 2 * time.Second // all calls to a server that is connected
)

// ExamineStore asks the server of a URL what it is, within some 4 s, and tries what the bot
// needs of it with the keys of this app: it writes one value, which lives for a minute. self
// is what Slack says of the bot token; without it the trial is left out. The error is one of
// CheckStoreURL, ErrStoreLogin, a *ForbiddenStore, an *AnsweringStore or an *UnreachableStore.
func ExamineStore(ctx context.Context, address, appToken Secret, self *slack.AuthTestResponse) (StoreFacts, error) {
	option, err := storeOption(address.Reveal())
	if err != nil {
		return StoreFacts{}, err
	}
	s := &Store{option: option, id: "doctor", within: examineWithin}
	if err := s.connect(ctx); err != nil {
		return StoreFacts{}, examined(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(ctx, examineWithin)
	defer cancel()
	facts, err := s.facts(ctx)
	if err != nil || self == nil {
		return facts, examined(err)
	}
	s.prefix = storePrefix(self.TeamID, appOf(appToken, self.BotID))
	if err := s.probe(ctx); err != nil {
		return facts, examined(err)
	}
	facts.Tried = true
	return facts, examined(s.subscribes(ctx))
}

// facts asks what the server is, and measures it.
func (s *Store) facts(ctx context.Context) (StoreFacts, error) {
	text, err := s.client.Do(ctx, s.client.B().Info().Build()).ToString()
	if err != nil {
		return StoreFacts{}, err
	}
	facts := factsOf(text)
	var took []time.Duration
	for range examinations {
		begun := time.Now()
		if err := s.client.Do(ctx, s.client.B().Ping().Build()).Error(); err != nil {
			return StoreFacts{}, err
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	facts.Latency = took[len(took)/2]
	return facts, nil
}

// subscribes tries whether news can be heard.
func (s *Store) subscribes(ctx context.Context) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	heard := rueidis.WithOnSubscriptionHook(ctx, func(rueidis.PubSubSubscription) { enough() })
	err := s.client.Receive(heard, s.client.B().Subscribe().Channel(s.prefix+"probe").Build(), func(rueidis.PubSubMessage) {})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func examined(err error) error {
	_, answers := rueidis.IsRedisErr(err)
	switch {
	case err == nil:
		return nil
	case refusesLogin(err):
		return ErrStoreLogin
	case forbids(err):
		return &ForbiddenStore{unreachable(err)}
	case answers:
		return &AnsweringStore{unreachable(err)}
	}
	return &UnreachableStore{unreachable(err)}
}

// factsOf reads what INFO says.
func factsOf(info string) StoreFacts {
	facts := StoreFacts{Server: "redis"}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch name {
		case "server_name":
			facts.Server = value
		case "redis_version":
			if facts.Version == "" {
				facts.Version = value
			}
		case "valkey_version": // whose redis_version is that of the Redis that it is compatible with
			facts.Version = value
		case "maxmemory_policy":
			facts.Policy = value
		}
	}
	return facts
}
