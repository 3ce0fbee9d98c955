//go:build killpoints

package main

import (
	"bufio"
	"context"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tokenwell/auth"
	"tokenwell/db"
)

// fly is one of several processes on one data folder. At each line on standard
// input it refreshes the row from many callers at once, says when all of them
// have asked, and then what they got.
func fly(ctx context.Context, dir, row string) error {
	calls, err := strconv.Atoi(os.Getenv(killCallsEnv))
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, db.Params{Dir: dir, Keyring: killKeyring{dir}})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	var asked atomic.Int32
	e, err := killEngine(store, func() time.Time {
		now := time.Now()
		// The time that a caller asked at, where Refresh takes it, and no other.
		if pc, _, _, ok := runtime.Caller(1); ok && strings.HasSuffix(runtime.FuncForPC(pc).Name(), ".(*Engine).refreshShared") {
			if int(asked.Add(1)) == calls {
				say(killLine{Event: "asked"})
			}
		}
		return now
	})
	if err != nil {
		return err
	}
	defer e.Close()
	// Not through the engine, which would start and refresh by itself.
	if err := store.Vault().Unlock(ctx, auth.Secret{}); err != nil {
		return err
	}
	say(killLine{Event: "recovered"})
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		asked.Store(0)
		say(callAll(ctx, e, row, calls))
	}
	return nil
}

// callAll refreshes from many callers at once. The line's generation is the
// one that all of them got, or 0.
func callAll(ctx context.Context, e *auth.Engine, row string, calls int) killLine {
	var mu sync.Mutex
	var got []int64
	line := killLine{Event: "refreshed", ID: row}
	var callers sync.WaitGroup
	for range calls {
		callers.Go(func() {
			d, err := e.Refresh(ctx, row)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				line.Errors = append(line.Errors, err.Error())
			}
			got = append(got, d.Status.Generation)
		})
	}
	callers.Wait()
	if slices.Min(got) == slices.Max(got) {
		line.Generation = got[0]
	}
	return line
}
