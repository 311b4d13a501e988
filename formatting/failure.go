package formatting

import (
	"context"
	"errors"

	"servicesbot/whmcs"
)

// explained puts an error into two sentences, what happened and what to do, and reports
// whether asking again may help. WHMCS's own words, which may hold anything, are for
// the asker alone.
func explained(err error, public bool) (says, advice string, again bool) {
	failed := (*whmcs.Error)(nil)
	switch {
	case errors.As(err, &failed):
		f, known := failures[failed.Kind]
		if !known {
			f = failures[whmcs.ErrWHMCS]
		}
		if said := detailed[failed.Detail]; said != "" {
			f.says, f.more = said, nil
		}
		if f.more != nil && !(f.words && public) {
			f.says += f.more(failed)
		}
		return f.says + ".", f.advice(Advice(failed)), !f.lasting
	case errors.Is(err, context.DeadlineExceeded):
		return "This took too long, so the bot gave up.", "Try again, or ask for less: a client, a domain or a service is found quickest.", true
	case errors.Is(err, context.Canceled):
		return "This was stopped before it was done.", "Ask again when you need it.", true
	}
	return "Something went wrong here, so there is no answer.", "Try again in a minute. If it goes on, tell whoever runs this bot.", true
}

// A failure is what an asker reads about a kind of error.
type failure struct {
	says    string                    // what happened, without the full stop
	more    func(*whmcs.Error) string // what is added to it; nil: nothing
	words   bool                      // that is WHMCS's own words
	lasting bool                      // asking again helps only after somebody has fixed it
}

// failures are the kinds of whmcs.
var failures = map[whmcs.Kind]failure{
	whmcs.ErrBadCredentials:     {says: "WHMCS does not accept this bot's credentials", lasting: true},
	whmcs.ErrIPNotAllowed:       {says: "WHMCS does not accept calls from this bot's address", more: address, lasting: true},
	whmcs.ErrActionNotPermitted: {says: "This bot's API role in WHMCS may not do what this question needs", more: action, lasting: true},
	whmcs.ErrWrongURL:           {says: "This bot's address for WHMCS is wrong", lasting: true},
	whmcs.ErrBlocked:            {says: "A firewall in front of WHMCS blocks this bot"},
	whmcs.ErrMaintenance:        {says: "WHMCS is down for maintenance"},
	whmcs.ErrLicense:            {says: "WHMCS has a problem with its own license, so it answers nothing"},
	whmcs.ErrNotJSON:            {says: "WHMCS sent something that cannot be read"},
	whmcs.ErrTruncated:          {says: "The reply of WHMCS was cut off"},
	whmcs.ErrTooLarge:           {says: "The reply of WHMCS was too large"},
	whmcs.ErrMalformed:          {says: "WHMCS cannot send services whose text is not valid UTF-8"},
	whmcs.ErrTimeout:            {says: "WHMCS did not answer in time"},
	whmcs.ErrUnreachable:        {says: "WHMCS cannot be reached"},
	whmcs.ErrNotFound:           {says: "WHMCS does not know what was asked for", more: ownWords, words: true},
	whmcs.ErrBreakerOpen:        {says: "WHMCS failed a moment ago, so the bot waits some seconds before it asks again", more: lastFailure},
	whmcs.ErrWHMCS:              {says: "WHMCS answered with an error", more: ownWords, words: true},
}

// detailed says more about what happened than the kind alone, where an asker has any use
// for that.
var detailed = map[whmcs.Detail]string{
	whmcs.DetailTooManyCalls:   "WHMCS, or a proxy in front of it, refuses so many calls from this bot",
	whmcs.DetailWebServerLogin: "The web server in front of WHMCS wants a login that this bot does not have",
	whmcs.DetailTwoReplies:     "WHMCS sent two replies that differ, so neither can be trusted",
	whmcs.DetailTooManyBroken:  "WHMCS cannot send these services: too many of them hold text that is not valid UTF-8",
	whmcs.DetailDatabase:       "WHMCS cannot read its own database",
	whmcs.DetailNoVerdict:      "WHMCS answered with neither success nor an error",
	whmcs.DetailNoRows:         "WHMCS counts services that it does not send",
	whmcs.DetailSameRows:       "WHMCS sends the same services again and again",
	whmcs.DetailEndless:        "WHMCS sends page after page without an end",
	whmcs.DetailOtherClient:    "WHMCS sent another client than was asked for",
}

