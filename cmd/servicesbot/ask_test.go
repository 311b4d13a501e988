package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/whmcs/whmcsfake"
)

// TestAskKeepsPrivateFields holds that what is shown only on demand is left out of
// all that the shell prints, and what is never shown always is.
func TestAskKeepsPrivateFields(t *testing.T) {
	t.Parallel()
	s := newShellStage(t)
	asked := func(fields string, args ...string) string {
		var out bytes.Buffer
		p := &process{env: envconfig.MultiLookuper(envconfig.MapLookuper(map[string]string{"BOT_FIELDS": fields}), envconfig.MapLookuper(s.env)), stdout: &out, stderr: &out}
		if code := p.run(context.Background(), append([]string{"ask"}, args...)); code != 0 {
			t.Fatalf("exit code %d: %s", code, out.String())
		}
		return out.String()
	}
	planted := []string{whmcsfake.PlantedNote, whmcsfake.PlantedSubscription, whmcsfake.PlantedField, whmcsfake.PlantedPassword}
	for _, args := range [][]string{{"--json", "client:7 as:csv"}, {"client:7 as:csv"}, {"client:7 as:table"}, {"client:7 rows:10"}} {
		for _, secret := range planted {
			if strings.Contains(asked("", args...), secret) {
				t.Errorf("ask %q prints %s", args, secret)
			}
		}
	}
	// One service of each kind: with a note, with a subscription, with custom fields.
	shown := asked("notes,subscriptionid,custom:root password", "--json", "client:7,9,15 as:csv")
	for n, secret := range planted {
		if got, want := strings.Contains(shown, secret), n < 3; got != want {
			t.Errorf("with BOT_FIELDS, %s is printed: %v, want %v", secret, got, want)
		}
	}
}
