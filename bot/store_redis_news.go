package bot

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/redis/rueidis"

	"servicesbot/whmcs"
)

// listen hears the news until ctx ends.
func (s *Store) listen(ctx context.Context) {
	key := s.key("news", "")
	var deaf atomic.Bool // it was said that no news is heard
	for ctx.Err() == nil {
		c := s.ready()
		if c == nil {
			sleep(ctx, probeEvery)
			continue
		}
		heard := rueidis.WithOnSubscriptionHook(ctx, func(sub rueidis.PubSubSubscription) {
			if sub.Kind == "subscribe" {
				if deaf.Swap(false) {
					s.log.Info("store: news of other replicas is heard again")
				}
				whmcs.Recovered(func() error { s.lost(); return nil }) // what was said before, this replica has not heard
			}
		})
		err := c.Receive(heard, c.B().Subscribe().Channel(key).Build(), func(m rueidis.PubSubMessage) {
			whmcs.Recovered(func() error { s.tell(key, m.Message); return nil })
		})
		if ctx.Err() == nil && err != nil {
			if !deaf.Swap(true) {
				s.log.Warn("store: news of other replicas is not heard; trying again", "error", unreachable(err))
			}
			sleep(ctx, probeEvery)
		}
	}
}

// tell hands news on, but for this replica's own.
func (s *Store) tell(key, sealed string) {
	opened, ok := s.seal.open(key, []byte(sealed))
	var n news
	if !ok || json.Unmarshal(opened, &n) != nil {
		s.status.storeUnopened.Inc()
		return
	}
	if n.From != s.id {
		s.hear(n)
	}
}

// broadcast sends news to the other replicas.
func (s *Store) broadcast(ctx context.Context, n news) error {
	n.From = s.id
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	key := s.key("news", "")
	return s.do(ctx, "broadcast", func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Publish().Channel(key).Message(rueidis.BinaryString(s.seal.close(key, text))).Build()).Error()
	})
}
