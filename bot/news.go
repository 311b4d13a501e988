package bot

import (
	"context"
	"time"

	"servicesbot/whmcs"
)

// What one replica learns of Slack, the others hear: an event comes to one of them alone.

// noteSharing takes what an event says about the sharing of channels, and lets the other
// replicas know. Where they are told anything the returned channel is closed after it, at
// most half a second later; nil: there is nothing to be told. What closes a channel counts
// before what opens it: a look-up at Slack may bring how it was before.
func (b *Bot) noteSharing(t arrival) <-chan struct{} {
	b.access.forgetChannels(t.changed...)
	isNew := b.access.markOutside(t.outside)
	if b.store == nil || !isNew && len(t.changed) == 0 {
		return nil
	}
	told := make(chan struct{})
	b.meanwhile(func() {
		defer close(told)
		ctx := context.Background()
		if isNew {
			_ = b.store.raise(ctx, outsideFlag(t.outside), channelFor)
			_ = b.store.broadcast(ctx, news{Kind: newsOutside, Name: t.outside}) // while the store is away no replica trusts its cache: see missedNews
		}
		for _, c := range t.changed {
			_ = b.store.lower(ctx, outsideFlag(c))
			_ = b.store.broadcast(ctx, news{Kind: newsChanged, Name: c})
		}
	})
	return told
}

// after runs do when done is closed, at once where it is nil. It does not wait.
func (b *Bot) after(done <-chan struct{}, do func()) {
	if done == nil {
		do()
		return
	}
	b.meanwhile(func() {
		<-done
		do()
	})
}

// outsideElsewhere reports whether another replica knows that outsiders read in a channel.
func (b *Bot) outsideElsewhere(ctx context.Context, channel string) bool {
	left, err := b.store.raised(ctx, outsideFlag(channel))
	return err == nil && left > 0
}

// heardNews takes news of another replica.
func (b *Bot) heardNews(n news) {
	switch n.Kind {
	case newsOutside:
		b.access.markOutside(n.Name)
	case newsChanged:
		b.access.forgetChannels(n.Name)
	case newsStop:
		b.stopHere(n)
	case newsStopped:
		if reply, ok := b.replies.Load(n.Name); ok {
			select {
			case reply.(chan news) <- n:
			default:
			}
		}
	case newsEdited:
		b.versions.endOlder(n.Name, n.Number)
	case newsReplaced:
		b.meanwhile(func() { b.corrections.drop(n.Name, time.Now()) })
	case newsBlocks:
		b.blocks.refuse(time.Now().Add(n.Life))
	case newsTrouble:
		if b.cfg.LeaveWHMCS != nil {
			b.cfg.LeaveWHMCS(whmcs.Trouble{Kind: whmcs.Kind(n.Name), Pause: n.Life, Since: n.Since})
		}
	case newsJoined, newsLeft:
		b.lookSoon()
	}
}

// missedNews is called where news may have been missed: what was known is looked up again.
func (b *Bot) missedNews() {
	b.access.forgetInside()
	b.lookSoon()
	b.meanwhile(func() { // the caller is who reads the replies
		left, err := b.store.raised(context.Background(), blocksFlag)
		if err == nil && left > 0 {
			b.blocks.refuse(time.Now().Add(left))
		}
		if n, ok := b.store.trouble(context.Background()); ok {
			b.heardNews(n)
		}
	})
}

// tellBlocks lets the other replicas send lists as well.
func (b *Bot) tellBlocks(ctx context.Context) {
	if b.store != nil {
		_ = b.store.raise(ctx, blocksFlag, noBlocksFor)
		_ = b.store.broadcast(ctx, news{Kind: newsBlocks, Life: noBlocksFor})
	}
}
