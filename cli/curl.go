package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

func curlCommand(e *env) *cobra.Command {
	var o tokenOptions
	c := &cobra.Command{
		Use:   "curl NAME -- ARGUMENT...",
		Short: "Run curl with an access token",
		Long: "curl runs the curl of this machine with the header that carries the access token of the authorization NAME, and " +
			"returns its exit code. curl reads the header from a file descriptor: it stands in no command line and no file.\n\n" +
			"The token goes to https addresses and to this machine only, and, when the authorization is for certain hosts, only to " +
			"these. What could take it elsewhere is refused: --config, --next, --insecure (but to this machine), " +
			"--location-trusted, and what would show it: --verbose, --trace, --libcurl. A host without a scheme is taken as https; " +
			"~/.curlrc is not read. Redirects (--location) are followed, and curl takes the header off when they lead to another " +
			"host; where the service wants the token in a header of its own curl does not, and --location is refused.",
		Example:           "  tokenwell curl 'Graph mail' -- -sS https://api.example.com/me",
		Annotations:       map[string]string{childCode: ""},
		Args:              nameAndProgram,
		ValidArgsFunction: completeName(e),
		RunE: func(c *cobra.Command, args []string) error {
			return e.curl(c.Context(), o, args[0], args[1:])
		},
	}
	o.flags(c.Flags())
	return c
}

// curl judges the arguments, gets the token for every host in them, and runs curl.
func (e *env) curl(ctx context.Context, o tokenOptions, name string, args []string) error {
	if err := checkName(name); err != nil {
		return err
	}
	plan, err := planCurl(args)
	if err != nil {
		return refusal(auth.EndUsage, codeNotJudged, "curl is not run with the token", sentence(err.Error()),
			"Leave it out, or use “tokenwell exec”, where the token is in your own hands.")
	}
	file, err := exec.LookPath("curl") // never one of the folder we are in
	if err != nil {
		return e.notStarted("curl", err)
	}
	token, err := e.curlToken(ctx, o, name, plan.hosts)
	if err != nil {
		return err
	}
	if plan.follows && !strings.EqualFold(token.Header, "Authorization") {
		return refusal(auth.EndUsage, codeNotJudged, "curl is not run with the token",
			fmt.Sprintf("This service takes the token in the header %s, which curl would send to any host that a redirect names.", token.Header),
			"Leave --location out.")
	}
	config, err := curlConfig(token)
	if err != nil {
		return err
	}
	return e.runCurl(file, plan, config)
}

// curlToken asks once for each host; each has to be allowed.
func (e *env) curlToken(ctx context.Context, o tokenOptions, name string, hosts []string) (token handout.Token, err error) {
	backend, done, err := e.backend(ctx)
	if err != nil {
		return handout.Token{}, err
	}
	defer done()
	for _, host := range hosts {
		o.host = host
		if token, err = backend.Token(ctx, o.request(e, name, auth.PurposeCurl)); err != nil {
			return handout.Token{}, err
		}
		o.rejected = false // a new one was fetched for the first host
	}
	return token, nil
}

// curlConfig is a config file of curl's with the header.
func curlConfig(token handout.Token) ([]byte, error) {
	line := token.Header + ": " + token.HeaderValue.Reveal()
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, refusal(auth.EndOther, codeTokenUnfit, "This token can't stand in a header", "")
	}
	return []byte(`header = "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(line) + "\"\n"), nil
}

// errStdinTaken: there curl reads the header from standard input.
var errStdinTaken = errors.New("standard input carries the header on Windows: name a file instead of “-”")

// runCurl hands the config over and runs curl.
func (e *env) runCurl(file string, plan curlPlan, config []byte) error {
	p := program{file: file, environ: os.Environ()}
	from := "-"
	if runtime.GOOS == "windows" {
		if plan.stdin {
			return usageError(errStdinTaken.Error(), "tokenwell curl")
		}
		p.input = config
	} else {
		read, err := pipeOf(config)
		if err != nil {
			return err
		}
		defer func() { _ = read.Close() }()
		p.inherit, from = read, fmt.Sprintf("/dev/fd/%d", read.Fd())
	}
	p.args = append([]string{"curl", "--disable", "--config", from}, plan.args...)
	return e.become(p)
}

// pipeOf returns the end of a pipe at which text is read, once.
func pipeOf(text []byte) (*os.File, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	// A pipe holds more than any server takes as a header; one that does not
	// would keep us waiting for a reader that is not there yet.
	const most = 16 << 10
	if len(text) > most {
		err = refusal(auth.EndOther, codeTokenUnfit, "This token is too long for a header", "")
	} else {
		_, err = write.Write(text)
	}
	if err = errors.Join(err, write.Close()); err != nil {
		_ = read.Close()
		return nil, err
	}
	return read, nil
}
