package auth

import (
	"net/url"
	"strings"
	"time"
)

// passwordForm is a token request with the resource owner's password (RFC 6749
// section 4.3.2). The members of the additional payload are further parameters
// of the body: texts as they are, all else as compact JSON.
func passwordForm(a Authorization, _ time.Time) (url.Values, error) {
	payload, err := parseObject(a.Values.Text(FieldPayload))
	if err != nil {
		return nil, FieldErrors{{Field: FieldPayload, Message: err.Error()}}
	}
	form := url.Values{}
	for name := range payload {
		form.Set(name, payload.formValue(name))
	}
	form.Set("grant_type", "password")
	form.Set("username", strings.TrimSpace(a.Values.Text(FieldUserName)))
	form.Set("password", a.Values.Text(FieldPassword))
	return form, nil
}
