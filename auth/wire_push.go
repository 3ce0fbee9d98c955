package auth

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// The bounds of a pushed authorization request.
const (
	pushLifetime    = 60 * time.Second // when none is said
	pushMaxLifetime = 10 * time.Minute // RFC 9126 section 2.2
	pushMaxURI      = 1024             // bytes
)

// Push sends an authorization request ahead of the browser (RFC 9126 section 2)
// and returns the request URI that stands for it, and how long it does.
func (w *Wire) Push(ctx context.Context, r ClientRequest, request url.Values) (uri string, lifetime time.Duration, err error) {
	err = w.withClock(r, func(at time.Time) (err error) {
		uri, lifetime, err = w.push(ctx, r, request, at)
		return err
	})
	return uri, lifetime, err
}

func (w *Wire) push(ctx context.Context, r ClientRequest, request url.Values, at time.Time) (string, time.Duration, error) {
	c, err := w.post(ctx, OpPush, r, request, at)
	if err != nil {
		return "", 0, err
	}
	defer c.close()
	if c.status == http.StatusCreated { // as the RFC has it; some answer 200
		c.status = http.StatusOK
	}
	members, err := c.object(wireMaxBody)
	if err != nil {
		return "", 0, err
	}
	uri := members.text("request_uri")
	if !wireHeaderSafe(uri) || len(uri) > pushMaxURI {
		return "", 0, c.failed(Answered, CodeReplyUnusable, nil)
	}
	c.done()
	seconds, ok := replySeconds(members["expires_in"])
	if !ok || seconds <= 0 {
		return uri, pushLifetime, nil
	}
	return uri, wireClamp(seconds, time.Second, pushMaxLifetime), nil
}
