package localserver

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// misbehave treats a client at the token endpoint as its switches ask, for
// practice. An error is the answer; nothing has been issued or used up then.
func misbehave(ctx context.Context, c Client) error {
	rec := recordOf(ctx)
	rec.slow = time.Duration(c.Misbehave.Slow) * time.Second
	if c.Misbehave.Unavailable {
		return unavailable(ctx)
	}
	if seconds := c.Misbehave.TooMany; seconds > 0 {
		rec.retryAfter = time.Duration(seconds) * time.Second
		busy := op.NewStatusError(&oidc.Error{ErrorType: "too_many_requests", Description: "too many requests"}, http.StatusTooManyRequests)
		return because(ctx, busy, fmt.Sprintf("The client is set to misbehave: it is answered with 429. A program should wait for the %d seconds of Retry-After, then try again.", seconds))
	}
	return nil
}

// misbehaveBriefly is misbehave where there is no token endpoint to play with.
func misbehaveBriefly(ctx context.Context, c Client) error {
	recordOf(ctx).slow = time.Duration(c.Misbehave.Slow) * time.Second
	if c.Misbehave.Unavailable {
		return unavailable(ctx)
	}
	return nil
}

func unavailable(ctx context.Context) error {
	away := op.NewStatusError(&oidc.Error{ErrorType: "temporarily_unavailable", Description: "the server is unavailable"}, http.StatusServiceUnavailable)
	return because(ctx, away, "The client is set to misbehave: it is answered with 503. A program should keep its tokens and try again later.")
}

// liedScopes is what the reply names as granted: for a client that is lied to,
// one scope less.
func liedScopes(c Client, scopes []string) []string {
	if c.Misbehave.LieScopes && len(scopes) > 1 {
		return scopes[:len(scopes)-1]
	}
	return scopes
}

// hold waits, and ends early when the request or the server does.
func (p *provider) hold(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	case <-p.stopping:
	}
}
