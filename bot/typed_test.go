package bot

import "testing"

func TestTyped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"as typed", "client:1 status:active", "client:1 status:active"},
		{"bare domain", "domain:<http://demodomain.com|demodomain.com>", "domain:demodomain.com"},
		{"bare domain, https", "<https://demodomain.com|demodomain.com>", "demodomain.com"},
		{"www", "<http://www.foo.com|www.foo.com>", "www.foo.com"},
		{"whole URL", "domain:<https://demodomain.com/x>", "domain:https://demodomain.com/x"},
		{"no scheme", "<google.com|google.com>", "google.com"},
		{"e-mail", "email:<mailto:a@demodomain.com|a@demodomain.com>", "email:a@demodomain.com"},
		{"e-mail without label", "<mailto:a@demodomain.com>", "a@demodomain.com"},
		{"a label that lies", "domain:<https://evil.example|bank.example>", "domain:https://evil.example"},
		{"link within quotes", `name:"<http://x.example|x.example> plan"`, `name:"x.example plan"`},
		{"own mention anywhere", "services <@U0BOT> client:1 <@U0BOT|bot>", "services client:1"},
		{"somebody else's mention", "client:<@U0ALICE>", "client:<@U0ALICE>"},
		{"a channel", "in:<#C0INC|inc-42>", "in:<#C0INC|inc-42>"},
		{"comparisons are no markup", "due:<30d amount:>100", "due:<30d amount:>100"},
		{"comparisons side by side", "amount:<5,>3", "amount:<5,>3"},
		{"entities, once", "A &amp; B &lt;x&gt; &amp;lt;", "A & B <x> &lt;"},
		{"entity comparison", "due:&lt;30d", "due:<30d"},
		{"curly quotes", "name:\u201cPlus Plan\u201d", `name:"Plus Plan"`},
		{"apostrophe", "name:\u201cAnn\u2019s\u201d", `name:"Ann's"`},
		{"odd spaces", "client:1\u00a0status:active\u3000\u202fpage:2", "client:1 status:active page:2"},
		{"unseen", "\ufeffclient:\u200b1\u2060", "client:1"},
		{"bidirectional controls", "domain:\u202emoc.elpmaxe", "domain:moc.elpmaxe"},
		{"dash that excludes", "\u2013status:active \u2014product:x", "-status:active -product:x"},
		{"dash within a name", "name:a\u2013b", "name:a\u2013b"},
		{"lines", "client:1\nstatus:active\t", "client:1 status:active"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := typed(tt.in, "U0BOT"); got != tt.want {
				t.Errorf("typed(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzTyped(f *testing.F) {
	f.Add("domain:<http://x.example|x.example> <@U0BOT> &lt;")
	f.Fuzz(func(t *testing.T, in string) {
		once := typed(in, "U0BOT")
		for _, r := range once {
			if r == '\u00a0' || r == '\u202e' || r == '\n' {
				t.Fatalf("typed(%q) = %q holds %q", in, once, r)
			}
		}
	})
}
