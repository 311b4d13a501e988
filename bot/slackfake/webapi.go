package slackfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A method is one method of the Web API.
type method struct {
	scope string // that the token needs; "": none
	app   bool   // wants the app token
	open  bool   // wants none
	run   func(*Workspace, *call) (object, *apiError)
}

// methods are the methods that the workspace has. A function runs with the workspace locked.
var methods = map[string]method{
	"apps.connections.open":        {scope: "connections:write", app: true, run: (*Workspace).connectionsOpen},
	"api.test":                     {open: true, run: (*Workspace).apiTest},
	"auth.test":                    {run: (*Workspace).authTest},
	"chat.postMessage":             {scope: "chat:write", run: (*Workspace).postMessage},
	"chat.update":                  {scope: "chat:write", run: (*Workspace).updateMessage},
	"chat.delete":                  {scope: "chat:write", run: (*Workspace).deleteMessage},
	"chat.postEphemeral":           {scope: "chat:write", run: (*Workspace).postEphemeral},
	"chat.getPermalink":            {run: (*Workspace).getPermalink},
	"conversations.info":           {run: (*Workspace).conversationsInfo},
	"conversations.open":           {scope: "im:write", run: (*Workspace).conversationsOpen},
	"users.info":                   {scope: "users:read", run: (*Workspace).usersInfo},
	"usergroups.users.list":        {scope: "usergroups:read", run: (*Workspace).groupUsers},
	"usergroups.list":              {scope: "usergroups:read", run: (*Workspace).groupList},
	"views.open":                   {run: (*Workspace).viewsOpen},
	"views.push":                   {run: (*Workspace).viewsPush},
	"views.update":                 {run: (*Workspace).viewsUpdate},
	"views.publish":                {run: (*Workspace).viewsPublish},
	"files.getUploadURLExternal":   {scope: "files:write", run: (*Workspace).getUploadURL},
	"files.completeUploadExternal": {scope: "files:write", run: (*Workspace).completeUpload},
	"files.delete":                 {scope: "files:write", run: (*Workspace).deleteFile},
}

// apiError is a refusal: {"ok":false,"error":name}, with details.
type apiError struct {
	name     string
	messages []string // of response_metadata
	extra    object
}

func refuse(name string) *apiError { return &apiError{name: name} }

func missingScope(needed string, provided []string) *apiError {
	return &apiError{name: "missing_scope", extra: object{"needed": needed, "provided": strings.Join(provided, ",")}}
}

// call is one call of the Web API.
type call struct {
	method string
	token  string
	body   bool // the token came in the body
	args   args
	http   *http.Request
}

// maxRequest is more than any call of a bot needs.
const maxRequest = 4 << 20

// serveAPI answers a call: /api/{method}.
func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request) {
	started := time.Now()
	c, problem := readCall(r.PathValue("method"), r)
	f := w.meet(c.method, r)
	if name := f.name(); name != "" && !f.Done {
		w.record(c, nil, name, started)
		w.fail(rw, r, f)
		return
	}
	w.mu.Lock()
	reply, refusal := object(nil), problem
	if refusal == nil {
		reply, refusal = w.run(c)
	}
	w.mu.Unlock()
	outcome := "ok"
	if refusal != nil {
		outcome = refusal.name
	}
	body := answer(reply, refusal)
	w.record(c, body, firstOf(f.name(), outcome), started)
	if w.fail(rw, r, f) {
		return
	}
	rw.Header().Set("X-OAuth-Scopes", strings.Join(w.scopes(c.token), ","))
	writeJSON(rw, f, body)
}

func (w *Workspace) scopes(token string) []string {
	if token == w.appToken {
		return w.cfg.AppScopes
	}
	return w.cfg.Scopes
}

// record counts a call and puts it into the trace.
func (w *Workspace) record(c *call, body []byte, outcome string, started time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts.Calls[c.method]++
	if outcome != "ok" {
		w.counts.Refused[c.method+": "+outcome]++
	}
	w.trace.add(TraceLine{
		At: started, Kind: "call", What: c.method, Outcome: outcome, Took: time.Since(started),
		args: c.args, got: body,
	})
	w.changed()
}

func answer(reply object, refusal *apiError) []byte {
	if refusal != nil {
		reply = object{"ok": false, "error": refusal.name}
		for k, v := range refusal.extra {
			reply[k] = v
		}
		if len(refusal.messages) > 0 {
			reply["response_metadata"] = object{"messages": refusal.messages}
		}
		return encode(reply)
	}
	if reply == nil {
		reply = object{}
	}
	reply["ok"] = true
	return encode(reply)
}

// writeJSON sends a body, cut off in the middle if f says so.
func writeJSON(rw http.ResponseWriter, f Failure, body []byte) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if f.Cut {
		body = body[:len(body)/2]
	}
	_, _ = rw.Write(body)
}

