package auth

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// maxAddress is the greatest length of one endpoint. The link for the browser,
// which carries the request's parameters too, has its own cap.
const maxAddress = 2048

// What is wrong with an address.
const (
	errAddressEmpty       complaint = "Enter the address"
	errAddressLong        complaint = "The address is longer than 2,048 characters"
	errAddressCharacters  complaint = "Remove the blanks, quotes and control characters from the address"
	errAddressForm        complaint = "Enter a whole address, such as https://login.example.com/oauth2/token"
	errAddressScheme      complaint = "The address must begin with https://"
	errAddressUser        complaint = "Remove the user name from the address"
	errAddressFragment    complaint = "Remove the part after # from the address"
	errAddressPlaceholder complaint = "Replace the part in brackets with your own value"
)

// CheckAddress returns a server's address as it is stored and requested, or
// why it cannot be used: https is required, plain http only on a literal
// loopback address; a host must be there; user names, fragments, control
// characters and unreplaced placeholders are refused. Names in other scripts
// come back in their ASCII form. The error's text is fit for a field.
func CheckAddress(address string) (string, error) {
	address = strings.TrimSpace(address)
	switch {
	case address == "":
		return "", errAddressEmpty
	case len(address) > maxAddress:
		return "", errAddressLong
	case placeholderIn(address) != "":
		return "", errAddressPlaceholder
	case strings.ContainsFunc(address, unusableInAddress):
		return "", errAddressCharacters
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" {
		return "", errAddressForm
	}
	host, err := cleanHost(u)
	switch {
	case err != nil:
		return "", err
	case u.User != nil:
		return "", errAddressUser
	case u.Fragment != "" || strings.Contains(address, "#"):
		return "", errAddressFragment
	}
	u.Host = host
	return u.String(), nil
}

// cleanHost judges scheme and host and returns the host with its port in ASCII.
func cleanHost(u *url.URL) (string, error) {
	name, port := u.Hostname(), u.Port()
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !loopbackLiteral(name)):
		if u.Scheme == "" {
			return "", errAddressForm
		}
		return "", errAddressScheme
	case name == "" || strings.HasSuffix(u.Host, ":"):
		return "", errAddressForm
	}
	if _, err := netip.ParseAddr(name); err != nil {
		if name, err = idna.Lookup.ToASCII(name); err != nil || name == "" {
			return "", errAddressForm
		}
	} else if strings.Contains(name, "%") { // an IPv6 zone means nothing to another machine
		return "", errAddressForm
	}
	if port != "" {
		return net.JoinHostPort(name, port), nil
	}
	if strings.Contains(name, ":") {
		return "[" + name + "]", nil
	}
	return name, nil
}

// loopbackLiteral tells whether host is a literal address of the loopback
// interface. The name localhost is not: another program can hold the address
// that it leads to (RFC 8252 section 8.3).
func loopbackLiteral(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// unusableInAddress tells whether r must not stand in an address: what a
// shell, a header or a log line could take for something else.
func unusableInAddress(r rune) bool {
	return unicode.IsSpace(r) || invisible(r) || r == unicode.ReplacementChar || strings.ContainsRune("\"'`\\<>^|$;", r)
}

// placeholderIn returns the first part of text that waits to be replaced, such
// as <tenant-id> or {tenant}; "" when there is none.
func placeholderIn(text string) string {
	for _, pair := range []string{"<>", "{}"} {
		start := strings.IndexByte(text, pair[0])
		if start < 0 {
			continue
		}
		if length := strings.IndexByte(text[start:], pair[1]); length > 0 {
			return text[start : start+length+1]
		}
	}
	return ""
}
