package keyring

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"

	gokeyring "github.com/zalando/go-keyring"
)

// RunHelperIfAsked turns the process into the helper when it was started as
// one, and then never returns. Else it does nothing. It must come first in
// main, before any window or file is opened.
func RunHelperIfAsked() {
	if !asked(os.Args, os.Environ()) {
		return
	}
	if err := serve(os.Stdin, os.Stdout, func() { os.Exit(1) }); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// asked tells a helper from a user who typed the same word.
func asked(args, environ []string) bool {
	return len(args) > 0 && slices.Equal(args[1:], []string{helperArg}) && slices.Contains(environ, helperGuard)
}

// serve answers one request. It calls orphaned when the pipe from the parent
// ends: a call may block for ever, and nobody would be left to end it.
func serve(in io.Reader, out io.Writer, orphaned func()) error {
	lines := bufio.NewReaderSize(in, maxReply)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		orphaned()
	}()
	return json.NewEncoder(out).Encode(carryOut(r))
}

// carryOut makes one call. The library panics when the bus goes away while it
// waits for a prompt.
func carryOut(r request) (answer reply) {
	defer func() {
		if recover() != nil {
			answer = reply{Result: resultUnavailable}
		}
	}()
	var text string
	var err error
	switch r.Op {
	case opProbe:
		err = probe()
	case opSet:
		err = gokeyring.Set(service, r.Name, r.Text)
	case opGet:
		text, err = gokeyring.Get(service, r.Name)
	case opPeek:
		text, err = peek(r.Name)
	case opDelete:
		err = gokeyring.Delete(service, r.Name)
	default:
		err = errors.New("unknown operation")
	}
	if err == nil {
		return reply{Result: resultOK, Text: text}
	}
	return reply{Result: reason(err)}
}

// reason sorts an error of the library. A locked collection looks empty, so
// that even "not found" may mean that the user dismissed the prompt.
func reason(err error) string {
	switch {
	case errors.Is(err, ErrLocked):
		return resultLocked
	case locked():
		return resultDenied
	case errors.Is(err, gokeyring.ErrNotFound):
		return resultMissing
	default:
		return resultUnavailable
	}
}
