package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"tokenwell/auth"
)

// Limits of what git may say; its own lines are far shorter.
const (
	gitMaxLine  = 64 << 10
	gitMaxInput = 256 << 10
)

// gitAsked is the description of a credential that git writes to its helpers
// (git-credential(1), "Input/output format").
type gitAsked struct {
	protocol, host, username string
	password                 auth.Secret
}

// errGitInput is a description that no git writes: nothing is answered.
var errGitInput = errors.New("what git wrote is not understood")

// readGit reads a description up to an empty line or the end. It takes nothing
// that two readers could understand differently (T47): lines end with LF alone,
// no key that has one value comes twice, no address stands for several keys.
func readGit(in io.Reader) (gitAsked, error) {
	reader := bufio.NewReaderSize(io.LimitReader(in, gitMaxInput), gitMaxLine)
	asked, seen := gitAsked{}, map[string]bool{}
	for {
		raw, err := reader.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && len(raw) == 0:
			return asked, nil
		case errors.Is(err, io.EOF):
			return gitAsked{}, fmt.Errorf("%w: it ends in the middle of a line", errGitInput)
		case err != nil:
			return gitAsked{}, fmt.Errorf("%w: a line is too long", errGitInput)
		}
		line := string(raw[:len(raw)-1])
		if line == "" {
			return asked, nil
		}
		if strings.ContainsAny(line, "\r\x00") {
			return gitAsked{}, fmt.Errorf("%w: a control character stands in it", errGitInput)
		}
		key, value, found := strings.Cut(line, "=")
		if !found || key == "" {
			return gitAsked{}, fmt.Errorf("%w: a line has no key", errGitInput)
		}
		if strings.HasSuffix(key, "[]") {
			continue // lists, of which none matters here
		}
		if seen[key] {
			return gitAsked{}, fmt.Errorf("%w: a key comes twice", errGitInput)
		}
		seen[key] = true
		switch key {
		case "protocol":
			asked.protocol = value
		case "host":
			asked.host = value
		case "username":
			asked.username = value
		case "password":
			asked.password = auth.NewSecret(value)
		case "url":
			return gitAsked{}, fmt.Errorf("%w: an address in place of its parts", errGitInput)
		}
	}
}

// writeGit writes an answer. A value that could end its line is not written.
func writeGit(out io.Writer, pairs ...[2]string) error {
	var text strings.Builder
	for _, pair := range pairs {
		if strings.ContainsFunc(pair[1], func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("%w: the %s can't be written", errGitInput, pair[0])
		}
		text.WriteString(pair[0] + "=" + pair[1] + "\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}
