package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"servicesbot/whmcs"
	"servicesbot/whmcs/query"
)

const (
	leadFor     = 5 * time.Second // without word of its progress a reading has no leader
	chunkWithin = 2 * time.Second // one chunk on its way to or from the server
	chunksMost  = 10_000
)

// sharedRows are the rows of one installation, as one identity sees them.
type sharedRows struct {
	s            *Store
	installation string
}

var _ query.SharedRows = sharedRows{}

// Rows returns what processes share their readings of an installation by. installation names
// it, and the identity that it is asked with; it is kept as a hash.
func (s *Store) Rows(installation string) query.SharedRows { return sharedRows{s, installation} }

// A copied is what the manifest's key holds.
type copied struct {
	Generation string
	Chunks     int
	Manifest   []byte
}

func (r sharedRows) key(kind string) string { return r.s.key("rows-"+kind, r.installation) }

func (r sharedRows) chunk(generation string, n int) string {
	return r.s.key("rows-chunk", r.installation+"\x00"+generation+"\x00"+strconv.Itoa(n))
}

// Load returns the newest copy, if wanted accepts its manifest.
func (r sharedRows) Load(ctx context.Context, wanted func(manifest []byte) bool) ([]byte, [][]byte, error) {
	if r.s.ready() == nil {
		return nil, nil, errAway
	}
	_, text, err := r.s.get(ctx, r.key("manifest"))
	var c copied
	if err != nil || text == nil || json.Unmarshal(text, &c) != nil || c.Chunks > chunksMost || !wanted(c.Manifest) {
		return nil, nil, err
	}
	chunks, done := make([][]byte, c.Chunks), make([]<-chan error, c.Chunks)
	for n := range chunks {
		done[n] = whmcs.Go(func() (err error) {
			chunks[n], err = r.loadChunk(ctx, r.chunk(c.Generation, n))
			return err
		})
	}
	whole := true
	for n := range done {
		whole = <-done[n] == nil && chunks[n] != nil && whole
	}
	if !whole { // it has lapsed meanwhile
		return nil, nil, nil
	}
	return c.Manifest, chunks, nil
}

func (r sharedRows) loadChunk(ctx context.Context, key string) (chunk []byte, err error) {
	var sealed string
	err = r.s.doWithin(ctx, chunkWithin, "rows", func(ctx context.Context, c rueidis.Client) error {
		var err error
		sealed, err = c.Do(ctx, c.B().Get().Key(key).Build()).ToString()
		return err
	})
	if err != nil {
		return nil, err
	}
	chunk, ok := r.s.seal.open(key, []byte(sealed))
	if !ok {
		r.s.status.storeUnopened.Inc()
		return nil, errAway
	}
	return chunk, nil
}

var leadScript = rueidis.NewLuaScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'looked', '0', 'of', '0')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

// Lead makes the caller the one that reads.
func (r sharedRows) Lead(ctx context.Context) (string, error) {
	generation := strings.ToLower(rand.Text()[:12])
	if r.s.ready() == nil {
		return "", errAway
	}
	n, err := r.s.count(ctx, leadScript, "lead", []string{r.key("lead")}, []string{generation, millis(leadFor)})
	if n != 1 || err != nil {
		return "", err
	}
	return generation, nil
}

var goingScript = rueidis.NewLuaScript(`
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'looked', ARGV[3], 'of', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

// Going says how far the reading has come.
func (r sharedRows) Going(ctx context.Context, generation string, looked, of int) error {
	if r.s.ready() == nil {
		return errAway
	}
	_, err := r.s.count(ctx, goingScript, "going", []string{r.key("lead")}, []string{generation, millis(leadFor), strconv.Itoa(looked), strconv.Itoa(of)})
	return err
}

// Follow says how far the other's reading has come.
func (r sharedRows) Follow(ctx context.Context) (looked, of int, err error) {
	if r.s.ready() == nil {
		return 0, 0, errAway
	}
	err = r.s.do(ctx, "follow", func(ctx context.Context, c rueidis.Client) error {
		counts, err := c.Do(ctx, c.B().Hmget().Key(r.key("lead")).Field("looked", "of").Build()).AsStrSlice()
		if err != nil || len(counts) != 2 {
			return err
		}
		looked, _ = strconv.Atoi(counts[0]) // 0 where the reading has just ended
		of, _ = strconv.Atoi(counts[1])
		return nil
	})
	return looked, of, err
}

var saveScript = rueidis.NewLuaScript(`
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1`)

// Save stores the chunks, and the manifest last: who finds it finds all. A reading that has
// lost the lead stores none.
func (r sharedRows) Save(ctx context.Context, generation string, manifest []byte, chunks [][]byte, life time.Duration) error {
	if r.s.ready() == nil {
		return errAway
	}
	if life <= 0 || len(chunks) > chunksMost {
		return nil
	}
	for n, chunk := range chunks {
		key := r.chunk(generation, n)
		sealed := rueidis.BinaryString(r.s.seal.close(key, chunk))
		err := r.s.doWithin(ctx, chunkWithin, "rows", func(ctx context.Context, c rueidis.Client) error {
			return c.Do(ctx, c.B().Set().Key(key).Value(sealed).Px(life).Build()).Error()
		})
		if err != nil {
			return err
		}
	}
	text, err := json.Marshal(copied{generation, len(chunks), manifest})
	if err != nil {
		return err
	}
	key := r.key("manifest")
	_, err = r.s.count(ctx, saveScript, "save", []string{r.key("lead"), key},
		[]string{generation, rueidis.BinaryString(r.s.seal.close(key, text)), millis(life)})
	return err
}

var yieldScript = rueidis.NewLuaScript(`
if redis.call('HGET', KEYS[1], 'generation') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`)

// Yield lets another one lead.
func (r sharedRows) Yield(ctx context.Context, generation string) {
	if r.s.ready() != nil {
		_, _ = r.s.count(ctx, yieldScript, "yield", []string{r.key("lead")}, []string{generation}) // else it lapses
	}
}
