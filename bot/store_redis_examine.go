package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// StoreFacts are what a doctor wants to know of a store.
type StoreFacts struct {
	Server  string        // redis or valkey
	Version string        // of the server; of Valkey its own
	Policy  string        // what it does when memory is full, such as noeviction; "": it does not say
	Latency time.Duration // of one call, the middle one of several
}

// ErrStoreLogin is a server that refuses the user name or the password.
var ErrStoreLogin = errors.New("the server refuses the user name or the password")

// An UnreachableStore is a server that does not answer. It says why without its address.
type UnreachableStore struct{ Why string }

// Error returns the reason.
func (e *UnreachableStore) Error() string { return "the server is not reached: " + e.Why }

// examinations is how many calls the latency is measured by.
const examinations = 9

// ExamineStore asks the server of a URL what it is, within some 3 s. It changes nothing. The
// error is one of CheckStoreURL, ErrStoreLogin or an *UnreachableStore.
func ExamineStore(ctx context.Context, address Secret) (StoreFacts, error) {
	option, err := storeOption(address.Reveal())
	if err != nil {
		return StoreFacts{}, err
	}
	s := &Store{option: option}
	if err := s.connect(ctx); err != nil {
		return StoreFacts{}, examined(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	text, err := s.client.Do(ctx, s.client.B().Info().Build()).ToString()
	if err != nil {
		return StoreFacts{}, examined(err)
	}
	facts := factsOf(text)
	var took []time.Duration
	for range examinations {
		begun := time.Now()
		if err := s.client.Do(ctx, s.client.B().Ping().Build()).Error(); err != nil {
			return StoreFacts{}, examined(err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	facts.Latency = took[len(took)/2]
	return facts, nil
}

func examined(err error) error {
	if refusesLogin(err) {
		return ErrStoreLogin
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
