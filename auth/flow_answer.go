package auth

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of an authorization response (T12), and of what is kept of its
// further parameters.
const (
	maxAnswer       = 16 << 10
	maxAnswerParams = 100
	maxExtra        = 20
	maxExtraName    = 64   // bytes
	maxExtraValue   = 1024 // bytes
)

// Why an answer was not taken. None of them changes the flow.
var (
	errAnswerMalformed = errors.New("not readable as an authorization response")
	errAnswerStray     = errors.New("not a response to this authorization request")
)

// answerParams are the parameters that an answer may hold once each (RFC 6749
// section 4.1.2, RFC 9207), the code aside. What others say changes nothing here.
var answerParams = []string{"state", "iss", "error", "error_description", "error_uri"}

// parseAnswer reads the query of an authorization response: strictly, since
// whoever can reach the port can write one. The code, which codeName holds, comes
// back as code; extra are the further parameters that came once.
func parseAnswer(rawQuery, codeName string) (params, extra map[string]string, err error) {
	if len(rawQuery) > maxAnswer || strings.Count(rawQuery, "&") >= maxAnswerParams {
		return nil, nil, errAnswerMalformed
	}
	params, extra = map[string]string{}, map[string]string{}
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		if nameErr != nil || valueErr != nil || !plainText(name) || !plainText(value) {
			return nil, nil, errAnswerMalformed
		}
		again := seen[name]
		seen[name] = true
		switch known := name == codeName || slices.Contains(answerParams, name); {
		case known && again:
			return nil, nil, errAnswerMalformed
		case name == codeName:
			params["code"] = value
		case known:
			params[name] = value
		case again: // it contradicts itself
			delete(extra, name)
		case keepsExtra(name, value) && len(extra) < maxExtra:
			extra[name] = value
		}
	}
	return params, extra, nil
}

// keepsExtra tells whether a further parameter of a redirect can be kept: short,
// and none that holds a secret.
func keepsExtra(name, value string) bool {
	return name != "" && len(name) <= maxExtraName && len(value) <= maxExtraValue && !slices.Contains(secretParams, strings.ToLower(name))
}

// plainText tells whether text is UTF-8 without control characters.
func plainText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// receive judges a request to the redirect URI.
func (f *flow) receive(rawQuery string) answerVerdict {
	switch err := f.take(rawQuery, true); {
	case err == nil:
		return answerTaken
	case errors.Is(err, errFlowOver):
		return answerUsed
	case errors.Is(err, errAnswerMalformed):
		return answerMalformed
	default:
		return answerStray
	}
}

// take takes the answer if it is this flow's and the first one. The state is
// looked at before everything else, so that a page that forges an error, an
// issuer or a code changes nothing (T02, T03).
func (f *flow) take(rawQuery string, viaWeb bool) error {
	params, extra, err := parseAnswer(rawQuery, f.codeName)
	if err != nil {
		return err
	}
	if !NewSecret(params["state"]).Equal(f.state) {
		return errAnswerStray
	}
	got, gotErr := f.judge(params)
	got.Extra = extra
	if errors.Is(gotErr, errAnswerMalformed) {
		return gotErr
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return errFlowOver
	}
	f.over, f.viaWeb, f.got, f.gotErr = true, viaWeb, got, gotErr
	close(f.answered)
	return nil
}

// judge tells what an answer with the right state says. The issuer comes
// before the rest: an error from another server is not ours either (RFC 9207
// section 2.4).
func (f *flow) judge(params map[string]string) (answer, error) {
	iss, hasIss := params["iss"]
	failure, failed := params["error"]
	code, hasCode := params["code"]
	switch {
	case !failed && (!hasCode || !visible(code)):
		return answer{}, errAnswerMalformed
	case hasIss && f.issuer != "" && iss != f.issuer, !hasIss && f.issNeeded:
		return answer{}, &CodedError{Code: CodeIssMismatch}
	case failed:
		return answer{}, &CodedError{Code: f.errorCode(failure), Word: answerWord(params["error_description"])}
	default:
		return answer{Code: NewSecret(code), Verifier: f.verifier, Nonce: f.nonce, RedirectURI: f.RedirectURI()}, nil
	}
}

// errorCode makes an error code of the response fit to be shown (T36).
func (f *flow) errorCode(code string) string {
	if wireEchoes(code, []string{f.state.Reveal(), f.verifier.Reveal(), f.nonce}) {
		return CodeErrorUnnamed
	}
	return foreignCode(code)
}

// answerWord finds the service's finer word in the description of an error, and
// nothing else of it (T36).
func answerWord(description string) string {
	if word := entraCode(description); word != "" {
		return word
	}
	if row := explainWord("error_description", description); row != nil {
		return row.code
	}
	return ""
}

// visible tells whether a code consists of VSCHAR (RFC 6749 appendix A.11).
func visible(code string) bool {
	return code != "" && !strings.ContainsFunc(code, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

// Paste takes the address that the browser shows at the end, or the part of it
// after the question mark. Whatever is not this flow's answer is refused with
// a *Failure and changes nothing.
func (f *flow) Paste(address string) error {
	query, err := f.pastedQuery(address)
	if err == nil {
		err = f.take(query, false)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errFlowOver):
		return pasteFailure(CodeAlreadyUsed, err, "This sign-in has had its answer already, or has ended.",
			"Look at how it ended, or start it again.")
	case errors.Is(err, errAnswerStray):
		return pasteFailure(CodeStateMismatch, err, "This address is not the answer to this sign-in. It belongs to another one, or to another page. Nothing was changed.",
			"Sign in with the link shown here, then paste the address at which the browser ends up, the whole of it.")
	default:
		return pasteFailure(CodeBadCallback, err, "This is not a whole address with the answer of a sign-in. Nothing was changed.",
			"Copy the whole address from the browser's address bar after the sign-in. It begins with "+f.RedirectURI()+".")
	}
}

// pastedQuery finds the query in what was pasted. Browsers hide http://, and
// users copy with blanks and line ends around.
func (f *flow) pastedQuery(pasted string) (string, error) {
	pasted = strings.TrimSpace(pasted)
	pasted, _, _ = strings.Cut(pasted, "#") // some services append one
	base, query, isAddress := strings.Cut(pasted, "?")
	if !isAddress {
		if strings.Contains(pasted, "://") || !strings.Contains(pasted, "state=") {
			return "", errAnswerMalformed
		}
		return pasted, nil
	}
	if base != "" && !f.endsOn(base) {
		return "", errAnswerStray
	}
	return query, nil
}

// endsOn tells whether an address without its query is the redirect URI, as
// browsers write it.
func (f *flow) endsOn(base string) bool {
	scheme, own, _ := strings.Cut(f.redirect, "://")
	given := strings.TrimPrefix(base, scheme+"://")
	if given == own {
		return true
	}
	// A page on another host is that very page; for our own listener, and for a
	// host alone, a slash at the end makes no difference.
	return (!f.PasteOnly() || !strings.Contains(own, "/")) && strings.TrimSuffix(given, "/") == strings.TrimSuffix(own, "/")
}

func pasteFailure(code string, cause error, happened, step string) *Failure {
	f := Explain(&CodedError{Code: code, Cause: cause}, ExplainContext{})
	f.Happened, f.Steps, f.Action = happened, []string{step}, ActionNone
	return f
}
