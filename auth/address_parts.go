package auth

import "strings"

// What is wrong with an address that is entered in two parts.
const (
	errHostEmpty complaint = "Enter the host, such as https://login.example.com"
	errHostPath  complaint = "Move the part after the host into the path"
)

// JoinAddress returns the whole address of a host, such as
// https://login.example.com, and a path, such as /oauth2/token. Placeholders may
// stand in both. Nothing in both is no address; a host without a scheme has
// https. A host that contains a path, and a path without a host, is an error,
// whose text is fit for a field; what else an address needs is for
// Engine.CheckService.
func JoinAddress(host, path string) (string, error) {
	host, path = strings.TrimSpace(host), strings.TrimSpace(path)
	if host == "" && path == "" {
		return "", nil
	}
	alone, rest := SplitAddress(host)
	switch {
	case host == "":
		return "", errHostEmpty
	case strings.Trim(rest, "/") != "":
		return "", errHostPath
	case !strings.Contains(alone, "://") && !strings.HasPrefix(alone, "{"):
		alone = "https://" + alone
	}
	if path != "" && !strings.ContainsAny(path[:1], "/?") {
		path = "/" + path
	}
	return alone + path, nil
}

// SplitAddress is the reverse of JoinAddress: the host with its scheme and port,
// and all that follows.
func SplitAddress(address string) (host, path string) {
	start := 0
	if scheme := strings.Index(address, "://"); scheme >= 0 {
		start = scheme + len("://")
	}
	if end := strings.IndexAny(address[start:], "/?#"); end >= 0 {
		return address[:start+end], address[start+end:]
	}
	return address, ""
}
