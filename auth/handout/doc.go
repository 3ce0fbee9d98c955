// Package handout is how other programs on this machine get tokens by Friendly
// Name: the JSON API, its server on a Unix socket, which the window or the agent
// runs, and its client. docs/handout-api.md describes the API for other
// languages.
//
// Both sides check the other: the socket lies in a folder that only this user
// can enter, belongs to this user, and is spoken to only when the process at the
// other end is this user's (T43, T44). No verb returns a refresh token or a
// client secret (T52).
package handout
