package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

const (
	beatEvery   = 2 * time.Second
	deadBeat    = 8 * time.Second // without a beat a replica counts as dead
	journalLife = 24 * time.Hour
	takenFor    = time.Hour // who was taken for dead is told so
)

// postedMark begins the name of a field of the journal that says of an entry that something
// may have been posted. The scripts know it too.
const postedMark = "!"

// To accept what this replica has accepted before is to renew it. A bucket holds a minute's
// worth of tokens and fills by the server's clock. The script returns -1 for what another replica
// has, else how many milliseconds the asker has to wait.
var acceptScript = rueidis.NewLuaScript(`
local by = redis.call('GET', KEYS[2])
if by and by ~= ARGV[2] then return -1 end
for i = 4, #KEYS do
	by = redis.call('GET', KEYS[i])
	if by and by ~= ARGV[1] then return -1 end
end
for i = 4, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[3]) end
local new = redis.call('HSET', KEYS[1], ARGV[1], ARGV[4]) == 1
if ARGV[6] == '1' then redis.call('HSET', KEYS[1], '!' .. ARGV[1], '1') end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
local most = tonumber(ARGV[7])
if most == 0 or not new then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local had = redis.call('HMGET', KEYS[3], 'left', 'at')
local left = tonumber(had[1]) or most
left = math.min(most, left + math.max(0, now - (tonumber(had[2]) or now)) * most / 60000)
if left < 1 then return math.ceil((1 - left) * 60000 / most) end
redis.call('HSET', KEYS[3], 'left', tostring(left - 1), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[3], 120000)
return 0`)

// A tombstone says who has taken an entry over. Without one nobody has, also where the server
// has lost everything.
var postScript = rueidis.NewLuaScript(`
local by = redis.call('GET', KEYS[2])
if by and by ~= ARGV[2] then return 0 end
if redis.call('EXISTS', KEYS[3]) == 1 then return 2 end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then redis.call('HSET', KEYS[1], '!' .. ARGV[1], '1') end
return 1`)

// Of what was asked before, the same question goes: sealed it looks different each time, so a hash
// of it comes first.
var doneScript = rueidis.NewLuaScript(`
redis.call('HDEL', KEYS[1], ARGV[1], '!' .. ARGV[1])
if ARGV[3] ~= '' then
	for _, was in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
		if string.sub(was, 1, #ARGV[3]) == ARGV[3] then redis.call('LREM', KEYS[2], 0, was) end
	end
	redis.call('LPUSH', KEYS[2], ARGV[3] .. ARGV[4])
	redis.call('LTRIM', KEYS[2], 0, ARGV[5] - 1)
	redis.call('PEXPIRE', KEYS[2], ARGV[6])
end
for i = 3, #KEYS do
	local by = redis.call('GET', KEYS[i])
	if ARGV[2] ~= '0' then
		if not by or by == ARGV[1] then redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2]) end
	elseif by == ARGV[1] then
		redis.call('DEL', KEYS[i])
	end
end
return 1`)

// journalOf is the key of a replica's journal.
func (s *Store) journalOf(replica string) string { return s.prefix + "journal:" + replica }

// accept claims an entry's names, enters it and takes a token, in one step: who has the one has
// the others.
func (s *Store) accept(ctx context.Context, e entry) (admission, error) {
	s.kept.begin(e)
	is, err := s.enter(ctx, e)
	switch {
	case err != nil:
		s.kept.failed()
	case !is.first:
		s.kept.end(e.ref)
	}
	return is, err
}

// enter enters an entry, once more where it is there already.
func (s *Store) enter(ctx context.Context, e entry) (admission, error) {
	sealed := s.seal.close(s.prefix+"entry:"+e.ref, e.request)
	keys := append([]string{s.journalOf(s.id), s.takenKey(e.ref), s.key("rate", e.asker)}, s.keys("claim", e.names)...)
	posted := "0"
	if e.posted {
		posted = "1"
	}
	n, err := s.count(ctx, acceptScript, "accept", keys,
		[]string{e.ref, s.id, millis(claimedFor), rueidis.BinaryString(sealed), millis(journalLife), posted, strconv.Itoa(e.perMinute)})
	if err != nil || n < 0 {
		return admission{}, err
	}
	return admission{first: true, wait: time.Duration(n) * time.Millisecond}, nil
}

// takenKey is the key of the tombstone of an entry.
func (s *Store) takenKey(ref string) string { return s.prefix + "taken:" + ref }

// post asks whether something may be posted for user's request ref, and notes that it may have
// been.
func (s *Store) post(ctx context.Context, ref, user string) (permit, error) {
	s.kept.posts(ref)
	keys := []string{s.journalOf(s.id), s.takenKey(ref), s.key("flag", stopFlag(ref, user))}
	n, err := s.count(ctx, postScript, "post", keys, []string{ref, s.id})
	switch {
	case err != nil:
		return permitted, err
	case n == 0:
		return takenOver, nil
	case n == 2:
		return toldStop, nil
	}
	return permitted, nil
}

