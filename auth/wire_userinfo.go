package auth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// UserInfoStyle is how a service wants to be asked who signed in where it
// departs from OpenID Connect Core section 5.3 (QuirkUserInfo, TokenUse). The
// zero value is the standard's way.
type UserInfoStyle struct {
	use    TokenUse
	method string // "": GET
	query  url.Values
	who    string // the path of the name in the answer; "": userInfoNames
}

// userInfoStyle is what the service's data says of userinfo.
func (s Service) userInfoStyle() UserInfoStyle {
	quirk, _ := s.Quirk(QuirkUserInfo)
	query, _ := url.ParseQuery(quirk.Params["query"])
	return UserInfoStyle{use: s.Use, method: quirk.Params["method"], query: query, who: quirk.Params["who"]}
}

// userInfoNames are the members of a userinfo answer (OpenID Connect Core
// section 5.1) that tell people apart, the most telling first.
var userInfoNames = []string{"email", "preferred_username", "userPrincipalName", "upn", "login", "name", "sub"}

// wireMaxWho is the longest account name that is kept, in characters.
const wireMaxWho = 120

// UserInfo asks who signed in (OpenID Connect Core section 5.3). The name is
// stripped of control and invisible characters and is for showing only (T67);
// it is empty when the answer names nobody.
func (w *Wire) UserInfo(ctx context.Context, endpoint string, style UserInfoStyle, access Secret) (who string, err error) {
	method := style.method
	if method == "" {
		method = http.MethodGet
	}
	c := w.newCall(OpUserInfo, method)
	header := wireHeader()
	if bear(header, style.use, access) != nil {
		return "", c.failed(NotSent, CodeNotHandedOut, nil)
	}
	c.query = style.query
	c.sent = append(c.sent, access.Reveal())
	if err := c.do(ctx, endpoint, header, ""); err != nil {
		return "", err
	}
	defer c.close()
	members, err := c.object(wireMaxBody)
	if err != nil {
		return "", err
	}
	c.done()
	if style.who != "" {
		return wirePlainName(memberText(members, style.who)), nil
	}
	for _, name := range userInfoNames {
		if who := wirePlainName(members.text(name)); who != "" {
			return who, nil
		}
	}
	return "", nil
}

// memberText returns a member of an answer as a text, "" when it is none: path
// is its name, after those of the objects that it lies in, joined by dots.
// Numbers and truth values come as they are written.
func memberText(members replyMembers, path string) string {
	var value any = map[string]any(members)
	for name := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		value = object[name]
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	default:
		return ""
	}
}

// wirePlainName makes a foreign name fit for one line of a screen.
func wirePlainName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) && r != ' ' {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > wireMaxWho {
		return string(runes[:wireMaxWho-1]) + "…"
	}
	return name
}
