// Command tokenwell is the console command: it hands the access tokens of
// authorizations to scripts and programs by Friendly Name.
package main

import (
	"context"
	"os"

	"tokenwell/db/keyring"
)

// version is that of FyneApp.toml, as a test holds.
const version = "0.1.0"

func main() {
	keyring.RunHelperIfAsked()
	os.Exit(run(context.Background(), &env{in: os.Stdin, out: os.Stdout, errOut: os.Stderr}, os.Args[1:]))
}