func address(e *whmcs.Error) string {
	if e.IP == "" {
		return ""
	}
	return ", " + plain(e.IP, 60)
}

func action(e *whmcs.Error) string {
	if e.Action == "" {
		return ""
	}
	return " (" + plain(e.Action, 60) + ")"
}

func ownWords(e *whmcs.Error) string {
	if e.Message == "" {
		return ""
	}
	return ": " + plain(e.Message, 200)
}

// lastFailure is why WHMCS is not asked for some seconds.
func lastFailure(e *whmcs.Error) string {
	if e.Last == nil {
		return ""
	}
	return ": " + string(e.Last.Kind) + address(e.Last)
}

// advice says what to do: the asker can try again where that may help; the rest is for
// the operator.
func (f failure) advice(operator string) string {
	if f.lasting {
		return "Tell whoever runs this bot: " + operator
	}
	return "Try again in a minute. If it goes on, tell whoever runs this bot: " + operator
}

// Advice says what an operator should do about a failed call, in one or two sentences.
func Advice(e *whmcs.Error) string {
	if e.Last != nil {
		return Advice(e.Last)
	}
	return or(adviceByDetail[e.Detail], or(adviceByKind[e.Kind], adviceByKind[whmcs.ErrWHMCS]))
}

// adviceByDetail is for the details that need more than their kind's.
var adviceByDetail = map[whmcs.Detail]string{
	whmcs.DetailWebServerLogin: "Check WHMCS_BASIC_AUTH: the web server in front of WHMCS wants a user and a password.",
	whmcs.DetailDoubledPath:    "Check WHMCS_URL: WHMCS says this if /includes/api.php is twice in the address.",
	whmcs.DetailTooManyCalls:   "Lower WHMCS_MAX_CONCURRENT, or raise the limit of the proxy in front of WHMCS.",
	whmcs.DetailPrintedFirst:   "Find the hook or module that prints something, with the PHP error log: WHMCS cannot answer after it.",
	whmcs.DetailTwoReplies:     "Find the hook or module that calls the API and prints its reply: two replies came at once.",
	whmcs.DetailBroke:          adviceByKind[whmcs.ErrTruncated],
	whmcs.DetailNotHTTPS:       "Check the scheme and the port of WHMCS_URL.",
	whmcs.DetailWorkerCommand:  "Check the first word of WHMCS_LOCAL_COMMAND: it must be a program that the user of the bot may run, and no shell is around it.",
	whmcs.DetailWorkerFile:     "Put there what servicesbot local-worker prints, and check its path in WHMCS_LOCAL_COMMAND.",
	whmcs.DetailWorkerStart:    byHand,
	whmcs.DetailWorkerSSH:      byHand + " ssh needs a key without a passphrase or an agent, and the host in known_hosts.",
	whmcs.DetailWorkerLate:     "Look at the load of the WHMCS server, or raise WHMCS_TIMEOUT. By ssh a login shell may wait in the worker's place: name the worker in the forced command of the key. " + byHand,
	whmcs.DetailWorkerOther:    "Something other than the worker runs: by ssh, name the worker in the forced command of the key. " + byHand,
	whmcs.DetailWorkerEnded:    "Check whether the host of WHMCS ran out of memory and killed it, and lower WHMCS_PAGE_SIZE.",
	whmcs.DetailWorkerHook:     "Look into the PHP and WHMCS error logs: a hook or module breaks WHMCS there.",
	whmcs.DetailWorkerFolder:   "Name in WHMCS_LOCAL_COMMAND, behind the worker, the folder of WHMCS: the one that holds init.php.",
	whmcs.DetailWorkerReads:    "Let the user that the worker runs as read WHMCS's files, configuration.php too, such as by its group.",
	whmcs.DetailWorkerWrites:   "Let the user that the worker runs as write to WHMCS's folder of compiled templates (templates_compiledir in configuration.php).",
	whmcs.DetailWorkerIonCube:  "Name in WHMCS_LOCAL_COMMAND the PHP that the web server of WHMCS uses, such as /usr/bin/php8.1, or install the ionCube Loader for PHP's command line.",
	whmcs.DetailWorkerMemory:   "Give the worker more in WHMCS_LOCAL_COMMAND, such as php -d memory_limit=512M, or lower WHMCS_PAGE_SIZE.",
	whmcs.DetailWorkerVersion:  "Put what servicesbot local-worker prints in the place of the worker's file: it is another version's.",
	whmcs.DetailWorkerAdmin:    "Name one in WHMCS_LOCAL_COMMAND, before the folder of WHMCS: --admin=NAME.",
	whmcs.DetailDatabase:       "Check the database of WHMCS and its login in configuration.php; the PHP and WHMCS error logs have the reason.",
}

