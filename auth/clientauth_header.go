package auth

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// What is wrong with a further header of token requests.
const (
	errHeaderName       complaint = "Use letters, digits and hyphens in a header's name"
	errHeaderValue      complaint = "Remove line breaks and control characters from the header's value"
	errHeaderLong       complaint = "This header is too long"
	errHeaderOurs       complaint = "This header is set by the program"
	errHeaderType       complaint = "Token requests are always application/x-www-form-urlencoded"
	errHeaderTwoMethods complaint = "This would be a second client authentication beside the chosen one"
)

// maxHeaderText is the greatest length of one header's value, in bytes.
const maxHeaderText = 8 << 10

// ourHeaders belong to the connection (RFC 9110 sections 7.2, 7.6.1 and 8.6):
// with another value the request would end elsewhere than it seems to.
var ourHeaders = []string{
	"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Te", "Trailer",
	"Expect", "Proxy-Authorization", "Proxy-Connection", "Accept-Encoding", "Cookie2",
}

// checkHeader tells what is wrong with a header that the user adds to token
// requests; nil: nothing. The error's text is fit for a field.
func checkHeader(name, value string) error {
	switch canonical := http.CanonicalHeaderKey(name); {
	case !httpguts.ValidHeaderFieldName(name):
		return errHeaderName
	case slices.Contains(ourHeaders, canonical):
		return errHeaderOurs
	case len(value) > maxHeaderText:
		return errHeaderLong
	case !httpguts.ValidHeaderFieldValue(value):
		return errHeaderValue
	case canonical == "Content-Type" && !strings.EqualFold(strings.TrimSpace(value), wireFormContentType):
		return errHeaderType
	}
	return nil
}
