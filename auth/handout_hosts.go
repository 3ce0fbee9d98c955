package auth

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// The bounds of a rule.
const (
	maxRuleHosts    = 100
	maxRulePrograms = 500
	maxProgramPath  = 8 << 10 // bytes
	maxHostName     = 253     // RFC 1035 section 2.3.4
)

const (
	errHostForm     complaint = "Enter hosts alone, such as api.example.com, one on each line"
	errHostWildcard complaint = "A * stands for everything below a domain of your own, such as *.example.com"
	errHostMany     complaint = "These are too many hosts; keep those that are needed"
)

// httpsPort is the port that nobody writes.
const httpsPort = "443"

// anyBelow begins a host of a rule that stands for every host below another.
const anyBelow = "*."

// Matches tells whether the tokens may be sent to host, given as "name" or
// "name:port", compared without case (T48). A host without a port is the one at
// port 443. The rule's own hosts are compared whole, or with all labels after
// their "*.": nothing that merely begins or ends like one is let through.
func (r HandOutRule) Matches(host string) bool {
	host, err := cleanHostPort(host)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(r.Hosts, func(own string) bool {
		if domain, below := strings.CutPrefix(own, anyBelow); below {
			return strings.HasSuffix(host, "."+domain)
		}
		return host == own
	})
}

// cleanHostPort returns a host in the one form in which hosts are compared:
// lower case, ASCII (RFC 5890), IPv6 in brackets, the port only when it is not 443.
func cleanHostPort(text string) (string, error) {
	name, port := text, ""
	if address, err := netip.ParseAddr(text); err == nil && address.Is6() {
		name = text
	} else if i := strings.LastIndexByte(text, ':'); i >= 0 || strings.HasPrefix(text, "[") {
		var err error
		if i < strings.LastIndexByte(text, ']') { // no port after the brackets
			text += ":" + httpsPort
		}
		if name, port, err = net.SplitHostPort(text); err != nil {
			return "", errHostForm
		}
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return "", errHostForm
		}
		port = strconv.FormatUint(n, 10)
		if text[0] == '[' && !strings.Contains(name, ":") { // brackets are for IPv6 alone (RFC 3986 section 3.2.2)
			return "", errHostForm
		}
	}
	name, err := cleanHostName(name)
	if err != nil {
		return "", err
	}
	if port != "" && port != httpsPort {
		return name + ":" + port, nil
	}
	return name, nil
}

// cleanHostName is cleanHostPort for the name alone.
func cleanHostName(name string) (string, error) {
	if plainHost(name) {
		return name, nil
	}
	if address, err := netip.ParseAddr(name); err == nil {
		switch {
		case address.Zone() != "": // means nothing to another machine
			return "", errHostForm
		case address.Is6():
			return "[" + address.String() + "]", nil
		}
		return address.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || !plainHost(ascii) {
		return "", errHostForm
	}
	return ascii, nil
}

// plainHost tells whether name is a host name that needs no cleaning: labels of
// lower-case letters, digits and dashes, none of them encoded (RFC 1123 section 2.1).
func plainHost(name string) bool {
	if name == "" || len(name) > maxHostName {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return true
}

// cleanRuleHost returns a host of a rule as it is stored. A whole https address,
// as it is copied from a browser, counts as its host.
func cleanRuleHost(text string) (string, error) {
	text = strings.TrimSpace(text)
	if rest, isAddress := cutFold(text, "https://"); isAddress {
		text, _, _ = strings.Cut(rest, "/")
	}
	domain, below := strings.CutPrefix(text, anyBelow)
	host, err := cleanHostPort(domain)
	if err != nil || !below {
		return host, err
	}
	name, _, _ := strings.Cut(host, ":")
	i := strings.LastIndexByte(name, '.')
	if _, err := strconv.Atoi(name[i+1:]); i < 0 || err == nil || strings.HasPrefix(host, "[") { // one label, or an address of numbers
		return "", errHostWildcard
	}
	return anyBelow + host, nil
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(text, prefix string) (rest string, found bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// testHost is the host that a test with this address goes to, or with none with
// that of the service, as a rule has it; "" for an address that Test refuses.
func testHost(address, ofService string) string {
	if address = strings.TrimSpace(address); address == "" {
		address = ofService
	} else if clean, err := CheckAddress(address); err == nil {
		address = clean
	} else {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.Scheme == "http" && u.Port() == "" { // a host without a port is that of https
		return u.Host + ":80"
	}
	return u.Host
}
