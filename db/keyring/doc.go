// Package keyring keeps short texts in the operating system's keyring.
//
// Every call runs in a short-lived process, a re-exec of our own program, with
// a deadline: the libraries underneath may block for ever when a prompt is
// never answered, panic when the session bus goes away, and leave goroutines
// behind. Texts travel over pipes, never as arguments. A process is started
// only when there is a session bus, because the library would start one itself
// and leave it behind.
//
// A program that uses the package calls RunHelperIfAsked before anything else.
package keyring
