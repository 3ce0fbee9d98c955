package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// curlPlan is what curl will do, as far as it matters to the token.
type curlPlan struct {
	args    []string // for curl, after those that hand the header over
	hosts   []string // that get the token, each once, as HandOutRequest.Host
	follows bool     // redirects
	stdin   bool     // it reads standard input
}

// curlReader goes through the arguments.
type curlReader struct {
	plan                    curlPlan
	plain, afar             bool   // an http address; one that is not on this machine
	insecure, steers, first string // the options with this effect, as they were written; first address
}

// planCurl reads curl's arguments and tells which hosts get the token. What
// can't be judged, or would show the token or take it elsewhere, is an error.
func planCurl(args []string) (curlPlan, error) {
	var r curlReader
	if err := r.read(args); err != nil {
		return curlPlan{}, err
	}
	switch {
	case r.first == "":
		return curlPlan{}, errors.New("no address stands among curl's arguments")
	case r.insecure != "" && r.afar:
		return curlPlan{}, fmt.Errorf("with %s whoever answers would get the token; name the server's certificate with --cacert", r.insecure)
	case r.steers != "" && r.plain:
		return curlPlan{}, fmt.Errorf("%s would take an unencrypted request elsewhere", r.steers)
	case r.steers != "" && r.insecure != "":
		return curlPlan{}, fmt.Errorf("with %s and %s whoever answers would get the token", r.insecure, r.steers)
	}
	schemes := "=https"
	if r.plain {
		schemes = "=http,https"
	}
	ours := []string{"--proto-default", "https", "--proto", schemes, "--proto-redir", schemes}
	if r.plain || r.insecure != "" { // a proxy of the environment's would read the token, or could answer itself
		ours = append(ours, "--noproxy", "*")
	}
	r.plan.args = append(ours, args...)
	return r.plan, nil
}

// read goes through the arguments as curl does.
func (r *curlReader) read(args []string) error {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		var err error
		switch {
		case word == "--":
			for _, address := range args {
				if err := r.address(address); err != nil {
					return err
				}
			}
			return nil
		case strings.HasPrefix(word, "--"):
			args, err = r.option(word, word[2:], "", args)
		case len(word) > 1 && word[0] == '-':
			args, err = r.letters(word, args)
		default:
			err = r.address(word)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// letters reads a word of options of one letter; the value of one that takes
// one is what is left of the word, or the next.
func (r *curlReader) letters(word string, args []string) ([]string, error) {
	for i := 1; i < len(word); i++ {
		written := "-" + word[i:i+1]
		name, known := curlShort()[word[i]]
		if !known {
			return nil, unknownOption(written)
		}
		rest := word[i+1:]
		left, err := r.option(written, name, rest, args)
		if o, _ := optionOf(name); err != nil || o.value {
			return left, err
		}
	}
	return args, nil
}

// option takes one option; its value is attached, or the next word.
func (r *curlReader) option(written, name, attached string, args []string) ([]string, error) {
	o, known := optionOf(name)
	if !known {
		return nil, unknownOption(written)
	}
	value := attached
	if o.value && value == "" && len(args) > 0 {
		value, args = args[0], args[1:]
	}
	switch o.effect {
	case isURL:
		return args, r.address(value)
	case follows:
		r.plan.follows = true
	case insecure:
		r.insecure = written
	case steers:
		r.steers = written
	case shows:
		return nil, fmt.Errorf("%s would show the token", written)
	case unjudged:
		return nil, fmt.Errorf("what %s does can't be told from the arguments", written)
	case everywhere:
		return nil, fmt.Errorf("%s would send the token to any host that a redirect names", written)
	}
	if o.value && (value == "-" || value == "." || strings.Contains(value, "@-") || strings.Contains(value, "<-")) {
		r.plan.stdin = true
	}
	return args, nil
}

func unknownOption(written string) error {
	return fmt.Errorf("%s is not known here, so where it takes the token can't be told", shown(written))
}

// address takes one address to fetch.
func (r *curlReader) address(text string) error {
	host, scheme, err := addressHost(text)
	if err != nil {
		return err
	}
	near := loopbackName(host)
	if scheme == "http" && !near {
		return fmt.Errorf("“%s” is not https: the token would be sent unencrypted", shown(text))
	}
	r.plain = r.plain || scheme == "http"
	r.afar = r.afar || !near
	if r.first == "" {
		r.first = text
	}
	if !slices.Contains(r.plan.hosts, host) {
		r.plan.hosts = append(r.plan.hosts, host)
	}
	return nil
}

// addressHost reads an address more strictly than curl does: what one of the two
// could take for another host is refused, such as globs, user names, backslashes
// and escapes before the path. The host comes with its port, unless that is the
// scheme's own.
func addressHost(text string) (host, scheme string, err error) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "https", text // as --proto-default tells curl
	}
	scheme = strings.ToLower(scheme)
	own := map[string]string{"https": "443", "http": "80"}[scheme]
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	name, port, good := splitHost(authority)
	if own == "" || !good || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return "", "", fmt.Errorf("which host “%s” names can't be told", shown(text))
	}
	if port != "" && port != own {
		name += ":" + port
	}
	return strings.ToLower(name), scheme, nil
}

// splitHost splits "name", "name:port", "[address]" or "[address]:port".
func splitHost(authority string) (name, port string, ok bool) {
	name, port, hasPort := strings.Cut(authority, ":")
	fit := func(r rune) bool { return r == '-' || r == '.' || r == '_' || alphanumeric(r) }
	if strings.HasPrefix(authority, "[") {
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return "", "", false
		}
		if _, err := netip.ParseAddr(authority[1:end]); err != nil {
			return "", "", false
		}
		name = authority[:end+1]
		port, hasPort = strings.CutPrefix(authority[end+1:], ":")
		if !hasPort && port != "" {
			return "", "", false
		}
		fit = func(r rune) bool { return r == '[' || r == ']' || r == ':' || r == '.' || alphanumeric(r) }
	}
	allFit := name != "" && (alphanumeric(rune(name[0])) || name[0] == '[') && !strings.ContainsFunc(name, func(r rune) bool { return !fit(r) })
	portFits := !hasPort || port != "" && len(port) <= 5 && !strings.ContainsFunc(port, func(r rune) bool { return r < '0' || r > '9' })
	return name, port, allFit && portFits
}

func alphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// loopbackName tells whether a host, perhaps with a port, is this machine by its
// literal address or as localhost, which curl never looks up.
func loopbackName(host string) bool {
	name, _, _ := splitHost(host)
	if name == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && ip.IsLoopback()
}

// nameSet makes a set of words when it is first wanted: the tables are for curl
// alone, and other commands start without them.
func nameSet(words string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for _, word := range strings.Fields(words) {
			set[word] = true
		}
		return set
	})
}

// shortNames makes a map of pairs of a letter and a name when it is first wanted.
func shortNames(words string) func() map[byte]string {
	return sync.OnceValue(func() map[byte]string {
		names, all := map[byte]string{}, strings.Fields(words)
		for i := 0; i+1 < len(all); i += 2 {
			names[all[i][0]] = all[i+1]
		}
		return names
	})
}
