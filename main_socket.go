package main

import (
	"fmt"
	"os"

	"tokenwell/auth/handout"
	"tokenwell/db"
)

// serveSocket lets other programs ask for tokens for as long as the window is
// open. The caller has to call stop.
func (p *program) serveSocket(place db.Place, version string, raise func()) (stop func(), err error) {
	if err := db.MakeRunDir(place.Run); err != nil {
		return nil, err
	}
	server := handout.NewServer(handout.ServerParams{
		Engine: p.engine, Socket: place.Socket(), Console: handout.Installed(handout.ConsoleName), Log: p.log, Raise: raise,
		Status: handout.Status{Program: handout.ProgramDesktop, Version: version, PID: os.Getpid(), Window: true},
	})
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("the socket %s: %w", place.Socket(), err)
	}
	return func() {
		if err := server.Close(); err != nil {
			p.log.Warn("the socket was not closed in order", "error", err)
		}
	}, nil
}
