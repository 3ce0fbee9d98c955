package auth

import (
	"encoding/json"
	"net/http"
	"strings"
)

// replyError is what an answer says went wrong.
type replyError struct {
	code string // fit to be shown (foreignCode), or one of ours
	// word is the service's own, finer word when the table of explanations
	// knows it; "" when there is none. It is never a text of the server.
	word string
}

// replyErrorOf reads an answer that is not a success: the server's own code
// where it gave one that counts, else one of ours by the status.
func replyErrorOf(status int, contentType string, body []byte, quirks ...Quirk) replyError {
	var said replyError
	if members, ok := replyDecode(rawReply{contentType: contentType, body: body, quirks: quirks}); ok {
		said = replyErrorIn(members, quirks...)
	}
	switch {
	case status >= 300 && status <= 399:
		return replyError{code: CodeRedirectRefused}
	case status == http.StatusTooManyRequests:
		return replyError{code: CodeTooManyRequests}
	case status == http.StatusNetworkAuthenticationRequired:
		return replyError{code: CodeCaptivePortal}
	case status >= 500:
		// An overloaded or broken server is not believed when it says that a
		// grant is over.
		return replyError{code: CodeServerError}
	case said.code != "":
		return said
	case status == http.StatusUnauthorized:
		return replyError{code: CodeAuthenticationFailed}
	case status == http.StatusNotFound:
		return replyError{code: CodeNotFound}
	case status >= 400:
		return replyError{code: CodeRefused}
	default:
		return replyError{code: CodeReplyUnusable}
	}
}

// replyErrorIn finds the error in the members of an answer: "error" of RFC 6749
// section 5.2 or what some services write in its place, and beside it the
// service's finer word. The code alone decides what happens next.
func replyErrorIn(members replyMembers, quirks ...Quirk) replyError {
	found := replyError{code: replyErrorAt(members, quirks), word: entraCode(members.text("error_description"))}
	if found.code == "" {
		found.code = members.text("error")
	}
	if found.code == "" {
		found.code = protocolCode(members.text("errorCode"))
	}
	if found.word == "" {
		found.word = entraNumber(members)
	}
	for _, member := range explainMembers {
		if row := explainWord(member, members.text(member)); found.word == "" && row != nil {
			found.word = row.code
			if row.means != "" {
				found.code = row.means
			}
		}
	}
	if found.code != "" || members.hasError() || replyFailed(members, quirks) {
		found.code = foreignCode(found.code)
	}
	return found
}

// replyErrorAt returns the error's code from where the service's quirks say that
// it is; "" when there is none, and where the reply says that it worked.
func replyErrorAt(members replyMembers, quirks []Quirk) string {
	path := ""
	for _, q := range quirks {
		switch q.ID {
		case QuirkErrorPath:
			path = q.Params["code"]
		case QuirkReplyStatus:
			said, good := replyStatus(members, q)
			if said && good {
				return ""
			}
			if said && path == "" {
				path = q.Params["error"]
			}
		}
	}
	if path == "" {
		return ""
	}
	code, _ := replyPlain(members.at(path))
	return code
}

// replyFailed tells whether the member of QuirkReplyStatus says that it did not work.
func replyFailed(members replyMembers, quirks []Quirk) bool {
	for _, q := range quirks {
		if said, good := replyStatus(members, q); q.ID == QuirkReplyStatus && said {
			return !good
		}
	}
	return false
}

// replyStatus reads the member of a QuirkReplyStatus. One that is missing, or
// nothing that can be compared, says nothing: it takes no token away.
func replyStatus(members replyMembers, q Quirk) (said, good bool) {
	value, said := replyPlain(members.at(q.Params["member"]))
	return said, value == q.Params["good"]
}

// protocolCode returns code when it is one of the RFCs', else "".
func protocolCode(code string) string {
	if _, known := explainProtocol()[code]; known && !strings.HasPrefix(code, "http_") {
		return code
	}
	return ""
}

// entraPattern is how Microsoft Entra begins the description of an error.
var entraPattern = pattern(`^AADSTS[0-9]{4,7}\b`)

// entraCode returns Microsoft's number of an error out of its description,
// such as AADSTS7000222, and nothing else of it (T36).
func entraCode(description string) string {
	return entraPattern().FindString(description)
}

// entraNumber returns Microsoft's number out of error_codes, when it is one
// that the table of explanations has: other services may mean other numbers.
func entraNumber(members replyMembers) string {
	numbers, _ := members["error_codes"].([]any)
	if len(numbers) == 0 {
		return ""
	}
	number, _ := numbers[0].(json.Number)
	code := "AADSTS" + number.String()
	if _, known := explainIndex().rows[providerKey{providerMicrosoft, strings.ToLower(code)}]; !known {
		return ""
	}
	return code
}
