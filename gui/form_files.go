package gui

import (
	"context"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"tokenwell/auth"
)

// maxKeyFile is the largest file that is taken for a key or a certificate, in
// bytes. A chain of certificates has some ten thousand.
const maxKeyFile = 64 << 10

// fileProblem is why a file was not taken, as the user reads it.
type fileProblem string

// Error implements error.
func (p fileProblem) Error() string { return string(p) }

const (
	errFileTooLarge fileProblem = "This file is larger than 64 KB; no key or certificate is."
	errFileNoPEM    fileProblem = "This file holds no key or certificate in PEM form."
	errFileUnread   fileProblem = "The file could not be read."
)

// loadFile lets the user choose a file for a field and gives its text to take.
func (p *formParts) loadFile(field auth.Field, title string, take func(text string)) {
	f := p.f
	f.u.askFile(title, func(path string) {
		async(f.u.run, func(context.Context) (string, error) {
			return readKeyFile(path, field == auth.FieldClientCert)
		}, func(text string, err error) {
			switch {
			case f.closed:
			case err != nil:
				f.m.refused[field] = told(err.Error())
				f.show()
			default:
				take(text)
			}
		})
	})
}

// readKeyFile returns a file's text. Where binary is allowed, as PKCS#12 is, such
// a file comes back in base64. No error names the path. It waits for the disk.
func readKeyFile(path string, binary bool) (string, error) {
	data, err := readBounded(path, maxKeyFile, errFileTooLarge)
	if err != nil {
		return "", err
	}
	switch {
	case utf8.Valid(data) && strings.Contains(string(data), "-----BEGIN "):
		return strings.TrimSpace(strings.TrimPrefix(string(data), "\ufeff")) + "\n", nil
	case binary && !utf8.Valid(data):
		return base64.StdEncoding.EncodeToString(data), nil
	default:
		return "", errFileNoPEM
	}
}
