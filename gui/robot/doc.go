// Package robot drives the release binary from outside, as a person would:
// mouse and keyboard on a virtual display, a real Secret Service in its own
// session bus, a real browser opened by the program itself. It knows nothing
// of the program's inside but where things stand on the screen.
//
// The tests carry the build tag e2e, the figures of the real window the tag
// bench. Everything runs in a temporary folder, and every process that was
// started, or that one of those started, is ended and counted.
package robot
