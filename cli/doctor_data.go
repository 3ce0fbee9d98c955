package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/db"
)

// How long parts of an examination may take.
const (
	versionTime = 5 * time.Second  // of the desktop app to tell its own
	wholeTime   = 30 * time.Second // to read the whole database
)

// checkVersions compares the console command with the desktop app and with what runs.
func (d *doctor) checkVersions(ctx context.Context) []finding {
	all := []finding{fine("", "this is version %s of the console command", version)}
	for _, file := range slices.Compact(d.lookPath(handout.DesktopName)) {
		if _, err := os.Stat(file); err != nil {
			continue
		}
		switch its, err := versionOf(ctx, file); {
		case err != nil:
			all = append(all, doubtful(file, "Start it in a terminal and read what it says.", "does not tell its version: %v", err))
		case its != version:
			all = append(all, doubtful(file, "Install the same version of both.", "is version %s, the console command %s", its, version))
		default:
			all = append(all, fine(file, "is version %s too", its))
		}
	}
	if d.served != nil && d.served.Version != version {
		all = append(all, doubtful(fmt.Sprintf("process %d", d.served.PID), "End it and start it again.",
			"the %s that runs is version %s", d.served.Program, d.served.Version))
	}
	return all
}

// versionOf asks the desktop app: "Tokenwell 0.1.0 (build 1)".
func versionOf(ctx context.Context, file string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, versionTime)
	defer cancel()
	text, err := exec.CommandContext(ctx, file, "--version").Output()
	if err != nil {
		return "", err
	}
	words := strings.Fields(string(text))
	if len(words) < 2 {
		return "", errors.New("its answer is not understood")
	}
	return words[1], nil
}

// checkDataFolder looks at the folder and its files as the database will at the next start.
func (d *doctor) checkDataFolder(context.Context) []finding {
	dir := d.place.Data
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return []finding{doubtful(dir, "Start the desktop app once, or name the right folder with --data-dir.", "is not there yet")}
	}
	all := []finding{lookAtFolder(dir)}
	for _, part := range []string{db.LockDir(dir), db.SpillDir(dir)} {
		if f := lookAtFolder(part); f.Verdict != verdictOK {
			all = append(all, f)
		}
	}
	file := db.File(dir)
	for _, part := range []string{file, file + "-wal", file + "-shm", filepath.Join(dir, "owner.lock")} {
		if f, there := lookAtFile(part); there && f.Verdict != verdictOK {
			all = append(all, f)
		}
	}
	return all
}

// lookAtFolder wants a folder of this user's that is closed to others.
func lookAtFolder(dir string) finding {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fine(dir, "is not there yet")
	case err != nil:
		return wrong(dir, "Correct the rights of the folders above it.", "can't be looked at: %v", bare(err))
	case !info.IsDir():
		return wrong(dir, "Move it away.", "is no folder")
	}
	owner, mine := ownerOf(info)
	switch mode := openTo(info); {
	case !mine:
		return wrong(dir, "Choose another data folder, or let its owner give it to you.", "belongs to %s", owner)
	case mode&0o022 != 0:
		return wrong(dir, fmt.Sprintf("Look through it, then run: chmod 700 '%s'", dir), "others can write in it (mode %04o)", mode)
	case mode&0o077 != 0:
		return doubtful(dir, fmt.Sprintf("Run: chmod 700 '%s'", dir), "others can look into it (mode %04o)", mode)
	}
	return fine(dir, "is a folder of yours, closed to others")
}

// lookAtFile wants a file of this user's alone.
func lookAtFile(file string) (f finding, there bool) {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{}, false
	case err != nil:
		return wrong(file, "Correct the rights of the folders above it.", "can't be looked at: %v", bare(err)), true
	}
	owner, mine := ownerOf(info)
	switch mode := openTo(info); {
	case !info.Mode().IsRegular() || namesOf(info) > 1:
		return wrong(file, "Move it away and start again.", "is a link, or no file"), true
	case !mine:
		return wrong(file, "Move it away and start again.", "belongs to %s", owner), true
	case mode&0o077 != 0:
		return doubtful(file, fmt.Sprintf("Run: chmod 600 '%s'", file), "is open to others (mode %04o)", mode), true
	}
	return fine(file, "is a file of yours"), true
}

// bare is the reason in an error that names the file once more.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// checkDatabase reads the whole database.
func (d *doctor) checkDatabase(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, wholeTime)
	defer cancel()
	file := db.File(d.place.Data)
	data, err := db.Examine(ctx, db.Params{Dir: d.place.Data, Keyring: d.keyring})
	if errors.Is(err, fs.ErrNotExist) {
		return []finding{doubtful(file, "Start the desktop app once and make an authorization.", "is not there yet")}
	}
	if err != nil {
		return []finding{wrong(file, "See what is said of the data folder, then restore a copy from its folder backups.", "can't be read: %v", bare(err))}
	}
	d.data = data
	if err := data.Whole(ctx); err != nil {
		return []finding{wrong(file, "End every Tokenwell and restore a backup copy.", "%v", err)}
	}
	if !data.Current() {
		d.close()
		d.data = nil
		return []finding{doubtful(file, "Start Tokenwell: it brings the database up to date, and keeps a copy.",
			"has schema %d, this version wants %d", data.Schema, data.Newest)}
	}
	return []finding{fine(file, "opens, is whole and has schema %d", data.Schema)}
}

// checkAuthorizations counts them by what the user has to do.
func (d *doctor) checkAuthorizations(ctx context.Context) []finding {
	if d.data == nil {
		return nil
	}
	counts, err := d.data.CountStates(ctx, d.now())
	if err != nil {
		return []finding{wrong("", "See what is said of the database.", "can't be counted: %v", err)}
	}
	if len(counts) == 0 {
		return []finding{fine("", "there are none yet")}
	}
	var parts []string
	stuck := 0
	for _, s := range statesInOrder {
		if n := counts[s.state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.words))
			if s.stuck {
				stuck += n
			}
		}
	}
	text := strings.Join(parts, ", ")
	if stuck > 0 {
		return []finding{doubtful("", "Open Tokenwell: it says for each what to do. Or run: tokenwell authorize NAME", "%s", text)}
	}
	return []finding{fine("", "%s", text)}
}

// statesInOrder are the states in words; those that stay as they are until the
// user does something are stuck.
var statesInOrder = []struct {
	state auth.State
	words string
	stuck bool
}{
	{auth.StateActive, "active", false},
	{auth.StateExpiring, "expiring", false},
	{auth.StateExpired, "expired", false},
	{auth.StateRefreshing, "refreshing", false},
	{auth.StateWaiting, "waiting for the browser", false},
	{auth.StateNeedsSignIn, "in need of a sign-in", true},
	{auth.StateNeedsAttention, "with wrong settings", true},
	{auth.StateUnknown, "with an unknown outcome", true},
	{auth.StateChangedOutside, "changed outside the app", true},
	{auth.StateNeverAuthorized, "never authorized", false},
	{auth.StatePaused, "paused", false},
	{auth.StateRevoked, "revoked", false},
}
