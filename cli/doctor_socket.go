package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"tokenwell/auth/handout"
	"tokenwell/db"
)

const (
	// reachTime is how long the process that serves the socket may take to answer.
	reachTime = 3 * time.Second
	// longestSocket is how many bytes a socket's path has at most on every system.
	longestSocket = 103
)

// reach asks the process that serves the socket who it is.
func (d *doctor) reach(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	client, err := handout.Dial(ctx, d.place.Socket())
	if err != nil {
		d.silent = err
		return
	}
	defer func() { _ = client.Close() }()
	status, err := client.Status(ctx)
	if err != nil {
		d.silent = err
		return
	}
	d.served = &status
}

// checkOwner tells who has the data folder.
func (d *doctor) checkOwner(context.Context) []finding {
	owned, pid, err := db.Owner(d.place.Data)
	if err != nil {
		return []finding{wrong("", "See what is said of the data folder.", "it can't be told who has the data folder: %v", bare(err))}
	}
	d.owned = owned
	who := "a process"
	if pid > 0 {
		who = fmt.Sprintf("process %d", pid)
	}
	switch {
	case d.served != nil && !owned:
		return []finding{doubtful("", "End it and start it again.", "nobody has the data folder, though process %d serves the socket", d.served.PID)}
	case d.served != nil:
		return []finding{fine("", "%s has the data folder: %s", who, programWords(d.served))}
	case owned:
		return []finding{doubtful("", "If it is not just starting, end it and start Tokenwell or “tokenwell agent”.",
			"%s has the data folder and hands nothing out", who)}
	}
	return []finding{fine("", "no Tokenwell is running: the console command opens the vault itself")}
}

func programWords(s *handout.Status) string {
	if s.Program == handout.ProgramDesktop {
		return "the desktop app"
	}
	return "the agent"
}

// checkSocket looks at what other programs connect to, as they do.
func (d *doctor) checkSocket(context.Context) []finding {
	socket := d.place.Socket()
	if info, err := os.Lstat(d.place.Run); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return []finding{wrong(d.place.Run, "Remove it and start Tokenwell again.", "is a link")}
	}
	folder := lookAtFolder(d.place.Run)
	if folder.Verdict != verdictOK {
		return []finding{folder}
	}
	info, err := os.Lstat(socket)
	switch {
	case errors.Is(err, fs.ErrNotExist) && d.owned:
		return []finding{wrong(socket, "Its log says why: look for “socket” in "+d.place.Logs+".", "is not there, though a Tokenwell is running")}
	case errors.Is(err, fs.ErrNotExist):
		return []finding{fine(socket, "is not there, as no Tokenwell is running")}
	case err != nil:
		return []finding{wrong(socket, "Correct the rights of its folder.", "can't be looked at: %v", bare(err))}
	}
	owner, mine := ownerOf(info)
	switch {
	case info.Mode()&fs.ModeSocket == 0 && !socketsLookOdd:
		return []finding{wrong(socket, "Remove it and start Tokenwell again.", "is no socket")}
	case !mine:
		return []finding{wrong(socket, "Remove it and start Tokenwell again.", "belongs to %s", owner)}
	case openTo(info)&0o077 != 0:
		return []finding{wrong(socket, "End Tokenwell and start it again.", "is open to others (mode %04o)", openTo(info))}
	}
	all := []finding{d.answers(socket)}
	if len(socket) > longestSocket {
		all = append(all, doubtful(socket, "Choose a data folder with a shorter path.", "the path is longer than programs other than Tokenwell can use"))
	}
	return all
}

// answers tells who is at the other end of a socket that is as it should be.
func (d *doctor) answers(socket string) finding {
	switch {
	case d.served != nil && d.served.API != handout.Version:
		return wrong(socket, "Install the same version of both programs.", "%s speaks version %d of the API, this command version %d",
			programWords(d.served), d.served.API, handout.Version)
	case d.served != nil:
		return fine(socket, "%s answers (process %d, API version %d)", programWords(d.served), d.served.PID, d.served.API)
	case errors.Is(d.silent, handout.ErrNoServer) && !d.owned:
		return doubtful(socket, "Nothing: the next start replaces it.", "a Tokenwell that was killed has left it behind")
	case errors.Is(d.silent, handout.ErrNoServer):
		return wrong(socket, "End the Tokenwell that is running and start it again.", "nobody answers, though a Tokenwell is running")
	}
	return wrong(socket, "Look whose process that is, end it and start Tokenwell again.", "whoever answers is not to be trusted: %v", d.silent)
}
