package widgets

import (
	"cmp"
	"slices"
	"strings"
)

// takes tells whether the row can be chosen.
func (r optionRow) takes() bool { return !r.heading }

// same tells whether two rows look the same.
func (r optionRow) same(other optionRow) bool {
	return r.heading == other.heading && r.ID == other.ID && r.Label == other.Label && r.Group == other.Group &&
		r.Note == other.Note && (r.Act == nil) == (other.Act == nil)
}

// optionWords is what an option is found by, folded once: hundreds of options
// are looked through at each key.
type optionWords struct{ label, all string }

// find returns the rows for a search text and the one to mark, or -1. Without a
// text they stand under the headings of their groups. With one, the best match
// comes first, and an option that stands in two groups comes once; what a row is
// found by may not be in sight, so that its group is said as its note.
func (s *Select) find(text string) (rows []optionRow, marked int) {
	if s.words == nil {
		s.words = make([]optionWords, len(s.options))
		for i, o := range s.options {
			label := strings.ToLower(o.Label)
			s.words[i] = optionWords{label: label, all: strings.ToLower(label + " " + o.Group + " " + o.Note + " " + o.Words)}
		}
	}
	if words := strings.Fields(strings.ToLower(text)); len(words) > 0 {
		return s.ranked(words)
	}
	group := ""
	for _, o := range s.options {
		if o.Group != group {
			if group = o.Group; group != "" {
				rows = append(rows, optionRow{Option: o, heading: true})
			}
		}
		rows = append(rows, optionRow{Option: o})
	}
	return rows, -1
}

// ranked returns what has all the words: those whose label begins with the first
// word, then those in whose label a word begins with it, then the others.
func (s *Select) ranked(words []string) (rows []optionRow, marked int) {
	type hit struct {
		at, rank int
	}
	var hits []hit
	seen := map[string]bool{}
	for i, o := range s.options {
		w := s.words[i]
		switch {
		case o.Act != nil || seen[o.ID]:
			continue
		case slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(w.all, word) }):
			continue
		}
		seen[o.ID] = true
		rank := 2
		if at := strings.Index(" "+w.label, " "+words[0]); at == 0 {
			rank = 0
		} else if at > 0 {
			rank = 1
		}
		hits = append(hits, hit{i, rank})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	for _, h := range hits {
		rows = append(rows, optionRow{Option: s.options[h.at]})
	}
	marked = -1
	if len(rows) > 0 {
		marked = 0
	}
	for _, o := range s.options {
		if o.Act != nil {
			rows = append(rows, optionRow{Option: o})
		}
	}
	return rows, marked
}
