package auth

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Reply is a decoded answer of a token endpoint (RFC 6749 section 5.1).
type Reply struct {
	Tokens    Tokens // Access is never empty; Refresh is when none came: the stored one stays in force
	TokenType string // as sent, "" when it was absent or not printable
	// Granted are the scopes in force; nil when the server did not say: those asked for (section 3.3).
	Granted []string
	Expiry  Expiry
	// HandOut is false when other programs must not get the access token: it
	// holds more than visible ASCII (T31), its type is not Bearer (T32), or a
	// granted scope is garbled.
	HandOut bool
	// SignInLasts is how long the sign-in lasts from At on, as the server said
	// (QuirkRefreshExpiresIn); 0: it did not.
	SignInLasts time.Duration
	At          time.Time // UTC; when the answer was received
}

// rawReply is what came, and what is known of who sent it.
type rawReply struct {
	status      int
	contentType string
	body        []byte
	cut         bool // reading the body ended with an error
	endless     bool // nothing but the end of the connection marks the body's end
	quirks      []Quirk
	never       bool
	at          time.Time
}

// replyProblem says why there are no tokens. Understood means that the server
// gave a clear answer, an error; otherwise nobody knows what it did.
type replyProblem struct {
	replyError
	understood bool
}

// unusable is the problem of an answer of which nobody knows what it means.
func unusable(code string) *replyProblem { return &replyProblem{replyError: replyError{code: code}} }

// The members of a token reply that are acted on. Two of the same name, or one
// in another case, make the reply contradict itself: it is refused (T30). All
// other members are ignored, whatever they hold.
var replyNames = []string{"access_token", "refresh_token", "id_token", "token_type", "expires_in", "scope", "scopes", "error"}

// decodeTokenReply reads an answer of a token endpoint. The tokens come first:
// nothing that is wrong with the lifetime, the type or the scopes loses them.
func decodeTokenReply(raw rawReply) (Reply, *replyProblem) {
	switch {
	case raw.status < 200: // an upgrade to another protocol
		return Reply{}, unusable(CodeReplyUnusable)
	case raw.status > 299:
		return Reply{}, &replyProblem{replyErrorOf(raw.status, raw.contentType, raw.body, raw.quirks...), true}
	}
	members, ok := replyDecode(raw)
	if !ok {
		if replyIsPage(raw.contentType, raw.body) {
			return Reply{}, unusable(CodeCaptivePortal)
		}
		return Reply{}, unusable(CodeReplyUnusable)
	}
	holder := replyHolder(members, raw.quirks)
	access := holder.text("access_token")
	failed := members.hasError() || holder.hasError() || replyFailed(members, raw.quirks)
	switch {
	case access == "" && (failed || replyErrorAt(members, raw.quirks) != ""):
		return Reply{}, &replyProblem{replyErrorIn(members, raw.quirks...), true}
	case access == "" || failed:
		return Reply{}, unusable(CodeReplyUnusable)
	}
	granted, clean := replyScopes(holder, raw.quirks)
	both := replyPair{holder, members}
	reply := Reply{
		Tokens: Tokens{
			Access:  NewSecret(access),
			Refresh: NewSecret(holder.text("refresh_token")),
			ID:      NewSecret(holder.text("id_token")),
		},
		TokenType:   replyTokenType(holder.text("token_type"), raw.quirks),
		Granted:     granted,
		Expiry:      replyExpiry(both, raw),
		SignInLasts: replySignIn(both, raw.quirks),
		At:          raw.at,
	}
	reply.Tokens.Facts = replyFacts(both, raw.quirks, reply.Tokens)
	if reply.Tokens.Refresh.Empty() && replyHasQuirk(raw.quirks, QuirkRefreshByAccess) {
		reply.Tokens.Refresh = reply.Tokens.Access
	}
	reply.HandOut = clean && wireHeaderSafe(access) && strings.EqualFold(reply.TokenType, "Bearer")
	return reply, nil
}

// replyDecode finds out whether the body is JSON or, as some services still
// send it, form-encoded.
func replyDecode(raw rawReply) (replyMembers, bool) {
	switch media := wireMediaType(raw.contentType); {
	case media == wireFormContentType:
		return replyForm(raw)
	case media == "text/plain" && replyHasQuirk(raw.quirks, QuirkAcceptJSON) && !strings.HasPrefix(strings.TrimSpace(string(raw.body)), "{"):
		return replyForm(raw)
	case replyJSONType(media):
		// A body that was cut after its last brace is whole; the decoder
		// refuses one that was cut anywhere before.
		return replyObject(raw.body)
	default:
		return nil, false
	}
}

