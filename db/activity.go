package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

var _ auth.ActivityStore = (*DB)(nil)

// activityHead is what many entries have in common: a row of activity_heads.
type activityHead struct {
	authID, name, kind                     string
	own                                    int64
	user, path, script, parent             string
	purpose, outcome, detail, host, scopes string
}

// headOf is the head of an entry.
func headOf(e auth.ActivityEntry) activityHead {
	return activityHead{
		authID: e.AuthorizationID, name: e.Name, kind: string(e.Kind), own: flag(e.Asker.Own),
		user: e.Asker.User, path: e.Asker.Path, script: e.Asker.Script, parent: e.Asker.Parent,
		purpose: string(e.Purpose), outcome: e.Outcome, detail: e.Detail, host: e.Host, scopes: strings.Join(e.Scopes, " "),
	}
}

// key tells the head from all others.
func (h activityHead) key() []byte {
	var all []byte
	for _, part := range []string{
		h.authID, h.name, h.kind, text(h.own), h.user, h.path, h.script, h.parent, h.purpose, h.outcome, h.detail, h.host, h.scopes,
	} {
		all = binary.AppendUvarint(all, uint64(len(part)))
		all = append(all, part...)
	}
	sum := sha256.Sum256(all)
	return sum[:16]
}

// search is what the head is found by: the name, the program, the outcome and
// the detail, on a line each.
func (h activityHead) search() string {
	lines := []string{h.name, h.path, h.script, h.outcome, h.detail}
	for i, line := range lines {
		lines[i] = auth.FoldName(line)
	}
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}

// headGrowth is what a batch adds to a head.
type headGrowth struct {
	entries, uses, lastAt, lastPID int64
}

func (g *headGrowth) add(e auth.ActivityEntry) {
	g.entries++
	g.uses += int64(max(e.Count, 1))
	if at := millis(e.At); at >= g.lastAt {
		g.lastAt, g.lastPID = at, int64(e.Asker.PID)
	}
}

