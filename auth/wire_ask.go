package auth

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

// maxKeys is how many keys of a key set are read.
const maxKeys = 100

// Keys fetches the key set at r's endpoint (RFC 7517 section 5). Keys of a kind
// that is not known are left out.
func (w *Wire) Keys(ctx context.Context, r ClientRequest) (jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	c, err := w.Via(r).get(ctx, OpKeys, r.Endpoint)
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

// Fetch gets an address, r's endpoint, with an access token as the service's API
// wants it. No redirect is followed; an answer with any status is no error. A
// nil error does not mean that the body came whole.
func (w *Wire) Fetch(ctx context.Context, r ClientRequest, use TokenUse, access Secret) (Fetched, error) {
	c := w.Via(r).newCall(OpFetch, http.MethodGet)
	header := wireHeader()
	header.Set("Accept", "application/json, */*;q=0.8")
	if bear(header, use, access) != nil {
		return Fetched{}, c.failed(NotSent, CodeNotHandedOut, nil)
	}
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
