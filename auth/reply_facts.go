package auth

import (
	"strings"
)

// The bounds of what is kept beside the tokens.
const (
	maxFacts = 32
	maxFact  = 1024 // bytes
)

// replyFacts returns the members that QuirkReplyFacts names, as far as they are
// there; nil without the quirk, and when there is none.
func replyFacts(reply replyPair, quirks []Quirk, tokens Tokens) map[string]string {
	var facts map[string]string
	for _, q := range quirks {
		if q.ID != QuirkReplyFacts {
			continue
		}
		for name := range strings.FieldsSeq(q.Params["names"]) {
			text, _ := replyPlain(reply.at(name))
			facts = withFact(facts, name, text, tokens)
		}
	}
	return facts
}

// withFact adds what a service said to facts, which may be nil. Left out is what
// can't be shown on a line, what is too much, and what is a token or holds one:
// facts are shown and exported.
func withFact(facts map[string]string, name, text string, tokens Tokens) map[string]string {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxFact || !plainText(text) || strings.ContainsFunc(text, invisible) || len(facts) == maxFacts {
		return facts
	}
	for _, token := range []Secret{tokens.Access, tokens.Refresh, tokens.ID} {
		if !token.Empty() && strings.Contains(text, token.Reveal()) {
			return facts
		}
	}
	if facts == nil {
		facts = map[string]string{}
	}
	facts[name] = text
	return facts
}
