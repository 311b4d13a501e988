package slackfake_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"servicesbot/bot/slackfake"
)

// reply is an answer of the Web API.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (r reply) err() string {
	s, _ := r.body["error"].(string)
	return s
}

// messages are the details of a refusal, joined.
func (r reply) messages() string {
	meta, _ := r.body["response_metadata"].(map[string]any)
	return fmt.Sprint(meta["messages"])
}

// call calls a method as slack-go does: a form with the token in it.
func call(t *testing.T, w *slackfake.Workspace, method string, args url.Values) reply {
	t.Helper()
	form := url.Values{"token": {w.BotToken()}}
	for k, v := range args {
		form[k] = v
	}
	return send(t, w.URL()+method, "application/x-www-form-urlencoded", "", form.Encode())
}

// send posts a body and reads the JSON answer.
func send(t *testing.T, to, contentType, token, body string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(testContext(t), http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	r := reply{status: res.StatusCode, header: res.Header, body: map[string]any{}}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.NewDecoder(res.Body).Decode(&r.body); err != nil {
			t.Fatalf("%s: %v", to, err)
		}
	}
	return r
}

func must(t *testing.T, r reply) reply {
	t.Helper()
	if r.body["ok"] != true {
		t.Fatalf("refused: %v", r.body)
	}
	return r
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

type m = map[string]any

func plain(s string) m  { return m{"type": "plain_text", "text": s} }
func mrkdwn(s string) m { return m{"type": "mrkdwn", "text": s} }
func section(s string) m {
	return m{"type": "section", "text": mrkdwn(s)}
}

// button is an actions block with one button.
func button(id, label string) m {
	return m{"type": "actions", "elements": []m{{"type": "button", "action_id": id, "text": plain(label)}}}
}

func cells(texts ...string) []m {
	var row []m
	for _, s := range texts {
		row = append(row, m{"type": "raw_text", "text": s})
	}
	return row
}

func dataTable(rows ...[]m) m {
	return m{"type": "data_table", "caption": "Services", "rows": rows}
}

func repeat[T any](n int, x T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = x
	}
	return all
}

