package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Who adds a quirk says in a sentence what it is: the editor of services shows it.
func TestQuirks_EachHasASentence(t *testing.T) {
	all := Quirks()
	assert.Len(t, all, len(quirkRules()))
	for _, q := range all {
		assert.True(t, len(q.Sentence) > 10 && strings.HasSuffix(q.Sentence, "."), q.ID)
		assert.Equal(t, quirkRules()[q.ID].needed, q.Needed)
	}
	for id := range quirkSentences() {
		assert.Contains(t, quirkRules(), id)
	}
}
