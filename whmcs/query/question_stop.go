package query

import (
	"context"
	"errors"
	"fmt"
)

// answerNeedsAll reports whether the question needs every match, however few it shows.
func (a *question) answerNeedsAll() bool {
	return a.q.Sort.Key != "" || a.q.As.ofAll() || a.pos.order == orderStatus
}

// needsAll reports whether every match is needed, also to know what a name means.
func (a *question) needsAll() bool {
	return a.answerNeedsAll() || a.env.namesOpen() || a.opt.Since != nil
}

// hasEnough reports whether no more rows are needed for the page asked for.
func (a *question) hasEnough() bool { return !a.needsAll() && !a.extent.inFirstReplies && a.pageFull() }

// done reports whether the question has enough rows, or has looked at all that it may.
func (a *question) done() (bool, error) {
	switch {
	case a.extent.ended, a.hasEnough():
		return true, nil
	case a.limitReached() && (a.extent.rowsLeft || a.moreRows):
		return true, errBudget
	}
	return false, nil
}

// limitReached reports whether the question has looked at all rows that it may look at.
func (a *question) limitReached() bool { return a.res.Looked >= a.limit }

// rowsWanted is up to how many rows a scan should fetch next.
func (a *question) rowsWanted(has int) int {
	if a.needsAll() {
		return max(has+1, a.limit)
	}
	return has + 1
}

// judge turns the end of the search into an error, or into what the result says
// about its completeness. A failure that left nothing found is an error: it must
// not read as an empty answer.
func (a *question) judge(ctx context.Context, err error) error {
	gap := Gap{Looked: a.pos.looked + a.res.Looked, Of: a.res.Of, Limit: a.f.cfg.ScanRows}
	switch {
	case err == nil && a.extent.fewerSent:
		gap.Kind, a.extent.rowsLeft = GapFewer, false
	case err == nil, errors.Is(err, errUnnamed):
		return nil
	case errors.Is(err, errBudget) && a.limit == a.f.cfg.ScanRows:
		gap.Kind = GapBudget
	case errors.Is(err, errBudget):
		gap.Kind = GapFirstPage
	case errors.Is(err, errTime):
		gap.Kind = GapTime
	case errors.Is(err, errMoved):
		gap.Kind = GapMoved
	case errors.Is(err, errLost):
		a.pageGap = GapLost
		return nil
	case errors.Is(err, errNotAtHand):
		a.pageGap = GapNotAtHand
		return nil
	case errors.Is(ctx.Err(), context.Canceled), len(a.found) == 0:
		return err
	default:
		gap.Kind, gap.Failure = GapFailed, kindOf(err)
	}
	a.extent.ended = false
	a.incomplete(gap)
	return nil
}

// incomplete says why the result is not complete.
func (a *question) incomplete(gap Gap) { a.res.Complete, a.res.Why = false, gap }

// stopped is the error of a question that its asker stopped.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}
