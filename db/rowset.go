package db

import (
	"database/sql/driver"
	"strconv"
	"strings"
)

// rowSet is a set of row numbers as SQLite can look into it while it walks along
// an index: a byte for each number. It is not changed once it is complete.
type rowSet struct {
	name string // sets of the same name are equal
	rows []byte // from number 1 on; 1: in the set
	n    int    // how many are
}

func newRowSet(name string, highest int64) rowSet {
	return rowSet{name: name, rows: make([]byte, highest)}
}

func (s *rowSet) add(seq int64) {
	if seq > 0 && seq <= int64(len(s.rows)) && !s.has(seq) {
		s.rows[seq-1] = 1
		s.n++
	}
}

// addFrom puts in the rows of a block whose text contains term, which is not
// empty; first is the number of the first.
func (s *rowSet) addFrom(first int64, texts, term string) {
	for seq := first; seq < first+textsInBlock; seq++ {
		at := strings.Index(texts, term)
		if at < 0 {
			return
		}
		seq += int64(strings.Count(texts[:at], textEnd))
		s.add(seq)
		end := strings.Index(texts[at:], textEnd)
		if end < 0 {
			return
		}
		texts = texts[at+end+len(textEnd):]
	}
}

// has tells whether a number is in the set.
func (s *rowSet) has(seq int64) bool {
	return seq > 0 && seq <= int64(len(s.rows)) && s.rows[seq-1] == 1
}

// rowSetOf is the set of the numbers in seqs, which are divided by commas, that
// are in within too; nil: all of them.
func rowSetOf(name, seqs string, within *rowSet) rowSet {
	var numbers []int64
	var highest int64
	for number := range strings.SplitSeq(seqs, ",") {
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq > mostBlocks*textsInBlock || within != nil && !within.has(seq) {
			continue // none, or not by us, or left out
		}
		numbers = append(numbers, seq)
		highest = max(highest, seq)
	}
	s := newRowSet(name, highest)
	for _, seq := range numbers {
		s.add(seq)
	}
	return s
}

// seqs are the numbers, divided by commas.
func (s rowSet) seqs() string {
	var all []byte
	for i, in := range s.rows {
		if in == 0 {
			continue
		}
		if len(all) > 0 {
			all = append(all, ',')
		}
		all = strconv.AppendInt(all, int64(i+1), 10)
	}
	return string(all)
}

// contains selects the rows of the set.
func (s rowSet) contains() condition { return condition{"substr(?, seq, 1) = x'01'", []any{s}} }

// Value implements driver.Valuer.
func (s rowSet) Value() (driver.Value, error) { return s.rows, nil }

// String is what a count of rows is remembered under.
func (s rowSet) String() string { return s.name }
