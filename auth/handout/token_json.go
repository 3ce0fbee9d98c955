package handout

import (
	"encoding/json"
	"time"

	"tokenwell/auth"
)

// tokenJSON is a Token in the clear, as the API has it.
type tokenJSON struct {
	Name        string     `json:"name"`
	AccessToken string     `json:"access_token"`
	TokenType   string     `json:"token_type"`
	Header      string     `json:"header"`
	HeaderValue string     `json:"header_value"`
	ExpiresAt   *time.Time `json:"expires_at"`
	ExpiryKnown bool       `json:"expiry_known"`
	Scopes      []string   `json:"scopes"`
	Renewed     bool       `json:"renewed"`
}

// MarshalJSON tells the token in the clear: only for the socket and for --json.
func (t Token) MarshalJSON() ([]byte, error) {
	scopes := t.Scopes
	if scopes == nil {
		scopes = []string{}
	}
	return json.Marshal(tokenJSON{
		Name: t.Name, AccessToken: t.AccessToken.Reveal(), TokenType: t.TokenType, Header: t.Header,
		HeaderValue: t.HeaderValue.Reveal(), ExpiresAt: t.ExpiresAt, ExpiryKnown: t.ExpiryKnown, Scopes: scopes, Renewed: t.Renewed,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Token) UnmarshalJSON(data []byte) error {
	var j tokenJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*t = j.token()
	return nil
}

// token is the Token again.
func (j tokenJSON) token() Token {
	return Token{
		Name: j.Name, AccessToken: auth.NewSecret(j.AccessToken), TokenType: j.TokenType, Header: j.Header,
		HeaderValue: auth.NewSecret(j.HeaderValue), ExpiresAt: j.ExpiresAt, ExpiryKnown: j.ExpiryKnown, Scopes: j.Scopes, Renewed: j.Renewed,
	}
}
