package db

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strconv"
	"strings"
	"sync"
)

const (
	// textsInBlock is how many texts stand in one row of search_texts.
	textsInBlock = 64
	// textEnd stands between two texts, and in none.
	textEnd = "\x1f"
	// mostBlocks bounds the memory that searchTexts takes, whatever stands in the
	// file: 16 million authorizations.
	mostBlocks = 1 << 18
)

// setText stores what a row is found by; empty: it is not found.
func setText(ctx context.Context, tx querier, seq int64, text string) error {
	block, place := seq/textsInBlock, seq%textsInBlock
	if seq < 0 || block >= mostBlocks {
		return nil // not by us
	}
	var stored string
	err := tx.QueryRowContext(ctx, "SELECT texts FROM search_texts WHERE block = ?", block).Scan(&stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	texts := make([]string, textsInBlock)
	copy(texts, strings.Split(stored, textEnd))
	text = strings.ReplaceAll(text, textEnd, "")
	if texts[place] == text {
		return nil
	}
	texts[place] = text
	_, err = tx.ExecContext(ctx, `INSERT INTO search_texts (block, version, texts)
		VALUES (?, (SELECT min(coalesce(max(version), 0), ?) + 1 FROM search_texts), ?)
		ON CONFLICT (block) DO UPDATE SET version = excluded.version, texts = excluded.texts`,
		block, int64(math.MaxInt64-1), strings.Join(texts, textEnd)) // in bounds, whatever stands in the file
	return err
}

// searchTexts keeps the texts of all rows once somebody has searched: looking
// through them takes less than asking SQLite for each. What has been written
// since, in this process or another, is read again. It is safe for concurrent use.
type searchTexts struct {
	mu      sync.Mutex
	version int64    // the newest that was read
	blocks  []string // by number
	last    rowSet   // what was found last, for who pages through it
}

// find returns the rows whose text contains term.
func (t *searchTexts) find(ctx context.Context, from *sql.DB, term string) (rowSet, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.update(ctx, from); err != nil {
		return rowSet{}, storageError(err)
	}
	name := strconv.FormatInt(t.version, 10) + " " + term
	if t.last.name == name {
		return t.last, nil
	}
	set := newRowSet(name, int64(len(t.blocks)*textsInBlock))
	for block, texts := range t.blocks {
		set.addFrom(int64(block*textsInBlock), texts, term)
	}
	t.last = set
	return set, nil
}

// update reads the blocks that were written since it was last called.
func (t *searchTexts) update(ctx context.Context, from *sql.DB) error {
	found, err := from.QueryContext(ctx, "SELECT block, version, texts FROM search_texts WHERE version > ?", t.version)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	newest := t.version
	for found.Next() {
		var block, version int64
		var texts string
		if err := found.Scan(&block, &version, &texts); err != nil {
			return err
		}
		if block < 0 || block >= mostBlocks {
			continue
		}
		if missing := int(block) + 1 - len(t.blocks); missing > 0 {
			t.blocks = append(t.blocks, make([]string, missing)...)
		}
		t.blocks[block] = texts
		newest = max(newest, version)
	}
	if err := found.Err(); err != nil {
		return err // what was read is read once more
	}
	t.version = newest
	return nil
}
