package db

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The rows of a block are told apart, whatever stands between and around them.
func TestRowSetOfTexts(t *testing.T) {
	texts := make([]string, textsInBlock)
	for i := range texts {
		texts[i] = []string{"", "mail\nread", "a", "read mail", "readread"}[i%5]
	}
	for _, term := range []string{"read", "mail", "a", "nothing", "readread", "d", "\n"} {
		for first := range int64(2) {
			first *= textsInBlock
			var want []string
			for i, text := range texts {
				if strings.Contains(text, term) && first+int64(i) > 0 {
					want = append(want, fmt.Sprint(first+int64(i)))
				}
			}
			set := newRowSet("", 2*textsInBlock)
			set.addFrom(first, strings.Join(texts, textEnd), term)
			assert.Equal(t, strings.Join(want, ","), set.seqs(), term)
			assert.Equal(t, len(want), set.n)
			again := rowSetOf("", set.seqs(), nil)
			assert.Equal(t, set.n, again.n)
			assert.Equal(t, bytes.TrimRight(set.rows, "\x00"), again.rows)
			half := rowSetOf("", "1,3,2,100,70,x,-1,,99999999999999", nil)
			for _, seq := range []int64{-1, 0, 1, 2, 3, 70, 71, 100, 101} {
				assert.Equal(t, half.has(seq) && set.has(seq), within(set, half).has(seq))
			}
		}
	}
}

// within is the part of one set that is in another.
func within(of, in rowSet) *rowSet {
	s := rowSetOf("", of.seqs(), &in)
	return &s
}
