package auth

import (
	"maps"
	"strings"
)

// signInFacts are what a sign-in brought beside the tokens; what the reply says
// comes before what stood in the redirect. Facts of an earlier sign-in are kept
// (nil) only by one that asked no user anything and may have repeated less.
func signInFacts(svc Service, p pending, reply Reply) map[string]string {
	facts := map[string]string{}
	if quirk, ok := svc.Quirk(QuirkRedirectFacts); ok {
		for name := range strings.FieldsSeq(quirk.Params["names"]) {
			facts = withFact(facts, name, p.got.Extra[name], reply.Tokens)
		}
	}
	if _, repeats := svc.Quirk(QuirkRefreshRedirect); repeats {
		facts = withFact(facts, FactRedirectURI, p.got.RedirectURI, reply.Tokens)
	}
	maps.Copy(facts, reply.Tokens.Facts)
	if info, _ := p.config.Grant.Info(); info.Prompt == PromptNone && len(facts) == 0 {
		return nil
	}
	return facts
}

// renewedFacts are the facts after a refresh: what it did not repeat stays.
func renewedFacts(known, said map[string]string) map[string]string {
	facts := map[string]string{}
	maps.Copy(facts, known)
	maps.Copy(facts, said)
	return facts
}

// redirectScopes are the granted scopes that the redirect names under
// QuirkRedirectScope; nil when it names none.
func redirectScopes(svc Service, got answer) []string {
	quirk, ok := svc.Quirk(QuirkRedirectScope)
	if !ok || got.Extra["scope"] == "" {
		return nil
	}
	granted, _ := cleanScopes(strings.Split(got.Extra["scope"], quirk.Params["separator"]))
	return granted
}
