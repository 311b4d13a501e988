package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"servicesbot/bot/slackfake"
	"servicesbot/whmcs/whmcsfake"
)

// bigInstallation is how many services "20,000 services" makes.
const bigInstallation = 20_000

// whmcsSwitches are the faults of WHMCS that can be tried on the page, by their names in the
// fake WHMCS.
var whmcsSwitches = []struct{ fault, label string }{
	{"slow", "Every call takes 3 s"},
	{"down", "Down: connections are refused"},
	{"invalid-ip", "Refuses the bot's IP address"},
	{"maintenance", "Down for maintenance"},
	{"rate-limited", "Limits the bot (429)"},
	{"truncated", "Replies are cut off"},
}

// repaired lets the bot forget failures that would otherwise last for a while after a switch
// was turned off: an outage that it waits out, an hour without tables.
func (s *stage) repaired() {
	if forget := s.forget.Load(); forget != nil {
		(*forget)()
	}
}

// anotherInstallation lets the bot forget the rows that it has read: they are of another
// installation.
func (s *stage) anotherInstallation() {
	if forget := s.forgetRows.Load(); forget != nil {
		(*forget)()
	}
}

// addSwitches puts WHMCS's faults on the page. A fault's name cannot be wrong here, and a
// port that cannot be opened again leaves WHMCS down, which the page shows.
func (s *stage) addSwitches() {
	workspace, installation := s.workspace, s.installation
	for _, w := range whmcsSwitches {
		workspace.AddSwitch(slackfake.Switch{
			Name: "whmcs-" + w.fault, Label: w.label, Group: "WHMCS",
			Set: func(on bool) {
				if on {
					_ = installation.Set(whmcsfake.Fault{Name: w.fault})
				} else {
					_ = installation.Clear(w.fault)
				}
				s.repaired()
			},
		})
	}
	workspace.AddSwitch(slackfake.Switch{
		Name: "old-blocks", Label: "Refuses tables and charts", Group: "Slack",
		Set: func(on bool) {
			workspace.RefuseNewBlocks(on)
			s.repaired()
		},
	})
	workspace.AddSwitch(slackfake.Switch{
		Name: "whmcs-suspends", Label: "Suspends 4 services on saturn", Group: "WHMCS",
		Set: func(on bool) {
			if on {
				installation.Suspend("saturn", 4)
			} else {
				installation.Suspend("saturn", 0)
			}
		},
	})
	workspace.AddSwitch(slackfake.Switch{
		Name: "whmcs-big", Label: "20,000 services, not 650", Group: "WHMCS",
		Set: func(on bool) {
			if on {
				installation.Resize(bigInstallation)
			} else {
				installation.Resize(whmcsfake.DefaultServices)
			}
			s.anotherInstallation()
		},
	})
}

// noteCall puts a call of WHMCS into the trace that the page shows. The form is without
// credentials already.
func (s *stage) noteCall(c whmcsfake.Call) {
	var what strings.Builder
	what.WriteString(c.Action)
	for _, k := range slices.Sorted(maps.Keys(c.Form)) {
		if k != "action" && k != "responsetype" {
			fmt.Fprintf(&what, " %s=%s", k, strings.Join(c.Form[k], ","))
		}
	}
	outcome := fmt.Sprintf("status %d", c.Status)
	if c.Rows > 0 {
		outcome = fmt.Sprintf("%s, %d services", outcome, c.Rows)
	}
	if len(c.Faults) > 0 {
		outcome += "; " + strings.Join(c.Faults, ", ")
	}
	s.workspace.Note(what.String(), outcome, c.Took)
}
