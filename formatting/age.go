package formatting

import (
	"cmp"
	"time"

	"github.com/slack-go/slack"

	"servicesbot/whmcs/query"
)

// How old an answer's rows are where that is not a matter of minutes, and what came of it.

// age says of warm rows how old they are and what comes of it, and of a corrected answer what
// changed.
func (d *draft) age(res *query.Result) {
	if since := d.view.Corrects; !since.IsZero() {
		d.context(join(": ", "*Corrected*", cmp.Or(changesSince(res.Changes, since), "newer rows than those of "+clock(since))))
		d.changedServices(res.Changes, res)
	}
	if !res.Warm {
		return
	}
	says := "As of " + clock(res.AsOf) + ", " + literal(ago(d.view.Now.Sub(res.AsOf))) + "."
	var refresh *slack.ButtonBlockElement
	switch {
	case !d.view.Corrects.IsZero():
	case d.view.Follows:
		says += " Newer rows are being read; then this answer is corrected."
	case d.view.NotCorrected:
		says += " Newer rows could not be read or shown."
		refresh = d.refresh(res)
	default:
		says += " Newer rows are being read."
		refresh = d.refresh(res)
	}
	d.section(says, refresh)
}

// refresh asks for an answer again: the private message that is clicked gets the newest rows
// that there are, a post is read again.
func (d *draft) refresh(res *query.Result) *slack.ButtonBlockElement {
	action := ActionAsk
	if d.view.Public {
		action = ActionRefresh
	}
	return d.button(action, "Refresh", res.Query.Again().String())
}

// ago writes an age in words.
func ago(age time.Duration) string {
	switch {
	case age < time.Minute:
		return count(max(0, int(age.Seconds())), "second") + " ago"
	case age < 2*time.Hour:
		return count(int(age.Minutes()), "minute") + " ago"
	}
	return count(int(age.Hours()), "hour") + " ago"
}
