package auth

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// RevocationStyle is how a service wants a revocation where it departs from RFC
// 7009 (QuirkRevocation). The zero value is the RFC's way. It is stored with
// queued revocations: never rename a member.
type RevocationStyle struct {
	Client ClientStyle `json:"client,omitzero"`
	Own    bool        `json:"own,omitempty"` // the service departs at all
	Method string      `json:"method,omitempty"`
	Body   string      `json:"body,omitempty"`
	Auth   string      `json:"auth,omitempty"`
	Token  string      `json:"token,omitempty"` // the parameter with the token; "": token
	// Kind is the one kind of token that can be revoked there, access or refresh;
	// "": any.
	Kind     string `json:"kind,omitempty"`
	ClientID string `json:"client_id,omitempty"` // the parameter that names the client, where it has to
	Status   int    `json:"status,omitempty"`    // the HTTP status that confirms beside 200; 0: none
	// Member of the answer has to be Good; "": the status alone counts.
	Member string `json:"member,omitempty"`
	Good   string `json:"good,omitempty"`
	// InBody: an answer that confirms may hold an error all the same (QuirkErrorStatus200).
	InBody bool `json:"in_body,omitempty"`
}

// The kinds of RevocationStyle.
const (
	kindAccess  = "access"
	kindRefresh = "refresh"
)

// revocationStyle is what the service's data says of revocations.
func (s Service) revocationStyle() RevocationStyle {
	style := RevocationStyle{Client: s.clientStyle()}
	if status, ok := s.Quirk(QuirkReplyStatus); ok {
		style.Member, style.Good = status.Params["member"], status.Params["good"]
	}
	_, style.InBody = s.Quirk(QuirkErrorStatus200)
	quirk, own := s.Quirk(QuirkRevocation)
	if !own {
		return style
	}
	p := quirk.Params
	style.Own, style.Method, style.Body, style.Auth = true, p["method"], p["body"], p["auth"]
	style.Token, style.Kind, style.ClientID = p["token"], p["kind"], p["client_id"]
	style.Status, _ = strconv.Atoi(p["status"])
	return style
}

// takes tells whether a token of that hint can be revoked at the service.
func (s RevocationStyle) takes(hint string) bool {
	switch s.Kind {
	case kindAccess:
		return hint == hintAccessToken
	case kindRefresh:
		return hint == hintRefreshToken
	default:
		return true
	}
}

// wantsSecret tells whether a revocation is authenticated by the client secret
// itself, which a client without one can't do.
func (s RevocationStyle) wantsSecret() bool {
	return !slices.Contains([]string{"", authClient, authBearer, authNone}, s.Auth)
}

// possible tells whether this client can ask the service for it at all.
func (r Revocation) possible() bool {
	return r.Style.takes(r.Hint) && (!r.Style.wantsSecret() || !r.ClientSecret.Empty())
}

// Revoke asks for the revocation of a token (RFC 7009 section 2.1). Only HTTP
// status 200, and the one that the service's data names, count as done, for a
// token that the server does not know too (section 2.2); after any other end the
// token has to be taken as alive.
func (w *Wire) Revoke(ctx context.Context, r Revocation) error {
	client, style := r.client(), r.Style
	form := url.Values{cmp.Or(style.Token, "token"): {r.Token.Reveal()}}
	if !style.Own && r.Hint != "" {
		form.Set("token_type_hint", r.Hint)
	}
	if style.ClientID != "" {
		form.Set(style.ClientID, client.ClientID)
	}
	shape := wireShape{method: style.Method, body: style.Body, auth: style.Auth, bearer: r.Token}
	return w.withClock(client, func(at time.Time) error { return w.revoke(ctx, client, form, at, shape, style) })
}

func (w *Wire) revoke(ctx context.Context, r ClientRequest, form url.Values, at time.Time, shape wireShape, style RevocationStyle) error {
	c, err := w.send(ctx, OpRevoke, r, form, at, shape)
	if err != nil {
		return err
	}
	defer c.close()
	confirmed := c.status == http.StatusOK || style.Status != 0 && c.status == style.Status
	if confirmed && style.Member == "" && !style.InBody {
		c.done()
		return nil
	}
	body, readErr := c.read(wireMaxBody)
	if !confirmed {
		return c.refused(replyErrorOf(c.status, c.header.Get("Content-Type"), body))
	}
	if readErr != nil {
		return c.broken(readErr)
	}
	members, ok := replyObject(body)
	switch {
	case !ok && style.Member != "":
		return c.failed(Answered, c.unusableCode(body), nil)
	case style.Member != "" && memberText(members, style.Member) != style.Good, style.Member == "" && members.hasError():
		c.status = http.StatusBadRequest // what the body refuses counts as refused
		return c.refused(replyErrorIn(members))
	}
	c.done()
	return nil
}
