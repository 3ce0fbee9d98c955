//go:build killpoints || e2e

package main

import "tokenwell/auth"

// The environment that makes the program of the kill tests do one job without
// a window. Kill points themselves are named by TOKENWELL_CRASH_AT.
const (
	killJobEnv    = "TOKENWELL_KILL_JOB"    // a killJob
	killDirEnv    = "TOKENWELL_KILL_DIR"    // the data folder
	killIssuerEnv = "TOKENWELL_KILL_ISSUER" // the authorization server's
	killPortEnv   = "TOKENWELL_KILL_PORT"   // of the redirect URI
	killRowEnv    = "TOKENWELL_KILL_ROW"    // the authorization of the job; a new one's name
	killCallsEnv  = "TOKENWELL_KILL_CALLS"  // of killFlight: calls at the same time
	killAheadEnv  = "TOKENWELL_KILL_AHEAD"  // of killOwn: by how much its clock is ahead
)

// killJob is what the program does after it has recovered.
type killJob string

// The jobs.
const (
	killOpen        killJob = "open"        // opens the database, which is brought up to date
	killSettle      killJob = "settle"      // nothing more
	killSave        killJob = "save"        // saves a new authorization
	killAuthorize   killJob = "authorize"   // saves a new one and signs in
	killReauthorize killJob = "reauthorize" // signs in again
	killRefresh     killJob = "refresh"
	killOwn         killJob = "own"    // says when the row has been refreshed by itself, and goes on until its input ends
	killFlight      killJob = "flight" // refreshes as one of several processes, whenever it is told to
)

// killLine is one line that the program prints: what is certain from then on.
type killLine struct {
	Event      string // "recovered" with Rows, or what the job has reached: "saved", "granted", "refreshed", "asked"
	ID         string
	Generation int64
	Errors     []string           `json:",omitempty"` // of the calls that failed
	Rows       map[string]killRow `json:",omitempty"` // by ID
}

// killRow is what the program finds of an authorization.
type killRow struct {
	Name       string
	State      auth.State
	Generation int64
}
