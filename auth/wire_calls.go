package auth

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Revoke asks for the revocation of a token (RFC 7009 section 2.1). Only HTTP
// status 200 counts as done, for a token that the server does not know too
// (section 2.2); after any other end the token has to be taken as alive.
func (w *Wire) Revoke(ctx context.Context, r Revocation) error {
	form := url.Values{"token": {r.Token.Reveal()}}
	if r.Hint != "" {
		form.Set("token_type_hint", r.Hint)
	}
	client := r.client()
	return w.withClock(client, func(at time.Time) error { return w.revoke(ctx, client, form, at) })
}

func (w *Wire) revoke(ctx context.Context, r ClientRequest, form url.Values, at time.Time) error {
	c, err := w.post(ctx, OpRevoke, r, form, at)
	if err != nil {
		return err
	}
	defer c.close()
	if c.status == http.StatusOK {
		c.done()
		return nil
	}
	body, _ := c.read(wireMaxBody)
	return c.refused(replyErrorOf(c.status, c.header.Get("Content-Type"), body))
}

// userInfoNames are the members of a userinfo answer (OpenID Connect Core
// section 5.1) that tell people apart, the most telling first.
var userInfoNames = []string{"email", "preferred_username", "userPrincipalName", "upn", "login", "name", "sub"}

// wireMaxWho is the longest account name that is kept, in characters.
const wireMaxWho = 120

// UserInfo asks who signed in (OpenID Connect Core section 5.3). The name is
// stripped of control and invisible characters and is for showing only (T67);
// it is empty when the answer names nobody.
func (w *Wire) UserInfo(ctx context.Context, endpoint string, access Secret) (who string, err error) {
	c, err := w.get(ctx, OpUserInfo, endpoint, access)
	if err != nil {
		return "", err
	}
	defer c.close()
	members, err := c.object(wireMaxBody)
	if err != nil {
		return "", err
	}
	c.done()
	for _, name := range userInfoNames {
		if who := wirePlainName(members.text(name)); who != "" {
			return who, nil
		}
	}
	return "", nil
}

// wirePlainName makes a foreign name fit for one line of a screen.
func wirePlainName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) && r != ' ' {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > wireMaxWho {
		return string(runes[:wireMaxWho-1]) + "…"
	}
	return name
}
