// Command tokenwell is the console command: it hands the access tokens of
// authorizations to scripts and programs by Friendly Name.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"tokenwell/db/keyring"
)

func main() {
	keyring.RunHelperIfAsked()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, &env{in: os.Stdin, out: os.Stdout, errOut: os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}
