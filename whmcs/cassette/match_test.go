package cassette

import (
	"net/http"
	"strings"
	"testing"
)

func TestKey(t *testing.T) {
	t.Parallel()
	const (
		form  = "application/x-www-form-urlencoded"
		jsonT = "application/json; charset=utf-8"
	)
	type request struct{ method, url, kind, body string }
	whmcs := request{"POST", "https://a.example/includes/api.php", form, "action=GetServers&identifier=a&secret=b"}
	slack := request{"POST", "https://slack.com/api/chat.postMessage", form, `token=xoxb-1&channel=C1&blocks=%5B%7B%22type%22%3A%22divider%22%2C%22block_id%22%3A%22b%22%7D%5D`}
	view := request{"POST", "http://127.0.0.1:1/api/views.open", jsonT, `{"trigger_id":"1","view":{"type":"modal","n":10000000000000001}}`}
	file := request{"POST", "http://127.0.0.1:1/upload", `multipart/form-data; boundary=one`, "--one\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.csv\"\r\n\r\nx,y\r\n--one--\r\n"}
	tests := []struct {
		name string
		a, b request
		same bool
	}{
		{"host and port", whmcs, request{"POST", "http://127.0.0.1:99/includes/api.php", form, whmcs.body}, true},
		{"credentials and order", whmcs, request{"POST", whmcs.url, form + "; charset=UTF-8", "accesskey=k&password=d&username=c&action=GetServers"}, true},
		{"method", whmcs, request{"PUT", whmcs.url, form, whmcs.body}, false},
		{"path", whmcs, request{"POST", "https://a.example/api.php", form, whmcs.body}, false},
		{"filter", whmcs, request{"POST", whmcs.url, form, whmcs.body + "&username2=x"}, false},
		{"query", whmcs, request{"POST", whmcs.url + "?clientid=1", form, whmcs.body}, false},
		{"token", slack, request{"POST", slack.url, form, strings.Replace(slack.body, "xoxb-1", "xoxb-2", 1)}, true},
		{"JSON in a form", slack, request{"POST", slack.url, form, `channel=C1&blocks=[{"block_id":"b",+"type":"divider"}]`}, true},
		{"other JSON in a form", slack, request{"POST", slack.url, form, `channel=C1&blocks=[{"block_id":"c","type":"divider"}]`}, false},
		{"JSON", view, request{"POST", "https://slack.com/api/views.open", "application/json", ` {"view": {"n":10000000000000001, "type":"modal"}}`}, true},
		{"great numbers", view, request{"POST", view.url, jsonT, `{"view":{"type":"modal","n":10000000000000002}}`}, false},
		{"not JSON", request{"POST", view.url, jsonT, `{"a"`}, request{"POST", view.url, jsonT, `{"b"`}, false},
		{"secret path", request{"POST", "https://hooks.slack.com/commands/T1/2/abc", jsonT, `{}`}, request{"POST", "http://127.0.0.1:1/commands/T1/3/def", jsonT, `{}`}, true},
		{"directory of an installation", request{"POST", "https://a.example/services/includes/api.php", form, ""}, request{"POST", "https://a.example/app/includes/api.php", form, ""}, false},
		{"boundary", file, request{"POST", file.url, `multipart/form-data; boundary=two`, strings.ReplaceAll(file.body, "one", "two")}, true},
		{"file", file, request{"POST", file.url, file.kind, strings.Replace(file.body, "x,y", "x,z", 1)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			keys := [2]string{}
			for i, q := range []request{test.a, test.b} {
				r, err := http.NewRequest(q.method, q.url, strings.NewReader(q.body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", q.kind)
				if keys[i], err = liveKey(r); err != nil {
					t.Fatal(err)
				}
			}
			if got := keys[0] == keys[1]; got != test.same {
				t.Errorf("same is %v:\n%s\n%s", got, keys[0], keys[1])
			}
			for _, k := range keys {
				if strings.Contains(k, "xoxb") || strings.Contains(k, "secret") {
					t.Errorf("a credential in %s", k)
				}
			}
		})
	}
}
