package bot

import (
	"context"
	"time"
)

// claimOnce reports whether req is the first to do something within life, on this replica or
// another. While the store is away this replica alone decides.
func (b *Bot) claimOnce(ctx context.Context, req *Request, life time.Duration, what string) bool {
	if mine, _ := b.memory.claim(ctx, req.Ref, life, what); !mine {
		return false
	}
	if b.store == nil {
		return true
	}
	mine, err := b.store.claim(ctx, req.Ref, life, what)
	return mine || err != nil
}

// releaseOnce lets another request do what req did not do.
func (b *Bot) releaseOnce(ctx context.Context, req *Request, what string) {
	_ = b.memory.release(ctx, req.Ref, what) // which never fails
	if b.store != nil {
		_ = b.store.release(context.WithoutCancel(ctx), req.Ref, what) // else it lapses
	}
}
