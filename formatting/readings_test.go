package formatting

import (
	"strings"
	"testing"

	"servicesbot/whmcs/query"
)

// TestClientsOfThatNameAreForTheAsker: the name of a client that the question did not ask
// for is said to the asker alone; a server's to everybody.
func TestClientsOfThatNameAreForTheAsker(t *testing.T) {
	t.Parallel()
	res := result(t, "io", mixed(5)...)
	res.Also = []query.Namesake{
		{Key: "server", Text: "io", Names: []string{"Io"}, Line: "server:Io"},
		{Key: "client", Text: "io", Names: []string{"Iolanthe Ltd"}, Line: "client:io"},
	}
	for _, public := range []bool{false, true} {
		said := Plain(house.Answer(res, View{Public: public, Now: now}))
		if !strings.Contains(said, "There is also Io: server:Io") {
			t.Errorf("public %v: the server is not said:\n%s", public, said)
		}
		if strings.Contains(said, "There is also the client Iolanthe Ltd: client:io") == public || public && strings.Contains(said, "Iolanthe") {
			t.Errorf("public %v:\n%s", public, said)
		}
	}
}

// TestUnnamed: a row whose client's name did not come shows the number, and the answer says so.
func TestUnnamed(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"server:saturn", "server:saturn as:table"} {
		res := result(t, line, mixed(3)...)
		res.Unnamed = 1
		said := Plain(house.Answer(res, here()))
		for _, want := range []string{"Jane Doe", "client 2", "1 client without a name"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s does not say %q:\n%s", line, want, said)
			}
		}
		if res.Unnamed = 0; strings.Contains(Plain(house.Answer(res, here())), "without a name") {
			t.Errorf("%s: a name is missed that nobody asked for", line)
		}
	}
}
