package auth

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The answer at the redirect URI tells its finer word, and nothing else of its text.
func TestFlowReportsTheFinerWord(t *testing.T) {
	for description, want := range map[string]string{
		"AADSTS65004: User declined to consent. TWSENT": "AADSTS65004",
		"AADSTS650041234: TWSENT":                       "",
		"TWSENT AADSTS65004":                            "",
		"inactive user":                                 "inactive user",
		"inactive user TWSENT":                          "",
		"":                                              "",
	} {
		f := unservedFlow(t, testFlowParams())
		query := genuine(f, "code", "", "error", "access_denied", "error_description", description)
		require.NoError(t, f.take(query.Encode(), true))
		var coded *CodedError
		require.ErrorAs(t, f.gotErr, &coded)
		assert.Equal(t, "access_denied", coded.Code)
		assert.Equal(t, want, coded.Word, description)
		failure := Explain(f.gotErr, ExplainContext{Host: "login.microsoftonline.com", State: StateActive})
		assert.Equal(t, want, failure.Word)
		assert.NotContains(t, fmt.Sprintf("%+v %#v", *failure, coded), "TWSENT")
	}
}
