package slackfake

import (
	"encoding/json"
	"strings"
	"time"
)

// Slack's limits of views.
const (
	triggerLife  = 3 * time.Second
	maxViewBytes = 250 << 10
	maxViewStack = 3
)

// A View is a modal or a Home tab as a person sees it. It is a copy.
type View struct {
	ID, Type, User       string // Type is modal or home; User whose it is
	CallbackID           string
	ExternalID           string
	PrivateMetadata      string
	Hash                 string
	RootID, PreviousID   string
	Title, Submit, Close string
	Blocks               json.RawMessage
	NotifyOnClose        bool
	ClearOnClose         bool
	Errors               map[string]string // by block_id: what the app did not like about the last submission
	Trouble              string            // Slack's own complaint, if the app did not answer
	Revision             int
	At, ChangedAt        time.Time                    // real time
	values               map[string]map[string]object // what is filled in, by block_id and action_id
	raw                  object                       // as the app sent it
}

// PlainText is what the view shows: title, blocks, errors.
func (v *View) PlainText() string {
	parts := append([]string{v.Title}, blockTexts(v.Blocks)...)
	for _, e := range v.Errors {
		parts = append(parts, e)
	}
	if v.Trouble != "" {
		parts = append(parts, v.Trouble)
	}
	return strings.Join(parts, "\n")
}

// Shows reports whether the view shows every one of the texts.
func (v *View) Shows(texts ...string) bool { return showsAll(v.PlainText(), texts) }

// Modal is the modal that user looks at, the topmost.
func (w *Workspace) Modal(user string) (View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil {
		return View{}, false
	}
	if v := w.top(u.ID); v != nil {
		return v.copy(), true
	}
	return View{}, false
}

// Modals are the modals open for user, the topmost last.
func (w *Workspace) Modals(user string) []View {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil {
		return nil
	}
	var stack []View
	for _, v := range w.modals[u.ID] {
		stack = append(stack, v.copy())
	}
	return stack
}

// Home is the Home tab that was published for user.
func (w *Workspace) Home(user string) (View, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil || w.homes[u.ID] == nil {
		return View{}, false
	}
	return w.homes[u.ID].copy(), true
}

