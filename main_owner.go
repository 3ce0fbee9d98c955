package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tokenwell/auth/handout"
	"tokenwell/db"
)

const (
	// ownPause is how long is waited between two tries to own the data folder.
	ownPause = 20 * time.Millisecond
	// ownPatience is how long a process that owns the folder and answers nobody
	// may take to do one or the other: it starts, or it ends.
	ownPatience = 2 * time.Second
	// yieldPatience is how long the agent may take to give the folder up: it stores
	// the tokens of requests that are under way, which take 30 s at most.
	yieldPatience = 35 * time.Second
)

// errRaised says that the window of another process is in front now, so that
// this one has nothing to do.
var errRaised = errors.New("another Tokenwell is running already; its window is in front now")

// ownFolder takes the data folder for this process: a free one at once, from the
// agent by asking it, from another window never. With raise that window comes to
// the front, and the error is errRaised. What the user should know is written to say.
func ownFolder(ctx context.Context, place db.Place, raise bool, say io.Writer) (release func(), err error) {
	deadline := time.After(ownPatience)
	asked := false
	for {
		release, err = db.Own(place.Data)
		if !errors.Is(err, db.ErrOwned) {
			return release, err
		}
		// Who has been asked already is asked again, as another agent that stood by
		// may have been faster than this process.
		switch answer, why := askOwner(ctx, place.Socket(), raise); answer {
		case ownerRaised:
			return nil, errRaised
		case ownerYields:
			if !asked {
				asked, deadline = true, time.After(yieldPatience)
				fmt.Fprintln(say, "tokenwell-desktop: the agent gives the data folder to this program, and takes it back when it ends")
			}
		case ownerKeeps:
			err = why
		}
		select {
		case <-deadline:
			return nil, fmt.Errorf("%s: %w", place.Data, err)
		case <-time.After(ownPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// answer is what the owner of the data folder does about being asked.
type answer int

const (
	ownerKeeps answer = iota // or is silent: it does not serve the socket yet, or not any more
	ownerRaised
	ownerYields
)

// askOwner asks the process that serves the socket for its window, or for the
// folder. The error, a db.ErrOwned, says why the folder is kept.
func askOwner(ctx context.Context, socket string, raise bool) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, ownPatience)
	defer cancel()
	client, err := handout.Dial(ctx, socket)
	if errors.Is(err, handout.ErrNoServer) {
		return ownerKeeps, db.ErrOwned
	}
	if err != nil {
		return ownerKeeps, fmt.Errorf("%w: %w", db.ErrOwned, err)
	}
	defer func() { _ = client.Close() }()
	status, err := client.Status(ctx)
	if err != nil {
		return ownerKeeps, fmt.Errorf("%w: %w", db.ErrOwned, err)
	}
	switch {
	case status.Program == handout.ProgramAgent:
		if err := client.Yield(ctx); err != nil {
			return ownerKeeps, fmt.Errorf("%w: the agent, process %d: %w", db.ErrOwned, status.PID, err)
		}
		return ownerYields, nil
	case status.Window && raise:
		if err := client.Raise(ctx); err != nil {
			return ownerKeeps, fmt.Errorf("%w: the window of process %d does not come to the front: %w", db.ErrOwned, status.PID, err)
		}
		return ownerRaised, nil
	default:
		return ownerKeeps, fmt.Errorf("%w: process %d", db.ErrOwned, status.PID)
	}
}