// TestRefusesBlocks posts blocks that Slack refuses and checks the place it points to.
func TestRefusesBlocks(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	long := strings.Repeat("x", 3001)
	for name, tc := range map[string]struct {
		blocks any
		error  string // "": invalid_blocks
		at     string // JSON pointer
	}{
		"unknown block":             {[]m{{"type": "hologram"}}, "", "/blocks/0/type"},
		"not a list":                {m{"type": "divider"}, "invalid_blocks_format", ""},
		"51 blocks":                 {repeat(51, m{"type": "divider"}), "", "/blocks"},
		"section of 3001":           {[]m{section(long)}, "", "/blocks/0/text/text"},
		"3001 in UTF-16 units":      {[]m{section(strings.Repeat("🪐", 1501))}, "", "/blocks/0/text/text"},
		"section without text":      {[]m{{"type": "section"}}, "", "/blocks/0"},
		"empty text":                {[]m{section("")}, "", "/blocks/0/text/text"},
		"field of 2001":             {[]m{{"type": "section", "fields": []m{mrkdwn(long[:2001])}}}, "", "/blocks/0/fields/0/text"},
		"11 fields":                 {[]m{{"type": "section", "fields": repeat(11, mrkdwn("x"))}}, "", "/blocks/0/fields"},
		"emoji with mrkdwn":         {[]m{{"type": "section", "text": m{"type": "mrkdwn", "text": "x", "emoji": true}}}, "", "/blocks/0/text/emoji"},
		"a disabled button":         {[]m{{"type": "actions", "elements": []m{{"type": "button", "text": plain("x"), "disabled": true}}}}, "", "/blocks/0/elements/0/disabled"},
		"a section with elements":   {[]m{{"type": "section", "text": plain("x"), "elements": []m{}}}, "", "/blocks/0/elements"},
		"verbatim plain text":       {[]m{{"type": "section", "text": m{"type": "plain_text", "text": "x", "verbatim": true}}}, "", "/blocks/0/text/verbatim"},
		"a menu's option in mrkdwn": {[]m{{"type": "actions", "elements": []m{{"type": "static_select", "options": []m{{"text": mrkdwn("x"), "value": "v"}}}}}}, "", "/blocks/0/elements/0/options/0/text"},
		"an option with an emoji":   {[]m{{"type": "actions", "elements": []m{{"type": "overflow", "options": []m{{"text": plain("x"), "value": "v", "emoji": true}}}}}}, "", "/blocks/0/elements/0/options/0/emoji"},
		"a number with a format":    {[]m{dataTable(cells("a"), []m{{"type": "raw_number", "value": 1, "format": "0.00"}})}, "", "/blocks/0/rows/1/0/format"},
		"bold rich text, misplaced": {[]m{{"type": "rich_text", "elements": []m{{"type": "rich_text_section", "elements": []m{{"type": "text", "text": "x", "bold": true}}}}}}, "", "/blocks/0/elements/0/elements/0/bold"},
		"confirm without text":      {[]m{{"type": "actions", "elements": []m{{"type": "button", "text": plain("x"), "confirm": m{"title": plain("x")}}}}}, "", "/blocks/0/elements/0/confirm/text"},
		"header of 151":             {[]m{{"type": "header", "text": plain(long[:151])}}, "", "/blocks/0/text/text"},
		"header in mrkdwn":          {[]m{{"type": "header", "text": mrkdwn("x")}}, "", "/blocks/0/text"},
		"block_id twice":            {[]m{{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}}, "", "/blocks/1/block_id"},
		"block_id of 256":           {[]m{{"type": "divider", "block_id": long[:256]}}, "", "/blocks/0/block_id"},
		"action_id twice":           {[]m{button("a", "x"), button("a", "y")}, "", "/blocks/1/elements/0/action_id"},
		"button label of 76":        {[]m{button("a", long[:76])}, "", "/blocks/0/elements/0/text/text"},
		"button value of 2001":      {[]m{{"type": "actions", "elements": []m{{"type": "button", "text": plain("x"), "value": long[:2001]}}}}, "", "/blocks/0/elements/0/value"},
		"empty button style":        {[]m{{"type": "actions", "elements": []m{{"type": "button", "text": plain("x"), "style": ""}}}}, "", "/blocks/0/elements/0/style"},
		"26 buttons":                {[]m{{"type": "actions", "elements": repeat(26, m{"type": "button", "text": plain("x")})}}, "", "/blocks/0/elements"},
		"unknown element":           {[]m{{"type": "actions", "elements": []m{{"type": "lever"}}}}, "", "/blocks/0/elements/0/type"},
		"11 in context":             {[]m{{"type": "context", "elements": repeat(11, mrkdwn("x"))}}, "", "/blocks/0/elements"},
		"option value of 151":       {[]m{{"type": "actions", "elements": []m{{"type": "overflow", "options": []m{{"text": plain("x"), "value": long[:151]}}}}}}, "", "/blocks/0/elements/0/options/0/value"},
		"6 overflow options":        {[]m{{"type": "actions", "elements": []m{{"type": "overflow", "options": repeat(6, m{"text": plain("x"), "value": "v"})}}}}, "", "/blocks/0/elements/0/options"},
		"initial option elsewhere":  {[]m{{"type": "actions", "elements": []m{{"type": "static_select", "options": []m{{"text": plain("x"), "value": "v"}}, "initial_option": m{"text": plain("y"), "value": "w"}}}}}, "", "/blocks/0/elements/0/initial_option"},
		"empty rich text":           {[]m{{"type": "rich_text", "elements": []m{{"type": "rich_text_section", "elements": []m{{"type": "text", "text": ""}}}}}}, "", "/blocks/0/elements/0/elements/0/text"},
		"12,001 of markdown":        {[]m{{"type": "markdown", "text": strings.Repeat("x", 6000)}, {"type": "markdown", "text": strings.Repeat("x", 6001)}}, "", "/blocks/1/text"},
		"alert in a message":        {[]m{{"type": "alert", "text": plain("x")}}, "", "/blocks/0/type"},
		"table without a caption":   {[]m{{"type": "data_table", "rows": [][]m{cells("a"), cells("b")}}}, "", "/blocks/0/caption"},
		"table of a header":         {[]m{dataTable(cells("a"))}, "", "/blocks/0/rows"},
		"table of 202 rows":         {[]m{dataTable(repeat(202, cells("a"))...)}, "", "/blocks/0/rows"},
		"table of 21 columns":       {[]m{dataTable(repeat(2, cells(repeat(21, "a")...))...)}, "", "/blocks/0/rows/0"},
		"table with uneven rows":    {[]m{dataTable(cells("a", "b"), cells("c"))}, "", "/blocks/0/rows/1"},
		"table with a number atop":  {[]m{dataTable([]m{{"type": "raw_number", "value": 1}}, cells("c"))}, "", "/blocks/0/rows/0/0/type"},
		"table with an empty cell":  {[]m{dataTable(cells("a"), cells(""))}, "", "/blocks/0/rows/1/0/text"},
		"table of 20,001":           {[]m{dataTable(cells("a"), cells(strings.Repeat("x", 20_000)))}, "", "/blocks/0/rows"},
		"page_size of 101":          {[]m{{"type": "data_table", "caption": "c", "page_size": 101, "rows": [][]m{cells("a"), cells("b")}}}, "", "/blocks/0/page_size"},
		"two tables":                {repeat(2, dataTable(cells("a"), cells("b"))), "invalid_attachments", ""},
		"chart of nothing":          {[]m{{"type": "data_visualization", "title": "t", "chart": m{"type": "pie", "segments": []m{{"label": "a", "value": 0}}}}}, "", "/blocks/0/chart/segments/0/value"},
		"chart of 7 segments":       {[]m{{"type": "data_visualization", "title": "t", "chart": m{"type": "pie", "segments": repeat(7, m{"label": "a", "value": 1})}}}, "", "/blocks/0/chart/segments"},
		"chart label of 21":         {[]m{{"type": "data_visualization", "title": "t", "chart": m{"type": "pie", "segments": []m{{"label": long[:21], "value": 1}}}}}, "", "/blocks/0/chart/segments/0/label"},
		"chart title of 51":         {[]m{{"type": "data_visualization", "title": long[:51], "chart": m{"type": "pie", "segments": []m{{"label": "a", "value": 1}}}}}, "", "/blocks/0/title"},
		"series without a category": {[]m{{"type": "data_visualization", "title": "t", "chart": m{"type": "bar", "axis_config": m{"categories": []string{"a", "b"}}, "series": []m{{"name": "n", "data": []m{{"label": "a", "value": 1}}}}}}}, "", "/blocks/0/chart/series/0/data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x", "blocks", jsonText(tc.blocks)))
			want := tc.error
			if want == "" {
				want = "invalid_blocks"
			}
			if r.err() != want {
				t.Fatalf("error %q, want %q: %v", r.err(), want, r.body)
			}
			if tc.at != "" && !strings.Contains(r.messages(), "[json-pointer:"+tc.at+"]") {
				t.Errorf("messages %s do not point to %s", r.messages(), tc.at)
			}
		})
	}
}

