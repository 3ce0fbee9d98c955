package authtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tokenwell/auth"
)

// Analyst is who signs in at a Provider, as its userinfo says; an ID token says
// AnalystByToken.
const (
	Analyst        = "analyst@example.test"
	AnalystByToken = "analyst.by.token@example.test"
)

// reply gives out tokens in the service's shape and notes what a client has to
// make of them. signIn tells that it begins a sign-in, rather than going on with
// one.
func (p *Provider) reply(signIn bool) Answer {
	p.count++
	p.issued.Access = fmt.Sprintf("%saccess-%d", Sentinel, p.count)
	members := map[string]any{"x_unknown": map[string]any{"deep": []int{1}}}
	holder := members
	if quirk, own := p.quirk(auth.QuirkReplyPath); own {
		holder = map[string]any{}
		put(members, quirk["path"], holder)
	}
	if quirk, own := p.quirk(auth.QuirkReplyStatus); own {
		members[quirk["member"]] = plainValue(quirk["good"])
	}
	holder["token_type"] = "bearer"
	if p.has(auth.QuirkTokenTypeBearer) {
		holder["token_type"] = "of its own"
	}
	p.replyLifetime(holder)
	holder["access_token"] = p.issued.Access
	if refresh := p.nextRefresh(signIn); refresh != "" {
		holder["refresh_token"] = refresh
	}
	p.replySignIn(holder, signIn)
	p.replyScope(holder, signIn)
	p.replyFacts(members, signIn)
	p.replyWho(holder, signIn)
	return object(http.StatusOK, members)
}

// plainValue is a quirk's word as JSON would write it.
func plainValue(word string) any {
	if number, err := strconv.Atoi(word); err == nil {
		return number
	}
	if truth, err := strconv.ParseBool(word); err == nil {
		return truth
	}
	return word
}

// replyLifetime says how long the access token lives, in the spellings in turn.
func (p *Provider) replyLifetime(holder map[string]any) {
	seconds := p.svc.AccessToken.Seconds
	if seconds == 0 {
		seconds = 7200
	}
	lifetime := time.Duration(seconds) * time.Second
	end := p.params.Now().Add(lifetime)
	p.issued.Rule, p.issued.Lifetime = auth.ExpiryReported, lifetime
	never := p.svc.AccessToken.Rule == "never" || p.has(auth.QuirkNoExpiryMeansNever) && p.count == 1
	at, hasAt := p.quirk(auth.QuirkExpiresAt)
	switch {
	case p.has(auth.QuirkZeroMeansNever) && p.count == 1:
		holder["expires_in"] = 0
		p.issued.Rule, p.issued.Lifetime = auth.ExpiryNever, 0
	case never:
		p.issued.Rule, p.issued.Lifetime = auth.ExpiryNever, 0
	case p.has(auth.QuirkExpiryFromJWT):
		p.issued.Access = Sign(map[string]any{"exp": end.Unix(), "jti": p.issued.Access})
	case hasAt && p.count%2 == 1:
		put(holder, at["member"], end.UTC().Format(time.RFC3339))
	case hasAt:
		put(holder, at["member"], end.Unix())
	case p.svc.AccessToken.Seconds == 0 && p.count == 1: // it is not documented: not said
		p.issued.Rule, p.issued.Lifetime = auth.ExpiryNotReported, time.Hour
	default:
		holder["expires_in"] = []any{strconv.FormatInt(seconds, 10), float64(seconds) + 0.5, seconds}[p.count%3]
	}
}

// nextRefresh is the refresh token of a reply; "" for none.
func (p *Provider) nextRefresh(signIn bool) string {
	_, asks := grantTypes[p.params.Grant]
	switch {
	case p.has(auth.QuirkRefreshByAccess):
		p.issued.Refresh = p.issued.Access
		return ""
	case asks || p.svc.Refresh.Needs == "never":
		p.issued.Refresh = ""
		return ""
	case !signIn && p.svc.Refresh.Rotates != nil && !*p.svc.Refresh.Rotates:
		return ""
	}
	p.issued.Refresh = fmt.Sprintf("%srefresh-%d", Sentinel, p.count)
	return p.issued.Refresh
}

