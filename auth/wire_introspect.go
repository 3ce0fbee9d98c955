package auth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// IntrospectionStyle is how a service wants to be asked about a token where it
// departs from RFC 7662 (QuirkIntrospection). The zero value is the RFC's way.
type IntrospectionStyle struct {
	own   bool   // the service departs at all
	auth  string // "": authClient; authBearer: by the token itself; authNone
	token string // the parameter with the token; "" with own: none
}

// introspectionStyle is what the service's data says of introspection.
func (s Service) introspectionStyle() IntrospectionStyle {
	quirk, own := s.Quirk(QuirkIntrospection)
	if !own {
		return IntrospectionStyle{}
	}
	return IntrospectionStyle{own: true, auth: quirk.Params["auth"], token: tokenParam(quirk)}
}

// tokenParam is the name of the parameter with the token: the RFCs' when the
// quirk does not say, "" when it says that there is none.
func tokenParam(q Quirk) string {
	if name, said := q.Params["token"]; said {
		return name
	}
	return "token"
}

// Introspect asks the service what it knows of a token (RFC 7662). A token that
// is not active has no claims worth showing. A service with a way of its own
// need not say active: it answers for tokens that are, and refuses the others.
func (w *Wire) Introspect(ctx context.Context, r ClientRequest, style IntrospectionStyle, token Secret) (active bool, claims []Claim, err error) {
	form := url.Values{"token": {token.Reveal()}, "token_type_hint": {hintAccessToken}}
	if style.own {
		form = url.Values{}
		if style.token != "" {
			form.Set(style.token, token.Reveal())
		}
	}
	shape := wireShape{auth: style.auth, bearer: token}
	if len(form) == 0 && style.auth != "" && style.auth != authClient {
		shape.body = bodyNone
	}
	err = w.withClock(r, func(at time.Time) (err error) {
		active, claims, err = w.introspect(ctx, r, form, at, shape, style)
		return err
	})
	var failed *WireError
	if style.auth == authBearer && errors.As(err, &failed) && failed.Phase == Answered && failed.Status == http.StatusUnauthorized {
		return false, nil, nil // what was refused is the token that was asked about
	}
	return active, claims, err
}

func (w *Wire) introspect(ctx context.Context, r ClientRequest, form url.Values, at time.Time, shape wireShape, style IntrospectionStyle) (bool, []Claim, error) {
	c, err := w.send(ctx, OpIntrospect, r, form, at, shape)
	if err != nil {
		return false, nil, err
	}
	defer c.close()
	body, err := c.document(wireMaxBody)
	if err != nil {
		return false, nil, err
	}
	set, err := readClaims(body)
	said, there := set.values["active"]
	active := style.own && !there
	if err != nil || !active && json.Unmarshal(said, &active) != nil {
		return false, nil, c.failed(Answered, c.unusableCode(body), nil)
	}
	c.done()
	return active, set.claims(), nil
}
