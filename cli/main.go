// Command tokenwell is the console command: it hands the access tokens of
// authorizations to scripts and programs by Friendly Name.
package main

import (
	"context"
	"log/slog"
	"os"

	"tokenwell/db/keyring"
)

// version is that of FyneApp.toml, as a test holds.
const version = "0.1.0"

func main() {
	keyring.RunHelperIfAsked()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // libraries would write to package log, and so to stderr: what a server said too
	os.Exit(run(context.Background(), &env{in: os.Stdin, out: os.Stdout, errOut: os.Stderr}, os.Args[1:]))
}
