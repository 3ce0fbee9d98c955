package auth

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// activityPage is how many entries are read at once for an export.
const activityPage = 5000

// Activity implements HandOuts.
func (e *Engine) Activity(ctx context.Context, q ActivityQuery) (ActivityPage, error) {
	page, err := e.store.Activity(ctx, q)
	if err != nil {
		return ActivityPage{}, e.explain(err, Record{})
	}
	return page, nil
}

// UsedBy implements HandOuts.
func (e *Engine) UsedBy(ctx context.Context, id string) ([]UsedBy, error) {
	used, err := e.store.UsedBy(ctx, id)
	if err != nil {
		return nil, e.explain(err, Record{Authorization: Authorization{ID: id}})
	}
	return used, nil
}

// activityColumns head the export.
var activityColumns = []string{
	"time_utc", "what", "authorization", "program", "script", "process", "started_by", "user", "way", "outcome", "detail",
	"seconds_left", "host", "scopes", "times",
}

// ExportActivity implements HandOuts.
func (e *Engine) ExportActivity(ctx context.Context, q ActivityQuery) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true // RFC 4180 section 2
	rows := [][]string{activityColumns}
	q.Offset, q.Limit = 0, activityPage
	for {
		page, err := e.Activity(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Entries {
			rows = append(rows, activityRow(&page.Entries[i]))
		}
		if err := w.WriteAll(rows); err != nil {
			return nil, err
		}
		rows = rows[:0]
		if len(page.Entries) == 0 {
			return out.Bytes(), nil
		}
		if q.UpTo == 0 {
			q.UpTo = page.Entries[0].ID // what comes meanwhile moves nothing
		}
		if q.Offset += len(page.Entries); q.Offset >= page.Match {
			return out.Bytes(), nil
		}
	}
}

// activityRow is an entry as a line of the export.
func activityRow(e *ActivityEntry) []string {
	program, process := e.Asker.Path, strconv.Itoa(e.Asker.PID)
	if e.Asker.PID == 0 {
		process = ""
	}
	if e.Asker.Own {
		program = "Tokenwell"
	}
	left := ""
	if e.Left > 0 {
		left = strconv.FormatInt(int64(e.Left/time.Second), 10)
	}
	row := []string{
		e.At.UTC().Format("2006-01-02T15:04:05.000Z"), string(e.Kind), e.Name, program, e.Asker.Script, process, e.Asker.Parent, e.Asker.User,
		string(e.Purpose), e.Outcome, e.Detail, left, e.Host, strings.Join(e.Scopes, " "), strconv.Itoa(max(1, e.Count)),
	}
	for i, cell := range row {
		row[i] = plainCell(cell)
	}
	return row
}

// plainCell keeps a spreadsheet from taking a text for a formula: the names of
// programs are anybody's to choose.
func plainCell(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	if text != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", first) { // some take the wide ones for the others
		return "'" + text
	}
	return text
}
