package auth

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Introspect asks the service what it knows of a token (RFC 7662). A token that
// is not active has no claims worth showing.
func (w *Wire) Introspect(ctx context.Context, r ClientRequest, token Secret) (active bool, claims []Claim, err error) {
	form := url.Values{"token": {token.Reveal()}, "token_type_hint": {hintAccessToken}}
	err = w.withClock(r, func(at time.Time) (err error) {
		active, claims, err = w.introspect(ctx, r, form, at)
		return err
	})
	return active, claims, err
}

func (w *Wire) introspect(ctx context.Context, r ClientRequest, form url.Values, at time.Time) (bool, []Claim, error) {
	c, err := w.post(ctx, OpIntrospect, r, form, at)
	if err != nil {
		return false, nil, err
	}
	defer c.close()
	body, err := c.document(wireMaxBody)
	if err != nil {
		return false, nil, err
	}
	set, err := readClaims(body)
	var active bool
	if err != nil || json.Unmarshal(set.values["active"], &active) != nil {
		return false, nil, c.failed(Answered, c.unusableCode(body), nil)
	}
	c.done()
	return active, set.claims(), nil
}

// maxKeys is how many keys of a key set are read.
const maxKeys = 100

// Keys fetches the key set at r's endpoint (RFC 7517 section 5). Keys of a kind
// that is not known are left out.
func (w *Wire) Keys(ctx context.Context, r ClientRequest) (jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	c, err := w.Via(r).get(ctx, OpKeys, r.Endpoint, Secret{})
	if err != nil {
		return set, err
	}
	defer c.close()
	body, err := c.document(wireMaxMetadata)
	if err != nil {
		return set, err
	}
	var raw struct{ Keys []json.RawMessage }
	if !replyDepthOK(body) || json.Unmarshal(body, &raw) != nil || raw.Keys == nil || len(raw.Keys) > maxKeys {
		return set, c.failed(Answered, c.unusableCode(body), nil)
	}
	for _, one := range raw.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) == nil && key.Valid() && key.IsPublic() {
			set.Keys = append(set.Keys, key)
		}
	}
	c.done()
	return set, nil
}

// Fetched is the answer to a plain GET, whatever its status.
type Fetched struct {
	Status      int    // HTTP status
	ContentType string // as the server wrote it
	Challenge   string // WWW-Authenticate (RFC 6750 section 3), as the server wrote it
	Body        []byte // at most fetchKept bytes
	Size        int64  // bytes of the body, as far as it was read: at most 1 MiB
	Cut         bool   // Body is not all of it
}

// fetchKept is how much of a fetched body is kept: more than is shown, so that
// a token at the seam can still be masked.
const fetchKept = 64 << 10

// Fetch gets an address, r's endpoint, with an access token of the given type
// ("" is Bearer). No redirect is followed; an answer with any status is no
// error. A nil error does not mean that the body came whole.
func (w *Wire) Fetch(ctx context.Context, r ClientRequest, tokenType string, access Secret) (Fetched, error) {
	c := w.Via(r).newCall(OpFetch, http.MethodGet)
	if tokenType == "" {
		tokenType = "Bearer"
	}
	if !wireHeaderSafe(tokenType) || !wireHeaderSafe(access.Reveal()) {
		return Fetched{}, c.failed(NotSent, CodeNotHandedOut, nil)
	}
	header := wireHeader()
	header.Set("Accept", "application/json, */*;q=0.8")
	header.Set("Authorization", tokenType+" "+access.Reveal())
	c.sent = append(c.sent, access.Reveal())
	if err := c.do(ctx, r.Endpoint, header, ""); err != nil {
		return Fetched{}, err
	}
	defer c.close()
	got := Fetched{Status: c.status, ContentType: c.header.Get("Content-Type"), Challenge: c.header.Get("Www-Authenticate")}
	kept, err := io.ReadAll(io.LimitReader(c.body, fetchKept))
	var more int64
	if err == nil {
		more, err = io.Copy(io.Discard, io.LimitReader(c.body, wireMaxBody-fetchKept))
	}
	got.Body, got.Size, got.Cut = kept, int64(len(kept))+more, more > 0 || err != nil
	c.done()
	return got, nil
}