// replySignIn says how long the sign-in lasts, where the service does, and works
// out what is known of that.
func (p *Provider) replySignIn(holder map[string]any, signIn bool) {
	life := p.svc.Refresh.Lifetime
	for _, when := range p.svc.Refresh.When {
		if p.params.Values[when.Parameter] == when.Value {
			life = when.Lifetime
		}
	}
	if _, asks := grantTypes[p.params.Grant]; asks { // it can ask for ever
		return
	}
	at := p.params.Now()
	end := at.Add(time.Duration(life.Seconds) * time.Second)
	if quirk, own := p.quirk(auth.QuirkRefreshExpiresIn); own {
		seconds := int64(777600 + p.count)
		put(holder, quirk["member"], seconds)
		p.issued.SignInEnds = at.Add(time.Duration(seconds) * time.Second)
		return
	}
	switch {
	case life.Rule == "never", life.Seconds == 0 && signIn:
		p.issued.SignInEnds = time.Time{}
	case life.Seconds == 0:
	case life.Rule == "sliding", signIn && p.params.Grant != auth.GrantRefreshToken:
		p.issued.SignInEnds = end
	}
}

// replyScope says what was granted, as text at a sign-in and as a list later.
func (p *Provider) replyScope(holder map[string]any, signIn bool) {
	granted := p.grants()
	_, asks := grantTypes[p.params.Grant]
	switch {
	case p.has(auth.QuirkGrantedScopeIgnored):
		holder["scope"] = "1 4"
		p.issued.Granted = nil
	case p.has(auth.QuirkRedirectScope) || len(granted) == 0 || asks && !scopesInRequest(p.params.Grant):
		if signIn {
			p.issued.Granted = nil
		}
		if p.params.Grant == auth.GrantAuthorizationCode && len(granted) > 0 && p.has(auth.QuirkRedirectScope) {
			p.issued.Granted = granted
		}
	default:
		p.issued.Granted = granted
		separator := " "
		if quirk, own := p.quirk(auth.QuirkGrantedScopeSeparator); own {
			separator = quirk["separator"]
		}
		holder["scope"] = strings.Join(granted, separator)
		if !signIn {
			holder["scope"] = granted
		}
	}
}

func scopesInRequest(g auth.Grant) bool { return g == auth.GrantClientCredentials }

// replyFacts adds what the service says beside the tokens.
func (p *Provider) replyFacts(members map[string]any, signIn bool) {
	facts := maps.Clone(p.issued.Facts)
	if facts == nil || signIn && p.params.Grant != auth.GrantAuthorizationCode {
		facts = map[string]string{}
	}
	quirk, _ := p.quirk(auth.QuirkReplyFacts)
	for i, name := range strings.Fields(quirk["names"]) {
		if i%2 == 1 {
			put(members, name, 7000+p.count)
			facts[name] = strconv.Itoa(7000 + p.count)
			continue
		}
		facts[name] = fmt.Sprintf("https://%s-%d.example.test", strings.ReplaceAll(name, ".", "-"), p.count)
		put(members, name, facts[name])
	}
	p.issued.Facts = facts
}

// replyWho adds an ID token where one is asked for, and works out what can be
// known of who signed in.
func (p *Provider) replyWho(holder map[string]any, signIn bool) {
	if !signIn {
		return
	}
	p.issued.Who = ""
	if p.address(PartUserInfo) != "" && p.params.Grant != auth.GrantClientCredentials {
		p.issued.Who = Analyst
	}
	user := p.params.Grant == auth.GrantAuthorizationCode || p.params.Grant == auth.GrantDeviceCode
	if !user || !slices.Contains(p.asks(), "openid") {
		return
	}
	issuer := p.fill(p.svc.Issuer)
	claims := map[string]any{"sub": "1", "email": AnalystByToken, "aud": p.params.ClientID, "nonce": p.sign.nonce}
	if quirk, own := p.quirk(auth.QuirkIssuerTemplate); own {
		claims[quirk["claim"]] = "11111111-2222-3333-4444-555555555555"
		for _, parameter := range p.svc.Parameters {
			issuer = strings.ReplaceAll(p.svc.Issuer, "{"+parameter.Name+"}", "11111111-2222-3333-4444-555555555555")
			if issuer != p.svc.Issuer {
				break
			}
		}
	}
	if quirk, own := p.quirk(auth.QuirkTokenIssuer); own {
		issuer = quirk["issuer"]
	}
	claims["iss"] = issuer
	holder["id_token"] = Sign(claims)
	p.issued.Who = AnalystByToken
}
