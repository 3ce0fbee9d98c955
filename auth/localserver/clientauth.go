package localserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tokenwell/auth"
)

// switchedOff is what the log says of an inactive client.
const switchedOff = "The client is switched off: its requests are refused and its tokens are invalid."

// VerifyClient implements op.Server: client authentication (RFC 6749 2.3). The
// library has seen to it that at most one method was used.
func (p *provider) VerifyClient(ctx context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	c, err := p.authenticate(ctx, r.Data, r.Header, r.URL.Path)
	if err != nil {
		return nil, err
	}
	if r.URL.Path == pathToken {
		if err := misbehave(ctx, c); err != nil {
			return nil, err
		}
		if err := mayUse(ctx, c, oidc.GrantType(r.Form.Get("grant_type"))); err != nil {
			return nil, err
		}
	}
	return opClient{c}, nil
}

// authenticate finds the client and checks how it proves itself: by the one
// method that it is set to, or by its secret in either place. Every failure is
// invalid_client and tells the client no more; the log tells the reason.
func (p *provider) authenticate(ctx context.Context, cc *op.ClientCredentials, header http.Header, path string) (Client, error) {
	refused := func(why string) error {
		return because(ctx, oidc.ErrInvalidClient().WithDescription("unknown client or wrong client authentication"), why)
	}
	method := methodOf(cc, header)
	id := cc.ClientID
	if cc.ClientAssertion != "" {
		named := assertedSubject(cc.ClientAssertion)
		if id != "" && id != named {
			return Client{}, refused("The client assertion is that of another client than client_id names.")
		}
		id = named
	}
	c, err := p.store.Client(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Client{}, refused("The server does not know the client ID of the request.")
	}
	if err != nil {
		return Client{}, storageFailed(err)
	}
	recordOf(ctx).client = c
	if !c.Active {
		return Client{}, refused(switchedOff)
	}
	if allowed := methodsOf(c); !slices.Contains(allowed, method) {
		return Client{}, refused(wrongMethod(c, allowed, method))
	}
	switch method {
	case auth.ClientAuthBasic, auth.ClientAuthPost:
		if why := p.checkSecret(c, auth.NewSecret(cc.ClientSecret)); why != "" {
			return Client{}, refused(why)
		}
	case auth.ClientAuthPrivateKeyJWT, auth.ClientAuthSecretJWT:
		return c, p.checkClientAssertion(ctx, c, cc.ClientAssertion, path, refused)
	}
	return c, nil
}

// methodOf tells how a request authenticates.
func methodOf(cc *op.ClientCredentials, header http.Header) auth.ClientAuth {
	switch {
	case cc.ClientAssertion != "" && symmetric(cc.ClientAssertion):
		return auth.ClientAuthSecretJWT
	case cc.ClientAssertion != "":
		return auth.ClientAuthPrivateKeyJWT
	case claimsBasic(header):
		return auth.ClientAuthBasic
	case cc.ClientSecret != "":
		return auth.ClientAuthPost
	}
	return auth.ClientAuthNone
}

// methodsOf are the methods that a client may use.
func methodsOf(c Client) []auth.ClientAuth {
	switch {
	case c.Public:
		return []auth.ClientAuth{auth.ClientAuthNone}
	case c.ClientAuth == "" || c.ClientAuth == auth.ClientAuthNone:
		return []auth.ClientAuth{auth.ClientAuthBasic, auth.ClientAuthPost}
	}
	return []auth.ClientAuth{c.ClientAuth}
}

func wrongMethod(c Client, allowed []auth.ClientAuth, method auth.ClientAuth) string {
	switch {
	case c.Public:
		return "The client is public and has no secret, but the request brings one. Send client_id alone, in the body."
	case method == auth.ClientAuthNone:
		return "The client is confidential, but the request brings no proof of it. Send the client secret, or what the client is set to."
	}
	var names []string
	for _, m := range allowed {
		names = append(names, string(m))
	}
	return fmt.Sprintf("The client may authenticate with %s only, but the request uses %s.", strings.Join(names, " or "), method)
}

// checkSecret returns why a secret is refused, "" when it is right.
func (p *provider) checkSecret(c Client, sent auth.Secret) string {
	overlap := p.now().Before(c.OldSecretEnds)
	switch {
	case !c.Secret.Empty() && c.Secret.Equal(sent):
		return ""
	case c.OldSecret.Empty() || !c.OldSecret.Equal(sent):
		return "The client secret is wrong. Copy it again from the client's page in Tokenwell."
	case !overlap:
		return "The client secret was replaced, and the time in which the old one still worked is over."
	}
	return ""
}

// clientOf reads client credentials as the library does, for the endpoints that
// it does not have. Every failure is an OAuth error.
func (p *provider) clientOf(ctx context.Context, header http.Header, form url.Values, path string) (Client, error) {
	cc := &op.ClientCredentials{
		ClientID: form.Get("client_id"), ClientSecret: form.Get("client_secret"),
		ClientAssertion: form.Get("client_assertion"), ClientAssertionType: form.Get("client_assertion_type"),
	}
	if id, secret, ok := basicOf(header); ok {
		// decodable: endpoint has seen to it
		cc.ClientID, _ = url.QueryUnescape(id)
		cc.ClientSecret, _ = url.QueryUnescape(secret)
	}
	if cc.ClientID == "" && cc.ClientAssertion == "" {
		return Client{}, because(ctx, oidc.ErrInvalidRequest().WithDescription("client_id is missing"), "The request does not say which client sends it: client_id is missing.")
	}
	return p.authenticate(ctx, cc, header, path)
}

// claimsBasic tells whether a request says that it uses HTTP Basic.
func claimsBasic(header http.Header) bool {
	scheme, _, _ := strings.Cut(header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Basic")
}

// basicOf reads HTTP Basic credentials (RFC 7617).
func basicOf(header http.Header) (id, secret string, ok bool) {
	return (&http.Request{Header: header}).BasicAuth()
}

// checkCredentials refuses what no endpoint takes, before the library sees it:
// two ways of authentication at once (RFC 6749 2.3), an assertion of an unknown
// type, or two client IDs. It returns why, "" when there is nothing to refuse.
func checkCredentials(r *http.Request) string {
	id, _, basic := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	form := r.PostForm
	ways := 0
	for _, used := range []bool{basic, form.Get("client_secret") != "", form.Get("client_assertion") != ""} {
		if used {
			ways++
		}
	}
	switch {
	case ways > 1:
		return "The request authenticates the client in two ways at once; it has to use one (RFC 6749 section 2.3)."
	case basic && form.Has("client_id") && form.Get("client_id") != id:
		return "The Authorization header and client_id name two different clients."
	case form.Get("client_assertion") != "" && form.Get("client_assertion_type") != oidc.ClientAssertionTypeJWTAssertion:
		return "client_assertion_type has to be " + oidc.ClientAssertionTypeJWTAssertion + "."
	}
	return ""
}
