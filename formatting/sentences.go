package formatting

import (
	"fmt"
	"strings"
	"time"
)

// A Sentence is what the bot says where it has no answer to show: plain, literal text that
// says what happened and what to do.
type Sentence string

// What is said about a request that was not answered.
const (
	SaysBusy       Sentence = "The bot is busy. Try again in a few seconds."
	SaysRestarting Sentence = "The bot is restarting. Ask again in a few seconds."
	SaysStopped    Sentence = "Stopped, as you asked."
	SaysOldButton  Sentence = "This button is from another version of the bot. Ask the question again."

	SaysStopNotKnown   Sentence = "That question may run on another replica of the bot, which cannot be told now. Its answer may still come."
	SaysAskedForAccess Sentence = "Your wish for access was passed on. You will hear from whoever decides it."
	SaysAskedBefore    Sentence = "You asked for access within the last day. Wait for an answer."
	SaysAccessNotAsked Sentence = "Your wish for access could not be passed on. Write to whoever runs this app yourself."
	SaysMayAsk         Sentence = "You may ask here. Ask your question again."

	SaysPinned      Sentence = "Pinned. You find it on the Home tab of this app; only you see it there."
	SaysNotPinned   Sentence = "The question was not pinned: the place where pins are kept cannot be reached now. Try again in a minute."
	SaysNotUnpinned Sentence = "The question was not unpinned: the place where pins are kept cannot be reached now. Try again in a minute."

	SaysNothingToStop Sentence = "There is nothing to stop: that question has its answer already, or somebody else asked it."
)

// What is said about an answer that was shared, or was to be.
const (
	SaysSharedBefore Sentence = "You shared this answer before, or it is being posted. To share it once more, ask again."
	SaysNotYours     Sentence = "Only the person who shared this can remove it."
	SaysNotRemoved   Sentence = "Slack did not let the bot remove this post. Try again, or ask a workspace admin to delete it."
	SaysUnconfirmed  Sentence = "Slack did not confirm that your answer was posted. If it is not there, ask again."
)

// What is said where Slack did not take a file, or did not open a window.
const (
	SaysNoFile       Sentence = "Slack did not take the file. Try again. If that does not help, tell whoever runs the bot to check the scope files:write."
	SaysFileUnknown  Sentence = "Slack did not say whether it took the file. Look whether it is there before you ask again."
	SaysSlowWindow   Sentence = "Slack took too long to open the window. Click again."
	SaysSlowForm     Sentence = "Slack took too long to open the search form. Try again, or type the question after the command, such as client:1 status:active."
	SaysWasAway      Sentence = "I was away when you asked this. Shall I answer it now?"
	SaysOldEdit      Sentence = "You edited an old question. Shall I answer it now?"
	SaysMayAskAnyway Sentence = "You may ask here, in direct messages and wherever the bot is, and share answers in channels of this workspace only."
)

// SaysTooMany is said to somebody who has so many questions in progress.
func SaysTooMany(atOnce int) Sentence {
	return Sentence(fmt.Sprintf("You have %d questions in progress. Wait for their answers, then ask again.", atOnce))
}

// SaysPinsFull is said to somebody who has as many pinned questions as one can have.
func SaysPinsFull(most int) Sentence {
	return Sentence(fmt.Sprintf("You have %d pinned questions, which is the most. Unpin one on the Home tab of this app, then pin this one.", most))
}

// SaysTooFast is for somebody who has asked more than so many questions per minute and may
// ask again after wait.
func SaysTooFast(perMinute int, wait time.Duration) Sentence {
	return Sentence(fmt.Sprintf("That is more than %d questions per minute. Ask again in %d seconds.", perMinute, int(wait.Seconds())+1))
}

// SaysNotPosted is said where an answer was to be shared and was not.
func SaysNotPosted(why Alone) Sentence { return "Nothing was posted. " + Sentence(why) }

// Alone is why only the asker reads an answer that others would read: a plain sentence, ""
// where others do.
type Alone string

// The reasons for an answer to the asker alone.
const (
	AloneEmails     Alone = "E-mail addresses are for the asker alone."
	AloneNoChannel  Alone = "There is no channel here to post it in."
	AloneOutsiders  Alone = "Another company reads here, or soon will."
	AloneNotKnown   Alone = "Slack does not say whether outsiders read here."
	AloneGuess      Alone = "It is a guess at what you meant. Share posts it."
	AloneNotInvited Alone = "The bot is not in here. Type /invite, then Share."
)

// AloneRefused is the reason where Slack does not let the bot post; name is Slack's own word
// for why not.
func AloneRefused(name string) Alone {
	return Alone("Slack does not let the bot post here (" + name + ").")
}

// A DenialReason is why somebody may not ask, in a word for the log and the audit line.
type DenialReason string

// The reasons for a denial.
const (
	DeniedNotListed  DenialReason = "not_listed"
	DeniedGuest      DenialReason = "guest" // and not listed by their own id
	DeniedOutsider   DenialReason = "outsider"
	DeniedNoPerson   DenialReason = "no_person" // a bot, or an account that is not active
	DeniedNotChecked DenialReason = "unknown"   // Slack could not be asked
)

// A Denial is why somebody may not ask. It reveals nothing about the data.
type Denial struct {
	Why  DenialReason
	User string // the id that would have to be listed

	Channels bool // of somebody who is not listed: other channels are

	Contact string // of a member of this workspace: the user id of whom to ask; "": not known

	// Of an outsider, what was compared: where Slack says that they belong, workspaces and
	// organisations (T…, E…), and the workspace that the app is installed in.
	Theirs []string
	Ours   string
}

// says puts a denial into words: why, and whom to ask. Whoever reads it cannot change a
// setting, so none is named.
func (d Denial) says() markup {
	ask := markup("Ask whoever runs this app for access.")
	if d.Contact != "" {
		ask = "Ask " + mention(d.Contact) + " for access."
	}
	ask += " Your user id is " + code(d.User, 50) + "."
	switch d.Why {
	case DeniedNotListed:
		if d.Channels {
			return "You may not ask here, though you may in the channels that are listed for it. " + ask
		}
		return "You may not use this bot. " + ask
	case DeniedGuest:
		return "Guests may not ask unless they are listed themselves. " + ask
	case DeniedNoPerson:
		return "This account is not an active member of this workspace, so no data is shown."
	case DeniedOutsider:
		says := markup("Only members of the workspace that runs this app may ask. Ask one of them to look it up for you.")
		if len(d.Theirs) > 0 {
			says += " " + short("(Slack says that you belong to "+strings.Join(d.Theirs, ", ")+"; the app runs in "+d.Ours+".)", 1000)
		}
		return says
	}
	return "Slack could not be asked whether you may ask, so no data is shown. Try again in a minute."
}