func (w *Workspace) top(user string) *View {
	stack := w.modals[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

func (v *View) copy() View {
	c := *v
	c.Errors = make(map[string]string, len(v.Errors))
	for k, e := range v.Errors {
		c.Errors[k] = e
	}
	c.values, c.raw = nil, nil
	return c
}

// trigger is the right to open one modal.
type trigger struct {
	user    string
	view    string // the view it came from; "" otherwise
	expires time.Time
	used    bool
}

func (w *Workspace) newTrigger(user, view string) string {
	id := w.id("111.222.") + secret()
	w.triggers[id] = &trigger{user: user, view: view, expires: w.clock.now().Add(triggerLife)}
	w.after(time.Minute, func() { delete(w.triggers, id) })
	return id
}

// takeTrigger uses a trigger up.
func (w *Workspace) takeTrigger(id string) (*trigger, *apiError) {
	t := w.triggers[id]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case !w.clock.now().Before(t.expires):
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// readView reads and checks the view of a call.
func (w *Workspace) readView(a args, kind string) (*View, *apiError) {
	raw := a.json("view")
	if raw == nil {
		return nil, invalid("missing required field: view")
	}
	o, ok := decodeObject(raw)
	if !ok {
		return nil, invalid("view is not an object")
	}
	return w.makeView(o, len(raw), kind)
}

// invalid is Slack's refusal of wrong arguments.
func invalid(messages ...string) *apiError {
	e := &apiError{name: "invalid_arguments"}
	for _, m := range messages {
		e.messages = append(e.messages, "[ERROR] "+m)
	}
	return e
}

func (w *Workspace) makeView(o object, size int, kind string) (*View, *apiError) {
	if size > maxViewBytes {
		return nil, refuse("view_too_large")
	}
	if problems := w.checkView(o, kind); len(problems) > 0 {
		return nil, invalid(problems...)
	}
	var blocks []object
	for _, b := range list(o["blocks"]) {
		blocks = append(blocks, obj(b))
	}
	w.nameBlocks(blocks)
	notify, _ := o["notify_on_close"].(bool)
	clearAll, _ := o["clear_on_close"].(bool)
	now := time.Now()
	return &View{
		ID: w.id("V"), Type: str(o["type"]), CallbackID: str(o["callback_id"]), ExternalID: str(o["external_id"]),
		PrivateMetadata: str(o["private_metadata"]), Title: str(obj(o["title"])["text"]),
		Submit: str(obj(o["submit"])["text"]), Close: str(obj(o["close"])["text"]), Blocks: encode(blocks),
		NotifyOnClose: notify, ClearOnClose: clearAll, Hash: w.newHash(), At: now, ChangedAt: now, raw: o,
	}, nil
}

func (w *Workspace) newHash() string { return w.timestamp() + "." + secret()[:8] }

// clash reports whether another view has the external_id already.
func (w *Workspace) clash(external, except string) bool {
	found := w.lookUp("", external)
	return external != "" && found != nil && found.ID != except
}

// lookUp finds an open view by its id, or else by its external_id.
func (w *Workspace) lookUp(id, external string) *View {
	matches := func(v *View) bool {
		return v != nil && (id != "" && v.ID == id || id == "" && external != "" && v.ExternalID == external)
	}
	for _, v := range w.homes {
		if matches(v) {
			return v
		}
	}
	for _, stack := range w.modals {
		for _, v := range stack {
			if matches(v) {
				return v
			}
		}
	}
	return nil
}

func (w *Workspace) viewsOpen(c *call) (object, *apiError) { return w.show(c, false) }
func (w *Workspace) viewsPush(c *call) (object, *apiError) { return w.show(c, true) }

// show opens a modal for whoever the trigger belongs to, in place of those that are open
// or on top of them.
func (w *Workspace) show(c *call, onTop bool) (object, *apiError) {
	v, problem := w.readView(c.args, "modal")
	if problem != nil {
		return nil, problem
	}
	if w.clash(v.ExternalID, "") {
		return nil, refuse("duplicate_external_id")
	}
	id := c.args.str("trigger_id")
	if t := w.triggers[id]; onTop && t != nil {
		if len(w.modals[t.user]) >= maxViewStack {
			return nil, refuse("push_limit_reached")
		}
		if t.view == "" {
			return nil, refuse("invalid_trigger_id")
		}
	}
	t, problem := w.takeTrigger(id)
	if problem != nil {
		return nil, problem
	}
	if !onTop {
		w.modals[t.user] = nil
	}
	w.push(t.user, v)
	return object{"view": w.viewJSON(v)}, nil
}

// push puts a view on top of a person's modals.
func (w *Workspace) push(user string, v *View) {
	v.User, v.RootID = user, v.ID
	if below := w.top(user); below != nil {
		v.RootID, v.PreviousID = below.RootID, below.ID
	}
	w.modals[user] = append(w.modals[user], v)
	w.changed()
}

func (w *Workspace) viewsUpdate(c *call) (object, *apiError) {
	old := w.lookUp(c.args.str("view_id"), c.args.str("external_id"))
	if old == nil {
		return nil, refuse("not_found")
	}
	if h := c.args.str("hash"); h != "" && h != old.Hash {
		return nil, refuse("hash_conflict")
	}
	v, problem := w.readView(c.args, old.Type)
	if problem != nil {
		return nil, problem
	}
	if w.clash(v.ExternalID, old.ID) {
		return nil, refuse("duplicate_external_id")
	}
	w.replace(old, v)
	return object{"view": w.viewJSON(old)}, nil
}

// replace gives a view new content; what is filled in stays where the ids are the same.
func (w *Workspace) replace(old, by *View) {
	by.ID, by.User, by.RootID, by.PreviousID = old.ID, old.User, old.RootID, old.PreviousID
	by.At, by.Revision, by.values = old.At, old.Revision+1, old.values
	*old = *by
	w.changed()
}

func (w *Workspace) viewsPublish(c *call) (object, *apiError) {
	u := w.users[c.args.str("user_id")]
	if u == nil || u.Bot {
		return nil, invalid("user_id is not a user of this workspace")
	}
	old := w.homes[u.ID]
	if h := c.args.str("hash"); h != "" && (old == nil || h != old.Hash) {
		return nil, refuse("hash_conflict")
	}
	v, problem := w.readView(c.args, "home")
	if problem != nil {
		return nil, problem
	}
	if old == nil {
		v.User, v.RootID = u.ID, v.ID
		w.homes[u.ID] = v
		w.changed()
		return object{"view": w.viewJSON(v)}, nil
	}
	w.replace(old, v)
	return object{"view": w.viewJSON(old)}, nil
}

// viewJSON is a view as Slack's payloads carry it.
func (w *Workspace) viewJSON(v *View) object {
	o := object{
		"id": v.ID, "team_id": TeamID, "type": v.Type, "callback_id": v.CallbackID, "external_id": v.ExternalID,
		"private_metadata": v.PrivateMetadata, "hash": v.Hash, "root_view_id": v.RootID, "previous_view_id": nil,
		"app_id": AppID, "bot_id": BotID, "app_installed_team_id": TeamID, "blocks": v.Blocks,
		"notify_on_close": v.NotifyOnClose, "clear_on_close": v.ClearOnClose,
		"state": object{"values": w.stateOf(v)}, "title": v.raw["title"], "submit": v.raw["submit"], "close": v.raw["close"],
	}
	if v.PreviousID != "" {
		o["previous_view_id"] = v.PreviousID
	}
	return o
}
