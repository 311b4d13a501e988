package bot

import (
	"context"
	"encoding/json"
	"time"

	"servicesbot/whmcs"
)

// LeftAlone lets the other replicas leave WHMCS alone too, for as long as this one does. It does not
// wait; Close does.
func (s *Store) LeftAlone(t whmcs.Trouble) {
	s.later.Add(1)
	whmcs.Go(func() error {
		defer s.later.Done()
		ctx := context.Background()
		n := news{Kind: newsTrouble, Name: string(t.Kind), Life: t.Pause, Since: t.Since}
		_, _ = s.change(ctx, troubleValue, t.Pause, func([]byte) []byte { // for who missed the news
			text, err := json.Marshal(noted{time.Now(), n})
			if err != nil {
				return nil
			}
			return text
		})
		return s.broadcast(ctx, n)
	})
}

// troubleValue is where the last newsTrouble is, for as long as WHMCS is left alone.
const troubleValue = "trouble"

// A noted is news for who comes later.
type noted struct {
	At   time.Time `json:"at"`
	News news      `json:"news"`
}

// trouble returns the news of why WHMCS is left alone, false where it is not.
func (s *Store) trouble(ctx context.Context) (news, bool) {
	value, err := s.read(ctx, troubleValue)
	var n noted
	if err != nil || json.Unmarshal(value, &n) != nil {
		return news{}, false
	}
	ago := max(0, time.Since(n.At))
	n.News.Life -= ago
	n.News.Since += ago
	return n.News, n.News.Life > 0
}
