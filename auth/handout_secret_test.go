package auth_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// T52: whatever is asked for, in whatever condition, nothing but the access
// token comes out, and that only where it is the answer.
func TestHandOut_NoOtherSecret(t *testing.T) {
	const access, refresh, secret, value, id = "SENTINEL-access", "SENTINEL-refresh", "SENTINEL-secret", "SENTINEL-value", "SENTINEL-id"
	scheduled(t, func(b *bubble) {
		b.net.at(7001, func(post) answer {
			return answer{Status: 200, Body: `{"access_token":"` + access + `2","token_type":"Bearer","expires_in":3600,"refresh_token":"` + refresh + `2"}`}
		})
		defer b.engine.OfferConsent()()
		row := b.put(7001, func(r *auth.Record) {
			left(b.now(), 30*time.Minute)(r)
			r.Tokens = auth.Tokens{Access: auth.NewSecret(access), Refresh: auth.NewSecret(refresh), ID: auth.NewSecret(id)}
			r.Authorization.ClientSecret, r.Authorization.ClientAuth = auth.NewSecret(secret), auth.ClientAuthBasic
			r.Authorization.Values = auth.Values{auth.FieldPassword: auth.NewSecret(value)}
			r.Rule = auth.HandOutRule{}
		})
		var all []any
		got := func(answer any, err error) { all = append(all, answer, err) }
		var tokens []auth.HandedOut
		for _, purpose := range []auth.HandOutPurpose{"", auth.PurposeToken, auth.PurposeHeader, auth.PurposeExec, auth.PurposeCurl, auth.PurposeGit, auth.PurposeProxy, "refresh_token"} {
			for _, refused := range []bool{false, true} {
				a := b.askInBackground(b.Context(), row, func(r *auth.HandOutRequest) { r.Purpose, r.Rejected = purpose, refused })
				for _, q := range b.engine.Consents() {
					got(q, b.engine.AnswerConsent(b.Context(), q.ID, auth.AllowOnce))
				}
				<-a.end
				tokens = append(tokens, a.got)
				got(nil, a.err)
				b.pass(10 * time.Second)
			}
		}
		got(b.engine.HandOutList(b.Context()))
		got(b.engine.HandOutRule(b.Context(), row))
		got(b.engine.UsedBy(b.Context(), row))
		got(b.engine.Activity(b.Context(), auth.ActivityQuery{}))
		got(b.engine.ExportActivity(b.Context(), auth.ActivityQuery{}))
		got(b.engine.Snippets(b.Context(), row))
		for _, one := range all {
			text := everything(reflect.ValueOf(one))
			require.NotContains(t, text, "SENTINEL", "%T", one)
		}
		handed := 0
		for _, one := range tokens {
			if one.Access.Empty() {
				continue
			}
			handed++
			assert.Contains(t, []string{access, access + "2"}, one.Access.Reveal())
			assert.Equal(t, "Bearer "+one.Access.Reveal(), one.Value.Reveal())
			text := fmt.Sprintf("%v %+v %#v", one, one, one)
			encoded, err := json.Marshal(one)
			require.NoError(t, err)
			assert.NotContains(t, text+string(encoded), "SENTINEL")
			one.Access, one.Value = auth.Secret{}, auth.Secret{}
			assert.NotContains(t, everything(reflect.ValueOf(one)), "SENTINEL")
		}
		assert.Equal(t, 14, handed, "all but those for git")
	})
}

// everything is all text that can be reached from a value, secrets opened.
func everything(v reflect.Value) string {
	if !v.IsValid() {
		return ""
	}
	if v.CanInterface() {
		if secret, ok := v.Interface().(auth.Secret); ok {
			return secret.Reveal() + "\n"
		}
	}
	text := ""
	switch v.Kind() {
	case reflect.String:
		text = v.String() + "\n"
	case reflect.Pointer, reflect.Interface:
		text = everything(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return ""
		}
		for i := range v.NumField() {
			text += everything(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if bytes, ok := v.Interface().([]byte); ok {
			return string(bytes)
		}
		for i := range v.Len() {
			text += everything(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			text += everything(key) + everything(v.MapIndex(key))
		}
	default:
	}
	return text
}
