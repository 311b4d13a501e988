package bot_test

import (
	"bytes"
	"strings"
	"testing"

	"servicesbot/bot/slackfake"
)

// withEmails lets e-mail addresses be shown.
func withEmails(s *setup) {
	likeTheDemo(s)
	s.style.Command, s.style.Fields = "/services", []string{"email"}
}

const address = "dana@demodomain.com" // of client 1

// TestEmailsAreForTheAskerAlone holds that no way of asking puts addresses where others read
// them: each door answers its asker alone.
func TestEmailsAreForTheAskerAlone(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*road){
		"mention": func(r *road) {
			r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:emails"))
		},
		"in:channel": func(r *road) {
			r.do(r.slack.Slash(slackfake.Bob, slackfake.Incident, "/services client:1 as:emails in:channel"))
		},
		"mention with in:channel": func(r *road) {
			r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:emails in:channel"))
		},
		"menu of a post": func(r *road) {
			r.do(r.slack.Post(slackfake.Alice, slackfake.Incident, "", "@servicesbot client:1"))
			r.click(slackfake.Bob, r.sees(slackfake.Bob, slackfake.Incident, "demodomain2.net"), "E-mail addresses")
		},
		"edited mention": func(r *road) {
			sent := r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1"))
			r.sees(slackfake.Carl, slackfake.Incident, "demodomain2.net")
			r.do(r.slack.Edit(slackfake.Bob, slackfake.Incident, sent.TS, "@servicesbot client:1 as:emails"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoad(t, withEmails)
			ask(r)
			m := r.sees(slackfake.Bob, slackfake.Incident, address)
			if !m.Ephemeral || m.To != slackfake.Bob {
				t.Errorf("the addresses are for %q, private %v", m.To, m.Ephemeral)
			}
			if _, ok := m.Button("Share"); ok {
				t.Error("addresses can be shared")
			}
			r.audited(`"audit":"emails"`, `"user":"`+slackfake.Bob+`"`, `"rows":1`)
			for _, m := range r.answers(slackfake.Carl, slackfake.Incident) {
				if strings.Contains(m.Text+string(m.Blocks), address) {
					t.Errorf("others read %s", m.PlainText())
				}
			}
		})
	}
}

// TestSharedFilesHaveNoEmails: the file for the asker has a column of addresses, the one that
// others can open has none, and says so.
func TestSharedFilesHaveNoEmails(t *testing.T) {
	t.Parallel()
	r := newRoad(t, withEmails)
	r.do(r.slack.Slash(slackfake.Alice, slackfake.Support, "/services client:1 as:csv"))
	r.sees(slackfake.Alice, slackfake.Support, "Complete: a CSV file")
	r.waits("the private file", func() bool { return len(r.slack.Files(slackfake.Alice)) == 1 })
	if file := r.slack.Files(slackfake.Alice)[0].Content; !bytes.Contains(file, []byte(address)) || !bytes.Contains(file, []byte("Client name,Company,E-mail address")) {
		t.Errorf("the asker's file is\n%s", file)
	}
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot client:1 as:csv"))
	r.sees(slackfake.Carl, slackfake.Incident, "Logins and e-mail addresses are left out, as others can open this file.")
	r.waits("the public file", func() bool { return len(r.slack.Files(slackfake.Carl)) == 1 })
	if file := r.slack.Files(slackfake.Carl)[0].Content; bytes.Contains(file, []byte("@")) || !bytes.Contains(file, []byte("Dana Demo")) {
		t.Errorf("the file that others can open is\n%s", file)
	}
}

// TestManyEmailsGoAsAFile: what no message holds goes to the asker's direct messages, asked
// for in a channel too.
func TestManyEmailsGoAsAFile(t *testing.T) {
	t.Parallel()
	r := newRoad(t, withEmails)
	r.whmcs.Resize(6_000)
	r.do(r.slack.Post(slackfake.Bob, slackfake.Incident, "", "@servicesbot status:active as:emails"))
	m := r.sees(slackfake.Bob, slackfake.Incident, "e-mail addresses for status:active")
	if !m.Ephemeral {
		t.Error("the message about the file is public")
	}
	r.waits("the file", func() bool { return len(r.slack.Files(slackfake.Bob)) == 1 })
	if n := bytes.Count(r.slack.Files(slackfake.Bob)[0].Content, []byte("@")); n < 300 {
		t.Errorf("%d addresses", n)
	}
	if n := len(r.slack.Files(slackfake.Carl)); n != 0 {
		t.Errorf("others can open %d files", n)
	}
}