// done takes an entry out and keeps what was asked.
func (s *Store) done(ctx context.Context, e entry, answered bool) error {
	life := "0"
	if answered {
		life = millis(doneFor)
	}
	claims := s.keys("claim", e.names)
	s.kept.end(e.ref)
	if answered {
		s.kept.claim(e.ref, doneFor, claims...)
	}
	questions := s.key("asked", e.asker)
	hash, sealed := "", ""
	if e.asked != "" {
		hash, sealed = s.seal.name(questions+"\x00"+e.asked), rueidis.BinaryString(s.seal.close(questions, []byte(e.asked)))
	}
	_, err := s.count(ctx, doneScript, "done", append([]string{s.journalOf(s.id), questions}, claims...),
		[]string{e.ref, life, hash, sealed, strconv.Itoa(historyMost), millis(historyFor)})
	if err != nil {
		s.kept.remains(e.ref)
	}
	return err
}

// lastAsked returns what somebody asked last.
func (s *Store) lastAsked(ctx context.Context, asker string) ([]string, error) {
	questions := s.key("asked", asker)
	var all []string
	err := s.do(ctx, "last asked", func(ctx context.Context, c rueidis.Client) error {
		var err error
		all, err = c.Do(ctx, c.B().Lrange().Key(questions).Start(0).Stop(-1).Build()).AsStrSlice()
		return err
	})
	var lines []string
	for _, text := range all {
		if line := s.opened(questions, text[min(len(text), sealedName):]); line != nil {
			lines = append(lines, string(line))
		}
	}
	return lines, err
}

// Replicas are those that live, in the order in which they came, and those that do not.
type replicas struct {
	living []string
	dead   []string // without a beat for a while
	left   []string // they said so
	isNew  bool     // the server did not know this one: it was started again, or has taken it for dead
}

// The replicas' last beats and first ones are two sorted sets. A beat far in the past is that
// of a replica that has left.
var beatScript = rueidis.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
local new = redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1])
local living, dead, left = {}, {}, {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
	local at = tonumber(redis.call('ZSCORE', KEYS[1], id) or '0')
	if at > now - ARGV[2] then living[#living + 1] = id elseif at > 0 then dead[#dead + 1] = id else left[#left + 1] = id end
end
return {table.concat(living, ' '), table.concat(dead, ' '), table.concat(left, ' '), tostring(new)}`)

// beat says that this replica lives, and learns who else does.
func (s *Store) beat(ctx context.Context) (replicas, error) {
	reply, err := s.script(ctx, beatScript, "beat", []string{s.prefix + "beats", s.prefix + "joined"},
		[]string{s.id, millis(s.deadBeat)})
	if err != nil {
		return replicas{}, err
	}
	lists, err := reply.AsStrSlice()
	if err != nil || len(lists) != 4 {
		return replicas{}, errAway
	}
	r := replicas{living: strings.Fields(lists[0]), dead: strings.Fields(lists[1]), left: strings.Fields(lists[2]), isNew: lists[3] == "1"}
	s.mu.Lock()
	s.seen = r
	s.mu.Unlock()
	s.status.replicas.Set(float64(len(r.living)))
	return r, nil
}

// known returns the replicas as of the last beat.
func (s *Store) known() replicas {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// alone reports whether no other replica was seen at the last beat.
func (s *Store) alone() bool { return len(s.known().living) < 2 }

var takeOverScript = rueidis.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if at and tonumber(at) > now - ARGV[3] then return {} end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
local all = redis.call('HGETALL', KEYS[3])
for i = 1, #all, 2 do
	redis.call('HSET', KEYS[4], all[i], all[i + 1])
	if string.sub(all[i], 1, 1) ~= '!' then redis.call('SET', ARGV[4] .. all[i], ARGV[2], 'PX', ARGV[5]) end
end
redis.call('DEL', KEYS[3])
return all`)

// takeOver takes what a dead replica had accepted. Of several that try, one gets it all.
func (s *Store) takeOver(ctx context.Context, dead string) ([]entry, error) {
	keys := []string{s.prefix + "beats", s.prefix + "joined", s.journalOf(dead), s.journalOf(s.id)}
	reply, err := s.script(ctx, takeOverScript, "take over", keys,
		[]string{dead, s.id, millis(s.deadBeat), s.prefix + "taken:", millis(takenFor)})
	if err != nil {
		return nil, err
	}
	fields, err := reply.AsStrSlice()
	if err != nil {
		return nil, errAway
	}
	var all []entry
	var posted []string
	for i := 0; i+1 < len(fields); i += 2 {
		if ref, marked := strings.CutPrefix(fields[i], postedMark); marked {
			posted = append(posted, ref)
			continue
		}
		request, ok := s.seal.open(s.prefix+"entry:"+fields[i], []byte(fields[i+1]))
		if !ok {
			s.status.storeUnopened.Inc()
			continue
		}
		all = append(all, entry{ref: fields[i], request: request})
	}
	for i := range all {
		all[i].posted = slices.Contains(posted, all[i].ref)
	}
	return all, nil
}

// leave lets the others take over at once what this replica has not done.
func (s *Store) leave(ctx context.Context) error {
	s.renew(ctx, false) // or what is done, and could not be taken out, would be done again
	err := s.do(ctx, "leave", func(ctx context.Context, c rueidis.Client) error {
		return c.Do(ctx, c.B().Zadd().Key(s.prefix+"beats").ScoreMember().ScoreMember(0, s.id).Build()).Error()
	})
	if err != nil {
		return err
	}
	return s.broadcast(ctx, news{Kind: newsLeft})
}