// byHand is for a worker that does not start.
const byHand = "Run the command of WHMCS_LOCAL_COMMAND by hand, as the user of the bot: it must print a line that begins with servicesbot-worker, and nothing should ask for a password."

// adviceByKind is for all else.
var adviceByKind = map[whmcs.Kind]string{
	whmcs.ErrBadCredentials:     "Check WHMCS_IDENTIFIER and WHMCS_SECRET, or WHMCS_USERNAME and WHMCS_PASSWORD, and that the admin behind them is enabled and has the \"API Access\" permission.",
	whmcs.ErrIPNotAllowed:       "Add the address to the API IP Access Restriction list in WHMCS (General Settings, Security), or set WHMCS_ACCESS_KEY.",
	whmcs.ErrActionNotPermitted: "Tick the action in the API role of the credentials (API Roles in WHMCS).",
	whmcs.ErrWrongURL:           "Set WHMCS_URL to the address of the installation itself, as the browser shows it after all redirects.",
	whmcs.ErrBlocked:            "Let the bot's address pass the firewall or proxy in front of WHMCS for /includes/api.php.",
	whmcs.ErrMaintenance:        "Wait until the maintenance is over, or finish the update of WHMCS.",
	whmcs.ErrLicense:            "Open the admin area of WHMCS, which says what is wrong with the license, and reissue or renew it.",
	whmcs.ErrNotJSON:            "Check that WHMCS_URL is that of WHMCS and not of another site. If it is, look into the PHP and WHMCS error logs: something answered in the place of the API, or printed before it.",
	whmcs.ErrTruncated:          "Look into the PHP error log, most often for the memory limit, and lower WHMCS_PAGE_SIZE.",
	whmcs.ErrTooLarge:           "Lower WHMCS_PAGE_SIZE.",
	whmcs.ErrMalformed:          adviceMalformed,
	whmcs.ErrTimeout:            "Look at the load of the WHMCS server, lower WHMCS_PAGE_SIZE or raise WHMCS_TIMEOUT.",
	whmcs.ErrUnreachable:        "Check that the WHMCS server is up and that WHMCS_URL, DNS, certificate and network path are right.",
	whmcs.ErrNotFound:           "Check the id; WHMCS does not have it.",
	whmcs.ErrBreakerOpen:        "Nothing to do now: the bot asks WHMCS again in a few seconds.",
	whmcs.ErrWHMCS:              "Look into the activity log of WHMCS for the reason.",
}

// adviceMalformed is about data that PHP cannot put into JSON.
const adviceMalformed = "Find the text that is not valid UTF-8 in the data of that client or service, such as a name, a domain, notes or a custom field, and save it again in WHMCS."