// The statements that write the activity.
const (
	selectHead = `SELECT id FROM activity_heads WHERE key = ?`
	updateHead = `UPDATE activity_heads SET entries = entries + ?1, uses = uses + ?2,
		last_pid = CASE WHEN ?3 >= last_at THEN ?4 ELSE last_pid END, last_at = max(last_at, ?3) WHERE id = ?5`
	insertHead = `INSERT INTO activity_heads (key, auth_id, name, kind, own, user, path, script, parent, purpose, outcome, detail, host,
		scopes, search, entries, uses, last_at, last_pid)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	insertActivity = `INSERT INTO activity (head, at, pid, time_left, count) VALUES (?, ?, ?, ?, ?)`
	updateLastUsed = `UPDATE authorizations SET last_used_at = ?1 WHERE id = ?2 AND last_used_at < ?1`
)

// growHead stores a head, or makes the one that is there grow, and returns its
// number. Most are there: looking first takes half as long as an upsert.
func (d *DB) growHead(h activityHead, g headGrowth) (id int64, err error) {
	key := h.key()
	id, err = d.queryInt(selectHead, key)
	if err == nil {
		return id, d.exec(updateHead, g.entries, g.uses, g.lastAt, g.lastPID, id)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	return d.queryInt(insertHead, key, h.authID, h.name, h.kind, h.own, h.user, h.path, h.script, h.parent,
		h.purpose, h.outcome, h.detail, h.host, h.scopes, h.search(), g.entries, g.uses, g.lastAt, g.lastPID)
}

// addActivity writes entries in the transaction of what happened. Heads are
// written once for all entries that they are of.
func (d *DB) addActivity(entries ...auth.ActivityEntry) error {
	growth := make(map[activityHead]*headGrowth, 1)
	for _, e := range entries {
		head := headOf(e)
		if growth[head] == nil {
			growth[head] = &headGrowth{}
		}
		growth[head].add(e)
	}
	ids := make(map[activityHead]int64, len(growth))
	for _, e := range entries {
		head := headOf(e)
		id, ok := ids[head]
		if !ok {
			var err error
			if id, err = d.growHead(head, *growth[head]); err != nil {
				return err
			}
			ids[head] = id
		}
		if err := d.exec(insertActivity, id, millis(e.At), e.Asker.PID, e.Left.Milliseconds(), max(e.Count, 1)); err != nil {
			return err
		}
	}
	return nil
}

// AddActivity implements auth.ActivityStore.
func (d *DB) AddActivity(ctx context.Context, entries []auth.ActivityEntry) error {
	if len(entries) == 0 {
		return nil
	}
	used := map[string]time.Time{}
	for _, e := range entries {
		if e.Kind == auth.WordHandOut && e.Outcome == auth.OutcomeOK && e.At.After(used[e.AuthorizationID]) {
			used[e.AuthorizationID] = e.At
		}
	}
	return d.transact(ctx, func(tx *sql.Tx) error {
		for id, at := range used {
			if _, err := tx.ExecContext(ctx, updateLastUsed, millis(at), id); err != nil {
				return err
			}
		}
		return d.addActivity(entries...)
	}, func(error) {
		for id := range used {
			d.rows.forget(id) // it holds the last use
		}
	})
}

// activityKept is how many entries are kept at most.
const activityKept = 1_000_000

// pruneBatch is how many entries are removed in one transaction, which takes
// about 10 ms; pruneRest is how long nothing is done after it. SQLite does not
// queue the writers of other processes: they look now and then.
const (
	pruneBatch = 250
	pruneRest  = 5 * time.Millisecond
)

// PruneActivity implements auth.ActivityStore. Others write in between.
func (d *DB) PruneActivity(ctx context.Context, before time.Time) (int, error) {
	return d.pruneActivity(ctx, before, activityKept)
}

func (d *DB) pruneActivity(ctx context.Context, before time.Time, kept int) (pruned int, err error) {
	for {
		n := 0
		err := d.writeBeside(ctx, func(tx *sql.Tx) (err error) {
			n, err = pruneSome(ctx, tx, millis(before), kept)
			return err
		})
		pruned += n
		if err != nil || n < pruneBatch {
			return pruned, err
		}
		select {
		case <-ctx.Done():
			return pruned, ctx.Err()
		case <-time.After(pruneRest):
		}
	}
}

// pruneSome removes up to pruneBatch of the oldest entries that are too old, or
// too many, and with the last entry its head.
func pruneSome(ctx context.Context, tx *sql.Tx, before int64, kept int) (int, error) {
	var excess int
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(sum(entries), 0) - ? FROM activity_heads", kept).Scan(&excess); err != nil {
		return 0, err
	}
	gone, err := oldestEntries(ctx, tx, before, min(max(excess, 0), pruneBatch))
	if err != nil || gone.n == 0 {
		return 0, err
	}
	for head, g := range gone.heads {
		if _, err := tx.ExecContext(ctx, "UPDATE activity_heads SET entries = entries - ?, uses = uses - ? WHERE id = ?", g.entries, g.uses, head); err != nil {
			return 0, err
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM activity_heads WHERE entries <= 0"); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM activity WHERE id IN (SELECT value FROM json_each(?))", gone.ids())
	return gone.n, err
}

// goneEntries are entries that are removed.
type goneEntries struct {
	n     int
	list  strings.Builder
	heads map[int64]headGrowth
}

func (g *goneEntries) ids() string { return "[" + strings.TrimSuffix(g.list.String(), ",") + "]" }

// oldestEntries reads the oldest entries: those before a time, and the first
// excess ones whatever their time.
func oldestEntries(ctx context.Context, tx *sql.Tx, before int64, excess int) (*goneEntries, error) {
	found, err := tx.QueryContext(ctx, `SELECT a.id, a.head, a.at, a.count FROM
		(SELECT id FROM activity INDEXED BY activity_by_time ORDER BY at, head, id LIMIT ?) o JOIN activity a ON a.id = o.id ORDER BY a.at, a.head, a.id`, pruneBatch)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	gone := &goneEntries{heads: map[int64]headGrowth{}}
	for found.Next() {
		var id, head, at, count int64
		if err := found.Scan(&id, &head, &at, &count); err != nil {
			return nil, err
		}
		if at >= before && gone.n >= excess {
			break
		}
		gone.n++
		gone.list.WriteString(text(id) + ",")
		g := gone.heads[head]
		g.entries++
		g.uses += count
		gone.heads[head] = g
	}
	return gone, found.Err()
}
