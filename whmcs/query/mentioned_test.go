package query

import (
	"strings"
	"testing"
)

func TestMentioned(t *testing.T) {
	t.Parallel()
	known := func(host string) bool { return host == "server.md" || host == "intranet.corp" }
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "good morning, 7 of them at 10:07:07", ""},
		{"a domain", "demodomain.com is down", "domain:demodomain.com"},
		{"a page of it", "see https://demodomain.com/login?x=1", "domain:demodomain.com"},
		{"once", "demodomain.com DEMODOMAIN.COM (demodomain.com)", "domain:demodomain.com"},
		{"defused", "hxxp://demodomain[.]com/x", "domain:demodomain.com"},
		{"e-mail", "From: Ann <ann@example.com>", "email:ann@example.com"},
		{"addresses", "203.0.113.17 2001:db8:1b::1, ::1 and 2001:DB8::A.", "203.0.113.17 2001:db8:1b::1 2001:db8::a"},
		{"no addresses", "999.1.1.1 std::vector a::b 00:1a:2b:3c:4d:5e 10:07", ""},
		{"in other scripts", "müller.de and jörg@bücher.example are down", "domain:müller.de email:jörg@bücher.example"},
		{"with an underscore", "my_site.example.com", "domain:my_site.example.com"},
		{"numbers", "Service #12, client 7 and customer no. 8; 99 alone", "service:12 client:7 client:8"},
		{"an order", "Order number 456789 was paid, order:17 was not", "order:456789 order:17"},
		{"links into WHMCS", "https://billing.example.com/admin/clientsservices.php?userid=5&id=17", "service:17"},
		{"files are no hosts", "see README.md, main.go, backup.zip and config.yaml", ""},
		{"unless they are known", "server.md and intranet.corp do not answer, other.corp neither", "domain:server.md domain:intranet.corp"},
		{"inner and reserved names", "db.internal nas.lan x.local a.test b.example", "domain:db.internal domain:nas.lan domain:x.local domain:a.test domain:b.example"},
		{"suffixes alone", "co.uk com github.io", ""},
		{"keys of logs", "status:active level:info server is down, product vps", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(mentioned(tt.text, known), " "); got != tt.want {
				t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}