// TestTakesBlocks shows that what is just within the limits is taken.
func TestTakesBlocks(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	long := strings.Repeat("x", 3000)
	blocks := []any{
		section(long), m{"type": "header", "text": plain(long[:150]), "level": 2}, button("a", long[:75]),
		m{"type": "context", "elements": repeat(10, mrkdwn("x"))}, m{"type": "divider"},
		dataTable(append([][]m{cells("a", "b")}, repeat(200, []m{{"type": "raw_number", "value": 1.5, "text": "1.50"}, {"type": "raw_text", "text": "b"}})...)...),
		m{"type": "data_visualization", "title": "By status", "chart": m{"type": "pie", "segments": repeat(6, m{"label": "a", "value": 0.5})}},
		m{"type": "rich_text", "elements": []m{{"type": "rich_text_list", "style": "bullet", "elements": []m{
			{"type": "rich_text_section", "elements": []m{{"type": "text", "text": "x"}, {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"}}}}}}},
	}
	r := must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x", "blocks", jsonText(blocks))))
	ts, _ := r.body["ts"].(string)
	if msg, ok := w.Message("alice", "#support", ts); !ok || !msg.Shows("1.50", "By status", "then") {
		t.Errorf("message %v %q", ok, msg.PlainText())
	}
	w.RefuseNewBlocks(true)
	if r := call(t, w, "chat.postMessage", form("channel", slackfake.Support, "blocks", jsonText(blocks))); r.err() != "invalid_blocks" {
		t.Errorf("old workspace: %v", r.body)
	}
}

// TestRefusals calls methods as Slack refuses them.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		method  string
		args    url.Values
		prepare func(t *testing.T, w *slackfake.Workspace, args url.Values)
		error   string
	}{
		"no such method":             {"chat.shout", form(), nil, "unknown_method"},
		"bad token":                  {"auth.test", form("token", "xoxb-wrong"), nil, "invalid_auth"},
		"no token":                   {"auth.test", form("token", ""), nil, "not_authed"},
		"channel unknown":            {"chat.postMessage", form("channel", "C0NOWHERE", "text", "x"), nil, "channel_not_found"},
		"bot not in the channel":     {"chat.postMessage", form("channel", slackfake.General, "text", "x"), nil, "not_in_channel"},
		"private, bot not in":        {"chat.postMessage", form("channel", slackfake.Billing, "text", "x"), kickBot(slackfake.Billing), "channel_not_found"},
		"archived":                   {"chat.postMessage", form("channel", "C0OLD", "text", "x"), oldChannel, "is_archived"},
		"nothing to post":            {"chat.postMessage", form("channel", slackfake.Support, "text", " "), nil, "no_text"},
		"thread of nothing":          {"chat.postMessage", form("channel", slackfake.Support, "text", "x", "thread_ts", "1.000100"), nil, "cannot_reply_to_message"},
		"bad metadata":               {"chat.postMessage", form("channel", slackfake.Support, "text", "x", "metadata", `{"a":1}`), nil, "invalid_metadata_format"},
		"ephemeral to an outsider":   {"chat.postEphemeral", form("channel", slackfake.Support, "user", slackfake.Pat, "text", "x"), nil, "user_not_in_channel"},
		"ephemeral to a dead user":   {"chat.postEphemeral", form("channel", slackfake.Support, "user", slackfake.Dora, "text", "x"), nil, "user_not_in_channel"},
		"update of nothing":          {"chat.update", form("channel", slackfake.Support, "ts", "1.000100", "text", "x"), nil, "message_not_found"},
		"update of another's":        {"chat.update", form("channel", slackfake.Support, "text", "x"), alicePosts, "cant_update_message"},
		"delete of another's":        {"chat.delete", form("channel", slackfake.Support), alicePosts, "cant_delete_message"},
		"update of an ephemeral":     {"chat.update", form("channel", slackfake.Support, "text", "x"), ephemeral, "cant_update_message"},
		"update too long":            {"chat.update", form("channel", slackfake.Support, "text", strings.Repeat("x", 4001)), botPosts, "msg_too_long"},
		"info of a private channel":  {"conversations.info", form("channel", slackfake.Billing), kickBot(slackfake.Billing), "channel_not_found"},
		"dm with a bot":              {"conversations.open", form("users", slackfake.DeployBot), nil, "cannot_dm_bot"},
		"dm with a dead user":        {"conversations.open", form("users", slackfake.Dora), nil, "user_disabled"},
		"user unknown":               {"users.info", form("user", "U0NOBODY"), nil, "user_not_found"},
		"group unknown":              {"usergroups.users.list", form("usergroup", "S0NONE"), nil, "no_such_subteam"},
		"trigger unknown":            {"views.open", form("trigger_id", "1.2.3", "view", modal("x")), nil, "invalid_trigger_id"},
		"trigger used":               {"views.open", form("view", modal("x")), usedTrigger, "exchanged_trigger_id"},
		"trigger too old":            {"views.open", form("view", modal("x")), oldTrigger, "expired_trigger_id"},
		"submit_disabled":            {"views.open", form("view", jsonText(m{"type": "modal", "title": plain("x"), "blocks": []m{section("x")}, "submit_disabled": true})), freshTrigger, "invalid_arguments"},
		"both kinds of text":         {"chat.postMessage", form("channel", slackfake.Support, "text", "x", "markdown_text", "y"), nil, "markdown_text_conflict"},
		"12,001 of markdown_text":    {"chat.postMessage", form("channel", slackfake.Support, "markdown_text", strings.Repeat("x", 12_001)), nil, "msg_too_long"},
		"api.test of an error":       {"api.test", form("error", "my_error"), nil, "my_error"},
		"title of 25":                {"views.open", form("view", modal(strings.Repeat("x", 25))), freshTrigger, "invalid_arguments"},
		"input without submit":       {"views.open", form("view", jsonText(m{"type": "modal", "title": plain("x"), "blocks": []m{inputBlock("a")}})), freshTrigger, "invalid_arguments"},
		"blocks null":                {"views.open", form("view", `{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":null}`), freshTrigger, "invalid_arguments"},
		"data_table in a modal":      {"views.open", form("view", modal("x", dataTable(cells("a"), cells("b")))), freshTrigger, "invalid_arguments"},
		"101 blocks":                 {"views.open", form("view", modal("x", repeat(101, m{"type": "divider"})...)), freshTrigger, "invalid_arguments"},
		"private_metadata of 3001":   {"views.open", form("view", jsonText(m{"type": "modal", "title": plain("x"), "blocks": []m{}, "private_metadata": strings.Repeat("x", 3001)})), freshTrigger, "invalid_arguments"},
		"view of more than 250 KB":   {"views.open", form("view", modal("x", section(strings.Repeat("x", 260<<10)))), freshTrigger, "view_too_large"},
		"external_id twice":          {"views.open", form("view", external("e1")), openedWith("e1"), "duplicate_external_id"},
		"view is gone":               {"views.update", form("view_id", "V0NONE", "view", modal("x")), nil, "not_found"},
		"hash of an older view":      {"views.update", form("view", modal("x")), staleHash, "hash_conflict"},
		"push without a view":        {"views.push", form("view", modal("x")), freshTrigger, "invalid_trigger_id"},
		"home for nobody":            {"views.publish", form("user_id", "U0NOBODY", "view", `{"type":"home","blocks":[]}`), nil, "invalid_arguments"},
		"upload of nothing":          {"files.getUploadURLExternal", form("filename", "a.csv", "length", "0"), nil, "invalid_arguments"},
		"completion without bytes":   {"files.completeUploadExternal", form(), emptyUpload, "file_not_found"},
		"limited, when told to":      {"chat.postMessage", form("channel", slackfake.Support, "text", "x"), limited, "ratelimited"},
		"blocks that are not a list": {"chat.postMessage", form("channel", slackfake.Support, "blocks", `"x"`), nil, "invalid_blocks_format"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, slackfake.Config{})
			if tc.prepare != nil {
				tc.prepare(t, w, tc.args)
			}
			if r := call(t, w, tc.method, tc.args); r.err() != tc.error {
				t.Errorf("error %q, want %q: %v", r.err(), tc.error, r.body)
			}
			if n := w.Counts().Refused[tc.method+": "+tc.error]; n != 1 && tc.error != "ratelimited" {
				t.Errorf("counted %d refusals", n)
			}
		})
	}
}

func kickBot(channel string) func(*testing.T, *slackfake.Workspace, url.Values) {
	return func(t *testing.T, w *slackfake.Workspace, _ url.Values) {
		if err := w.Kick(slackfake.BotUser, channel); err != nil {
			t.Fatal(err)
		}
	}
}

func oldChannel(_ *testing.T, w *slackfake.Workspace, _ url.Values) {
	w.SetChannel(slackfake.Channel{ID: "C0OLD", Name: "old", Archived: true, Members: []string{slackfake.BotUser}})
}

func alicePosts(t *testing.T, w *slackfake.Workspace, args url.Values) {
	sent, err := w.Post("alice", "#support", "", "hello")
	if err != nil {
		t.Fatal(err)
	}
	args.Set("ts", sent.TS)
}

func botPosts(t *testing.T, w *slackfake.Workspace, args url.Values) {
	r := must(t, call(t, w, "chat.postMessage", form("channel", slackfake.Support, "text", "x")))
	args.Set("ts", r.body["ts"].(string))
}

func ephemeral(t *testing.T, w *slackfake.Workspace, args url.Values) {
	r := must(t, call(t, w, "chat.postEphemeral", form("channel", slackfake.Support, "user", slackfake.Alice, "text", "x")))
	args.Set("ts", r.body["message_ts"].(string))
}

func limited(_ *testing.T, w *slackfake.Workspace, _ url.Values) {
	w.Fail("chat.postMessage", slackfake.Failure{Status: http.StatusTooManyRequests, RetryAfter: 1500 * time.Millisecond})
}

// freshTrigger lets alice use a slash command; no socket is open, but the trigger is good.
func freshTrigger(t *testing.T, w *slackfake.Workspace, args url.Values) {
	sent, err := w.Slash("alice", "#support", "")
	if err != nil {
		t.Fatal(err)
	}
	args.Set("trigger_id", sent.TriggerID)
}

func usedTrigger(t *testing.T, w *slackfake.Workspace, args url.Values) {
	freshTrigger(t, w, args)
	must(t, call(t, w, "views.open", args))
}

func oldTrigger(t *testing.T, w *slackfake.Workspace, args url.Values) {
	freshTrigger(t, w, args)
	w.Advance(3 * time.Second)
}

func openedWith(id string) func(*testing.T, *slackfake.Workspace, url.Values) {
	return func(t *testing.T, w *slackfake.Workspace, args url.Values) {
		first := form("view", external(id))
		freshTrigger(t, w, first)
		must(t, call(t, w, "views.open", first))
		freshTrigger(t, w, args)
	}
}

func staleHash(t *testing.T, w *slackfake.Workspace, args url.Values) {
	first := form("view", modal("first"))
	freshTrigger(t, w, first)
	view := must(t, call(t, w, "views.open", first)).body["view"].(m)
	args.Set("view_id", view["id"].(string))
	args.Set("hash", view["hash"].(string))
	must(t, call(t, w, "views.update", args))
}

func emptyUpload(t *testing.T, w *slackfake.Workspace, args url.Values) {
	r := must(t, call(t, w, "files.getUploadURLExternal", form("filename", "a.csv", "length", "3")))
	args.Set("files", jsonText([]m{{"id": r.body["file_id"]}}))
}

func modal(title string, blocks ...m) string {
	if blocks == nil {
		blocks = []m{section("x")}
	}
	return jsonText(m{"type": "modal", "title": plain(title), "blocks": blocks})
}

func external(id string) string {
	return jsonText(m{"type": "modal", "title": plain("x"), "external_id": id, "blocks": []m{section("x")}})
}

func inputBlock(id string) m {
	return m{"type": "input", "block_id": id, "label": plain("Label " + id), "element": m{"type": "plain_text_input", "action_id": id}}
}

func TestMissingScopeNamesWhatIsNeeded(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{Scopes: []string{"commands", "channels:read"}})
	for method, needed := range map[string]string{
		"chat.postMessage": "chat:write", "users.info": "users:read", "files.getUploadURLExternal": "files:write",
		"usergroups.users.list": "usergroups:read", "conversations.open": "im:write",
	} {
		r := call(t, w, method, form())
		if r.err() != "missing_scope" || r.body["needed"] != needed || r.body["provided"] != "commands,channels:read" {
			t.Errorf("%s: %v", method, r.body)
		}
		if got := r.header.Get("X-OAuth-Scopes"); got != "commands,channels:read" {
			t.Errorf("%s: X-OAuth-Scopes %q", method, got)
		}
	}
	for channel, needed := range map[string]string{slackfake.Billing: "groups:read", slackfake.DM(slackfake.Alice): "im:read"} {
		if r := call(t, w, "conversations.info", form("channel", channel)); r.body["needed"] != needed {
			t.Errorf("%s: %v", channel, r.body)
		}
	}
	must(t, call(t, w, "conversations.info", form("channel", slackfake.Support)))
}

func TestTokensBelongToTheirMethods(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	open := w.URL() + "apps.connections.open"
	const kind = "application/x-www-form-urlencoded"
	if r := send(t, open, kind, w.BotToken(), ""); r.err() != "not_allowed_token_type" {
		t.Errorf("bot token: %v", r.body)
	}
	if r := send(t, open, kind, "", "token="+w.AppToken()); r.err() != "not_authed" {
		t.Errorf("app token in the body: %v", r.body)
	}
	if r := send(t, w.URL()+"auth.test", kind, w.AppToken(), ""); r.err() != "not_allowed_token_type" {
		t.Errorf("app token: %v", r.body)
	}
	if r := send(t, w.URL()+"auth.test", "application/json", "", `{"token":"`+w.BotToken()+`"}`); r.err() != "not_authed" {
		t.Errorf("token in JSON: %v", r.body)
	}
	must(t, send(t, open, "application/json", w.AppToken(), ""))
	req, err := http.NewRequestWithContext(testContext(t), http.MethodGet, open, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.AppToken())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body m
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || body["error"] != "insecure_request" {
		t.Errorf("GET: %v %v", body, err)
	}
}

func TestResponseURLIsUsedUpAndExpires(t *testing.T) {
	t.Parallel()
	w := start(t, slackfake.Config{})
	sent, err := w.Slash("alice", "#support", "x")
	if err != nil {
		t.Fatal(err)
	}
	answer := func(body string) reply { return send(t, sent.ResponseURL, "application/json", "", body) }
	for range 5 {
		if r := answer(`{"text":"hello","replace_original":true}`); r.status != http.StatusOK || r.err() != "" {
			t.Fatalf("%d %v", r.status, r.body)
		}
	}
	if n := len(w.Messages("alice", "#support")); n != 6 { // Slack's own complaint is the first: no socket was open
		t.Errorf("%d messages: replace_original must do nothing on a slash command's response_url", n)
	}
	if r := answer(`{"text":"hello"}`); r.status != http.StatusNotFound || r.err() != "used_url" {
		t.Errorf("sixth use: %d %v", r.status, r.body)
	}
	sent, err = w.Slash("alice", "#support", "x")
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(30 * time.Minute)
	if r := answer(`{"text":"hello"}`); r.status != http.StatusNotFound || r.err() != "expired_url" {
		t.Errorf("after 30 min: %d %v", r.status, r.body)
	}
	sent, err = w.Slash("alice", "#support", "x")
	if err != nil {
		t.Fatal(err)
	}
	if r := answer(`{"text":"x","blocks":[{"type":"hologram"}]}`); r.status != http.StatusOK || r.err() != "invalid_blocks" {
		t.Errorf("bad blocks: %d %v", r.status, r.body)
	}
}

// decode reads a JSON answer and closes it.
func decode(res *http.Response, v any) error {
	defer func() { _ = res.Body.Close() }()
	return json.NewDecoder(res.Body).Decode(v)
}