// run checks the token and its scopes and calls the method.
func (w *Workspace) run(c *call) (object, *apiError) {
	m, ok := methods[c.method]
	if !ok {
		return nil, refuse("unknown_method")
	}
	if m.open {
		return m.run(w, c)
	}
	var provided []string
	switch c.token {
	case "":
		return nil, refuse("not_authed")
	case w.botToken:
		if m.app {
			return nil, refuse("not_allowed_token_type")
		}
		provided = w.cfg.Scopes
	case w.appToken:
		if !m.app {
			return nil, refuse("not_allowed_token_type")
		}
		provided = w.cfg.AppScopes
	default:
		return nil, refuse("invalid_auth")
	}
	if m.scope != "" && !slices.Contains(provided, m.scope) {
		return nil, missingScope(m.scope, provided)
	}
	return m.run(w, c)
}

func (w *Workspace) scoped(scope string) *apiError {
	if slices.Contains(w.cfg.Scopes, scope) {
		return nil
	}
	return missingScope(scope, w.cfg.Scopes)
}

// readCall reads the token and the arguments: from a form of either kind, or from JSON with
// a bearer header. A token in a JSON body does not count; one in the address is refused.
func readCall(name string, r *http.Request) (*call, *apiError) {
	c := &call{method: name, http: r, args: args{}}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = bearer
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	if err != nil {
		return c, refuse("request_timeout")
	}
	query := r.URL.Query()
	if query.Has("token") {
		return c, refuse("not_authed")
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		if len(raw) == 0 {
			return c, nil
		}
		o, ok := decodeObject(raw)
		if !ok {
			return c, refuse("invalid_json")
		}
		c.args = o
		return c, nil
	}
	form, err := readForm(kind, params["boundary"], raw)
	if err != nil {
		return c, refuse("invalid_form_data")
	}
	for key, values := range query {
		form[key] = append(form[key], values...)
	}
	if t := form.Get("token"); t != "" && c.token == "" {
		c.token, c.body = t, true
	}
	for key := range form {
		c.args[key] = form.Get(key)
	}
	return c, nil
}

// readForm reads a form, in parts or not. Files in it are left out.
func readForm(kind, boundary string, raw []byte) (url.Values, error) {
	if kind != "multipart/form-data" {
		return url.ParseQuery(string(raw))
	}
	form, err := multipart.NewReader(bytes.NewReader(raw), boundary).ReadForm(maxRequest)
	if err != nil {
		return nil, err
	}
	return form.Value, nil
}

// args are the arguments of a call. In a form every value is a string and lists are
// JSON in it; in JSON they are what they are.
type args object

func (a args) has(key string) bool {
	v, ok := a[key]
	return ok && v != nil && v != ""
}

func (a args) str(key string) string {
	switch v := a[key].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (a args) bool(key string) bool {
	switch v := a[key].(type) {
	case bool:
		return v
	case string:
		return v == "true" || v == "1"
	}
	return false
}

// flag is a boolean that may be absent.
func (a args) flag(key string) *bool {
	if !a.has(key) {
		return nil
	}
	b := a.bool(key)
	return &b
}

// json is the encoded value, or nil if it is absent or null.
func (a args) json(key string) []byte {
	switch v := a[key].(type) {
	case nil:
		return nil
	case string:
		if v == "" || v == "null" {
			return nil
		}
		return []byte(v)
	default:
		return encode(v)
	}
}

// apiTest gives back what it was given, or the error that it is asked for.
func (w *Workspace) apiTest(c *call) (object, *apiError) {
	if name := c.args.str("error"); name != "" {
		return nil, refuse(name)
	}
	return object{"args": object(c.args)}, nil
}

func (w *Workspace) authTest(c *call) (object, *apiError) {
	o := object{
		"url": "https://" + teamName + ".slack.com/", "team": teamName, "user": BotName,
		"team_id": TeamID, "user_id": BotUser, "bot_id": BotID, "is_enterprise_install": w.cfg.OrgInstall,
	}
	if w.cfg.Enterprise != "" {
		o["enterprise_id"] = w.cfg.Enterprise
	}
	return o, nil
}

func (w *Workspace) connectionsOpen(c *call) (object, *apiError) {
	if c.http.Method != http.MethodPost {
		return nil, refuse("insecure_request")
	}
	if c.body {
		return nil, refuse("not_authed")
	}
	t := secret()
	w.tickets[t] = ticket{expires: w.clock.now().Add(ticketLife)}
	return object{"url": fmt.Sprintf("ws://%s/link/?ticket=%s&app_id=%s", w.listener.Addr(), t, AppID)}, nil
}
