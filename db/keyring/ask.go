package keyring

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// The operations of the helper.
const (
	opProbe  = "probe"
	opSet    = "set"
	opGet    = "get"
	opPeek   = "peek" // get, without a prompt
	opDelete = "delete"
)

// request is the one line that the helper reads.
type request struct {
	Op   string
	Name string `json:",omitempty"`
	Text string `json:",omitempty"`
}

// reply is the one line that it writes.
type reply struct {
	Result string // a key of results
	Text   string `json:",omitempty"`
}

// The results of the helper.
const (
	resultOK          = "ok"
	resultMissing     = "missing"
	resultDenied      = "denied"
	resultLocked      = "locked"
	resultUnavailable = "unavailable"
)

var results = map[string]error{
	resultOK: nil, resultMissing: ErrMissing, resultDenied: ErrDenied, resultLocked: ErrLocked,
	resultUnavailable: ErrUnavailable,
}

// How the helper knows that it is one.
const (
	helperArg   = "keyring-helper"
	helperGuard = "TOKENWELL_KEYRING_HELPER=1"
)

// killTime is how long the helper's pipes are waited for after it was ended.
const killTime = time.Second

// maxReply bounds what is read from the helper.
const maxReply = 64 << 10

// ask has the helper carry out one request. It has ended when ask returns.
func ask(ctx context.Context, r request) (string, error) {
	bus, ok := busEnvironment()
	if !ok {
		return "", ErrUnavailable
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("%w (the program's own file was not found)", ErrUnavailable)
	}
	line, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	defer clear(line)

	cmd := exec.CommandContext(ctx, self, helperArg) //nolint:gosec // our own program with a constant
	cmd.Env = append(os.Environ(), append(bus, helperGuard)...)
	cmd.WaitDelay = killTime
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", fmt.Errorf("%w (no pipe)", ErrUnavailable)
	}
	var out bytes.Buffer
	cmd.Stdout = &limitedWriter{to: &out, left: maxReply}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("%w (the helper did not start)", ErrUnavailable)
	}
	// The pipe stays open until the helper is done: its end tells the helper
	// that this process is gone.
	_, writeErr := in.Write(append(line, '\n'))
	waitErr := cmd.Wait()
	_ = in.Close()
	switch {
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", ErrTimeout
	case ctx.Err() != nil:
		return "", ctx.Err()
	case writeErr != nil || waitErr != nil:
		return "", fmt.Errorf("%w (the call to it broke off)", ErrUnavailable)
	}
	return readReply(&out)
}

func readReply(out *bytes.Buffer) (string, error) {
	defer func() { clear(out.Bytes()) }()
	var answer reply
	line, err := bufio.NewReader(bytes.NewReader(out.Bytes())).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &answer) != nil {
		return "", fmt.Errorf("%w (it gave no answer)", ErrUnavailable)
	}
	err, known := results[answer.Result]
	if !known {
		return "", fmt.Errorf("%w (its answer was not understood)", ErrUnavailable)
	}
	return answer.Text, err
}

// limitedWriter keeps the first bytes and drops the rest.
type limitedWriter struct {
	to   io.Writer
	left int
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	keep := p[:min(len(p), w.left)]
	w.left -= len(keep)
	if _, err := w.to.Write(keep); err != nil {
		return 0, err
	}
	return len(p), nil
}
