package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Browser opens links for the user. Safe for concurrent use.
type Browser interface {
	// Open opens the link and waits until it is known whether that worked, a
	// few seconds at most. The error is a *CodedError with
	// CodeBrowserNotOpened or CodeAddressRefused.
	Open(ctx context.Context, link string) error
}

const (
	maxLink         = 8 << 10
	browserPatience = 5 * time.Second // a program that still runs then has opened the link
)

// SystemBrowser opens links in the browser of the user's choice: the programs
// named by the environment variable BROWSER (separated like PATH, %s standing
// for the link), else the operating system's opener. No shell sees the link.
// The program gets its own session and outlives this one.
func SystemBrowser() Browser { return &systemBrowser{patience: browserPatience} }

type systemBrowser struct {
	patience time.Duration
	running  sync.WaitGroup // goroutines that collect programs; nobody waits for a browser to end but tests
}

// Open implements Browser.
func (b *systemBrowser) Open(ctx context.Context, link string) error {
	clean, err := cleanLink(link)
	if err != nil {
		return &CodedError{Code: CodeAddressRefused, Cause: err}
	}
	for _, command := range browserCommands(os.Getenv("BROWSER"), runtime.GOOS, clean.String()) {
		failed := b.run(ctx, command)
		if failed == nil {
			return nil
		}
		err = errors.Join(err, failed)
	}
	return &CodedError{Code: CodeBrowserNotOpened, Cause: err}
}

// run starts one program and reads its exit code if it ends in time.
func (b *systemBrowser) run(ctx context.Context, command []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// Never ended with the caller: the user is in the middle of a sign-in.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...) //nolint:gosec // the user's own choice of browser; the link is checked and no shell sees it
	cmd.Env = browserEnvironment(os.Environ())
	ownSession(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s could not be started", filepath.Base(command[0]))
	}
	ended := make(chan error, 1)
	b.running.Go(func() { ended <- cmd.Wait() }) // leaves no zombie, however long it runs
	patience := time.NewTimer(b.patience)
	defer patience.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s ended with status %d", filepath.Base(command[0]), cmd.ProcessState.ExitCode())
		}
		return nil
	case <-patience.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// browserCommands returns the commands to try for a checked link, in order.
func browserCommands(variable, system, link string) [][]string {
	var commands [][]string
	for _, entry := range filepath.SplitList(variable) {
		if words := strings.Fields(entry); len(words) > 0 {
			commands = append(commands, fillLink(words, link))
		}
	}
	if len(commands) > 0 {
		return commands
	}
	switch system {
	case "windows":
		return [][]string{{filepath.Join(os.Getenv("SystemRoot"), "System32", "rundll32.exe"), "url.dll,FileProtocolHandler", link}}
	case "darwin":
		return [][]string{{"/usr/bin/open", link}}
	default:
		return [][]string{{"xdg-open", link}}
	}
}

// fillLink puts the link where %s stands, else at the end. The program's own
// name is never touched.
func fillLink(words []string, link string) []string {
	command := []string{words[0]}
	filled := false
	for _, word := range words[1:] {
		filled = filled || strings.Contains(word, "%s")
		command = append(command, strings.ReplaceAll(word, "%s", link))
	}
	if !filled {
		command = append(command, link)
	}
	return command
}

// browserEnvironment leaves this program's own variables out.
func browserEnvironment(environ []string) []string {
	var kept []string
	for _, variable := range environ {
		if !strings.HasPrefix(variable, "TOKENWELL_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// cleanLink returns the link as it is handed to a program: https, or http on a
// literal loopback address; with a host; without user name, fragment, control
// characters and what a shell could act on; 8 KiB at most (T23).
func cleanLink(link string) (*url.URL, error) {
	if strings.ContainsFunc(link, unusableInAddress) {
		return nil, errors.New("the link holds characters that do not belong there")
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("the link is not an address") // the parser's own text quotes the link
	}
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !loopbackLiteral(u.Hostname())):
		return nil, errors.New("the link is not https")
	case u.Opaque != "" || u.Hostname() == "":
		return nil, errors.New("the link names no host")
	case u.User != nil:
		return nil, errors.New("the link holds a user name")
	case u.Fragment != "" || strings.HasSuffix(link, "#"):
		return nil, errors.New("the link holds a fragment")
	case len(u.String()) > maxLink:
		return nil, errors.New("the link is longer than 8 KiB")
	}
	return u, nil
}
