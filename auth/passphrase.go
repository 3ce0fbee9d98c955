package auth

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxPassphrase is how many bytes of a passphrase are read.
const maxPassphrase = 4096

// PassphraseCredential is the name under which systemd hands the vault's
// passphrase to a service (systemd.exec(5), LoadCredential).
const PassphraseCredential = "tokenwell-passphrase"

// ReadPassphrase reads one line from a file descriptor, which it closes; -1:
// there is none, and the result is empty. A passphrase never comes by the
// command line or the environment, which other programs can read.
func ReadPassphrase(fd int) (Secret, error) {
	if fd == -1 {
		return Secret{}, nil
	}
	if fd < 0 || fd == 1 || fd == 2 {
		return Secret{}, fmt.Errorf("the passphrase can't be read from file descriptor %d: use 0 or one above 2", fd)
	}
	file := os.Stdin // where it is not called 0 by the system
	if fd != 0 {
		file = os.NewFile(uintptr(fd), "passphrase")
	}
	defer func() { _ = file.Close() }()
	return readPassphrase(file, fmt.Sprintf("file descriptor %d", fd))
}

// ReadPassphraseCredential reads it from the folder in which systemd keeps the
// credentials of a service, $CREDENTIALS_DIRECTORY; empty when the folder is ""
// or holds none.
func ReadPassphraseCredential(dir string) (Secret, error) {
	if dir == "" {
		return Secret{}, nil
	}
	file, err := os.Open(filepath.Join(dir, PassphraseCredential)) //nolint:gosec // the service manager names the folder
	if errors.Is(err, os.ErrNotExist) {
		return Secret{}, nil
	}
	if err != nil {
		return Secret{}, fmt.Errorf("the credential %s can't be read: %w", PassphraseCredential, err)
	}
	defer func() { _ = file.Close() }()
	return readPassphrase(file, "the credential "+PassphraseCredential)
}

// readPassphrase reads the first line of what is called source in errors.
func readPassphrase(in io.Reader, source string) (Secret, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPassphrase+1)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return Secret{}, fmt.Errorf("the passphrase can't be read from %s: %w", source, err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" || len(line) > maxPassphrase {
		return Secret{}, fmt.Errorf("%s gives no passphrase, or one that is too long", source)
	}
	return NewSecret(line), nil
}
