package slackfake

import (
	"encoding/json"
	"time"
)

// maxShown is how many messages of a conversation the page gets, the newest.
const maxShown = 200

// demoState is all that the page shows to one person.
type demoState struct {
	Team      string                   `json:"team"`
	Bot       string                   `json:"bot"` // user id
	Command   string                   `json:"command"`
	Shortcuts []demoShortcut           `json:"shortcuts"`
	Me        demoPerson               `json:"me"`
	People    []demoPerson             `json:"people"` // whom one can be
	Names     map[string]string        `json:"names"`  // of users, channels and groups by id
	Channels  []demoChannel            `json:"channels"`
	Messages  map[string][]demoMessage `json:"messages"` // by channel id, threads included, oldest first
	Modals    []demoView               `json:"modals"`   // the one on top last
	Home      *demoView                `json:"home"`
	Notices   []demoNotice             `json:"notices"`
	Switches  []demoSwitch             `json:"switches"`
	Sockets   int                      `json:"sockets"` // that the bot has open
	Caption   string                   `json:"caption"` // what is played just now; "": nothing
}

type demoShortcut struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Message bool   `json:"message"`
}

type demoPerson struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Real  string `json:"real_name"`
	Title string `json:"title"`
	TZ    string `json:"tz"`
}

type demoChannel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Kind     string `json:"kind"` // channel, private, im
	Shared   bool   `json:"shared"`
	Archived bool   `json:"archived"`
	BotIn    bool   `json:"bot_in"`
}

type demoMessage struct {
	TS        string          `json:"ts"`
	ThreadTS  string          `json:"thread_ts,omitempty"`
	User      string          `json:"user"`
	Bot       bool            `json:"bot"`
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks,omitempty"`
	Files     []demoFile      `json:"files,omitempty"`
	Ephemeral bool            `json:"ephemeral"`
	Edited    bool            `json:"edited"`
	Command   string          `json:"command,omitempty"` // that a public answer reveals
	Revision  int             `json:"revision"`
}

type demoFile struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
	Size  int    `json:"size"`
}

type demoView struct {
	ID       string            `json:"id"`
	Type     string            `json:"type"`
	Title    string            `json:"title"`
	Submit   string            `json:"submit"` // "": no button
	Close    string            `json:"close"`
	Blocks   json.RawMessage   `json:"blocks"`
	Values   object            `json:"values"` // what is filled in: the state by block_id and action_id
	Errors   map[string]string `json:"errors"` // by block_id
	Trouble  string            `json:"trouble"`
	Revision int               `json:"revision"`
}

type demoNotice struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type demoSwitch struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Group  string `json:"group"`
	Button bool   `json:"button"`
	On     bool   `json:"on"`
}

// demoState gathers what one person sees; without a name, of the first person.
func (w *Workspace) demoState(user string) (*demoState, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if user == "" {
		user = Alice
	}
	u, err := w.user(user)
	if err != nil {
		return nil, err
	}
	s := &demoState{
		Team: teamName, Bot: BotUser, Command: w.cfg.Command, Me: person(u), Names: map[string]string{},
		Messages: map[string][]demoMessage{}, Modals: []demoView{}, Notices: []demoNotice{}, Caption: w.caption,
	}
	w.addPlaces(s, u)
	for _, v := range w.modals[u.ID] {
		s.Modals = append(s.Modals, w.demoView(v))
	}
	if home := w.homes[u.ID]; home != nil {
		v := w.demoView(home)
		s.Home = &v
	}
	for _, n := range w.notices {
		if n.User == u.ID {
			s.Notices = append(s.Notices, demoNotice{n.Text, n.At})
		}
	}
	for _, x := range w.switches {
		s.Switches = append(s.Switches, demoSwitch{x.Name, x.Label, x.Group, x.Button, x.On})
	}
	for _, x := range w.cfg.Shortcuts {
		s.Shortcuts = append(s.Shortcuts, demoShortcut{x.CallbackID, x.Name, x.Message})
	}
	for _, socket := range w.sockets {
		if socket.greeted && !socket.draining {
			s.Sockets++
		}
	}
	return s, nil
}

// Caption puts a line above the page's conversations, such as that of the script which is
// played just now; "" takes it away.
func (w *Workspace) Caption(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.caption = line
	w.changed()
}

func person(u *User) demoPerson {
	return demoPerson{u.ID, u.Name, u.RealName, u.Title, u.TZ}
}

// addPlaces adds people, names, and the conversations that u is in.
func (w *Workspace) addPlaces(s *demoState, u *User) {
	for _, g := range w.groups {
		s.Names[g.ID] = g.Handle
	}
	for _, id := range w.people {
		x := w.users[id]
		s.Names[id] = x.Name
		if !x.Bot && !x.Deleted && id != Slackbot {
			s.People = append(s.People, person(x))
		}
	}
	for _, id := range w.order {
		c := w.channels[id]
		s.Names[id] = c.Name
		if !c.has(u.ID) {
			continue
		}
		kind := "channel"
		switch {
		case c.IM != "":
			kind = "im"
		case c.Private:
			kind = "private"
		}
		s.Channels = append(s.Channels, demoChannel{id, c.Name, kind, c.ExtShared, c.Archived, c.has(BotUser)})
		s.Messages[id] = w.demoMessages(id, u)
	}
}

func (w *Workspace) demoMessages(channel string, u *User) []demoMessage {
	shown := []demoMessage{}
	all := w.talk[channel].messages
	for _, m := range all[max(0, len(all)-maxShown):] {
		if m.Ephemeral && m.To != u.ID {
			continue
		}
		d := demoMessage{
			TS: m.TS, ThreadTS: m.ThreadTS, User: m.User, Bot: m.BotID != "", Text: m.Text, Blocks: m.Blocks,
			Ephemeral: m.Ephemeral, Edited: m.Edited, Command: m.Command, Revision: m.Revision,
		}
		for _, f := range m.Files {
			d.Files = append(d.Files, demoFile{f.ID, f.Name, f.Title, len(f.Content)})
		}
		shown = append(shown, d)
	}
	return shown
}

func (w *Workspace) demoView(v *View) demoView {
	c := v.copy()
	return demoView{
		ID: c.ID, Type: c.Type, Title: c.Title, Submit: c.Submit, Close: c.Close, Blocks: c.Blocks,
		Values: w.stateOf(v), Errors: c.Errors, Trouble: c.Trouble, Revision: c.Revision,
	}
}
