package slackfake

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// upload is a file on its way through the three steps.
type upload struct {
	file   File
	secret string
	length int
	loaded bool // the bytes have come
	done   bool // it was completed
}

// Files are the completed files that user can see, oldest first.
func (w *Workspace) Files(user string) []File {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.user(user)
	if err != nil {
		return nil
	}
	var all []File
	for _, id := range w.order {
		if !w.channels[id].has(u.ID) {
			continue
		}
		for _, m := range w.talk[id].messages {
			if !m.Ephemeral || m.To == u.ID {
				all = append(all, m.Files...)
			}
		}
	}
	return all
}

func (w *Workspace) getUploadURL(c *call) (object, *apiError) {
	name := c.args.str("filename")
	length, err := strconv.Atoi(c.args.str("length"))
	if name == "" || err != nil || length <= 0 {
		return nil, invalid("filename and a length above 0 are required")
	}
	u := &upload{file: File{ID: w.id("F"), Name: name, Title: name}, secret: secret(), length: length}
	w.files[u.file.ID] = u
	return object{
		"upload_url": fmt.Sprintf("%s/upload/%s/%s/%s", w.base(), TeamID, u.file.ID, u.secret), "file_id": u.file.ID,
	}, nil
}

// maxFile bounds an upload in memory.
const maxFile = 64 << 20

// serveUpload takes the bytes of a file: as they are, or as the first file of a form.
func (w *Workspace) serveUpload(rw http.ResponseWriter, r *http.Request) {
	started := time.Now()
	c := &call{method: FileUpload, args: args{}}
	content, err := readUpload(http.MaxBytesReader(rw, r.Body, maxFile), r.Header.Get("Content-Type"))
	f := w.meet(FileUpload, r)
	if name := f.name(); name != "" && !f.Done {
		w.record(c, nil, name, started)
		w.fail(rw, r, f)
		return
	}
	status, outcome := http.StatusOK, "ok"
	if err != nil {
		status, outcome = http.StatusBadRequest, "unreadable"
	} else if problem := w.load(r.PathValue("file"), r.PathValue("secret"), content); problem != "" {
		status, outcome = http.StatusBadRequest, problem
	}
	w.record(c, nil, firstOf(f.name(), outcome), started)
	if !w.fail(rw, r, f) {
		rw.WriteHeader(status)
		_, _ = fmt.Fprintf(rw, "%s - %d", outcome, len(content))
	}
}

func readUpload(body io.Reader, contentType string) ([]byte, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return raw, nil
	}
	part, err := multipart.NewReader(bytes.NewReader(raw), params["boundary"]).NextPart()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(part)
}

// load keeps the bytes of a file; "" is no problem.
func (w *Workspace) load(id, secret string, content []byte) (problem string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.files[id]
	switch {
	case u == nil || u.secret != secret || u.done:
		return "no such upload"
	case len(content) != u.length:
		return "not the length that was announced"
	}
	u.file.Content, u.loaded = content, true
	return ""
}

// completeUpload ends an upload and shares the files. Each file can be completed once.
func (w *Workspace) completeUpload(c *call) (object, *apiError) {
	wanted, ok := decodeList(c.args.json("files"))
	if !ok || len(wanted) == 0 {
		return nil, invalid("files is required")
	}
	var uploads []*upload
	for _, o := range wanted {
		u := w.files[str(o["id"])]
		if u == nil || !u.loaded || u.done {
			return nil, refuse("file_not_found")
		}
		uploads = append(uploads, u)
	}
	targets, problem := w.uploadTargets(c.args)
	if problem != nil {
		return nil, problem
	}
	comment := &Message{}
	if problem := w.compose(args{"text": c.args.str("initial_comment"), "blocks": c.args["blocks"]}, comment, false); problem != nil {
		return nil, problem
	}
	reply := []object{}
	for i, u := range uploads {
		u.done = true
		u.file.Title = firstOf(str(wanted[i]["title"]), u.file.Name)
		comment.Files = append(comment.Files, u.file)
		reply = append(reply, object{"id": u.file.ID, "title": u.file.Title})
	}
	for _, ch := range targets {
		m := *comment
		m.Channel, m.ThreadTS, m.User, m.BotID, m.Via = ch.ID, c.args.str("thread_ts"), BotUser, BotID, c.method
		w.post(&m)
		w.echo(&m, ch)
	}
	return object{"files": reply}, nil
}

// deleteFile takes a file out of every message; what held nothing else goes with it.
func (w *Workspace) deleteFile(c *call) (object, *apiError) {
	id := c.args.str("file")
	if u := w.files[id]; u == nil || !u.done {
		return nil, refuse("file_not_found")
	}
	delete(w.files, id)
	for _, ch := range w.order {
		for _, m := range slices.Clone(w.talk[ch].messages) {
			left := slices.DeleteFunc(slices.Clone(m.Files), func(f File) bool { return f.ID == id })
			if len(left) == len(m.Files) {
				continue
			}
			if m.Files = left; len(left) == 0 && m.Text == "" && m.Blocks == nil {
				w.erase(m)
				continue
			}
			w.touch(m)
		}
	}
	return object{}, nil
}

// uploadTargets are the conversations to share in; without any the file stays private.
func (w *Workspace) uploadTargets(a args) ([]*Channel, *apiError) {
	ids := splitList(a.str("channels"))
	if id := a.str("channel_id"); id != "" {
		ids = append(ids, id)
	}
	if len(ids) > 100 {
		return nil, invalid("at most 100 channels")
	}
	var targets []*Channel
	for _, id := range slices.Compact(ids) {
		if w.users[id] != nil { // a user's id does not do here
			return nil, refuse("channel_not_found")
		}
		ch, problem := w.target(id)
		if problem != nil {
			return nil, problem
		}
		if problem := w.thread(ch, a.str("thread_ts")); problem != nil {
			return nil, problem
		}
		targets = append(targets, ch)
	}
	return targets, nil
}