// replyJSONType tells whether JSON can be expected under a media type. RFC 6749
// section 5.1 asks for application/json; the others are what servers send instead.
func replyJSONType(media string) bool {
	switch media {
	case "", "application/json", "text/json", "text/javascript", "application/javascript", "text/plain":
		return true
	}
	return strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
}

// replyForm reads a form-encoded reply. Unlike JSON it has no end of its own:
// without a length from HTTP a cut would shorten a token unseen.
func replyForm(raw rawReply) (replyMembers, bool) {
	if raw.cut || raw.endless {
		return nil, false
	}
	form, err := url.ParseQuery(strings.TrimSpace(string(raw.body)))
	if err != nil {
		return nil, false
	}
	members := replyMembers{}
	for key, values := range form {
		for _, value := range values {
			if !members.add(key, value) {
				return nil, false
			}
		}
	}
	return members, true
}

// replyIsPage tells whether an answer is a web page, which a network's sign-in
// page or a wrong address gives.
func replyIsPage(contentType string, body []byte) bool {
	media := wireMediaType(contentType)
	start := strings.TrimSpace(string(body[:min(len(body), 64)]))
	return media == "text/html" || media == "application/xhtml+xml" || strings.HasPrefix(start, "<")
}

// replyHolder returns the members among which the tokens stand: the reply's own
// or those of an object inside it (QuirkReplyPath).
func replyHolder(members replyMembers, quirks []Quirk) replyMembers {
	for _, q := range quirks {
		if inner, ok := members.at(q.Params["path"]).(map[string]any); q.ID == QuirkReplyPath && ok && members.text("access_token") == "" {
			return inner
		}
	}
	return members
}

// replyPair finds what a quirk names by a path: beside the tokens, else in the
// reply as a whole.
type replyPair struct{ holder, top replyMembers }

func (p replyPair) at(path string) any {
	if value := p.holder.at(path); value != nil {
		return value
	}
	return p.top.at(path)
}

// replyTokenType keeps a token type that can be shown.
func replyTokenType(name string, quirks []Quirk) string {
	if replyHasQuirk(quirks, QuirkTokenTypeBearer) {
		return "Bearer"
	}
	if name = strings.Trim(name, " "); len(name) > 64 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return name
}

// replyMaxScopes and replyMaxScope bound what is kept of the granted scopes.
const (
	replyMaxScopes = 1000
	replyMaxScope  = 512
)

// replyScopes returns the granted scopes in the order sent, each once; clean is
// false when some had characters that no scope has (RFC 6749 section 3.3) and
// were left out. A list of anything but texts names none. Some services call the
// member scopes (HubSpot, Bitbucket).
func replyScopes(members replyMembers, quirks []Quirk) (granted []string, clean bool) {
	if replyHasQuirk(quirks, QuirkGrantedScopeIgnored) {
		return nil, true
	}
	member := "scope"
	if _, there := members[member]; !there {
		member = "scopes"
	}
	names, ok := members.list(member)
	if !ok {
		separator := " "
		for _, q := range quirks {
			if q.ID == QuirkGrantedScopeSeparator && q.Params["separator"] != "" {
				separator = q.Params["separator"]
			}
		}
		// No scope holds a blank, so that one always separates (LinkedIn writes either).
		names = strings.FieldsFunc(members.text(member), func(r rune) bool { return r == ' ' || strings.ContainsRune(separator, r) })
	}
	return cleanScopes(names)
}

// cleanScopes keeps what can be a scope, see replyScopes.
func cleanScopes(names []string) (granted []string, clean bool) {
	clean = true
	for _, name := range names {
		name = strings.Trim(name, " ")
		switch {
		case name == "" || slices.Contains(granted, name):
		case len(name) > replyMaxScope || len(granted) == replyMaxScopes ||
			strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == unicode.ReplacementChar }):
			clean = false
		default:
			granted = append(granted, name)
		}
	}
	return granted, clean
}

func replyHasQuirk(quirks []Quirk, id QuirkID) bool {
	return slices.ContainsFunc(quirks, func(q Quirk) bool { return q.ID == id })
}
