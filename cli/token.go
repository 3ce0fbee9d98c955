package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/cli/early"
)

// tokenOptions are the flags of token and header, and in part of exec and curl.
type tokenOptions struct {
	minValid seconds
	rejected bool
	host     string
	show     bool
}

// flags are those that say which token is wanted.
func (o *tokenOptions) flags(fs *pflag.FlagSet) {
	o.minValid = seconds(auth.DefaultMinValid)
	fs.Var(&o.minValid, "min-valid", "the least `time` that the token has to last, as 90s, 10m or a number of seconds")
	fs.BoolVar(&o.rejected, "rejected", false, "a server answered 401 to the token given before: fetch a new one")
}

// printFlags are those of commands that print it.
func (o *tokenOptions) printFlags(fs *pflag.FlagSet) {
	o.flags(fs)
	fs.StringVar(&o.host, "for", "", "the `host` that will get the token; refused when the authorization is for others")
	fs.BoolVar(&o.show, "show", false, "print the token even though standard output is a terminal")
}

// request asks for a token of a name.
func (o *tokenOptions) request(e *env, name string, purpose auth.HandOutPurpose) handout.TokenRequest {
	valid := int(time.Duration(o.minValid) / time.Second)
	return handout.TokenRequest{
		Name: name, Purpose: purpose, MinValid: &valid, Rejected: o.rejected, Host: o.host, Interactive: e.interactive,
	}
}

// seconds is a flag: a duration in whole seconds.
type seconds time.Duration

// String implements pflag.Value.
func (s *seconds) String() string { return time.Duration(*s).String() }

// Type implements pflag.Value.
func (s *seconds) Type() string { return "duration" }

// maxMinValid is far longer than any token lasts.
const maxMinValid = 366 * 24 * time.Hour

// Set implements pflag.Value.
func (s *seconds) Set(text string) error {
	d, err := time.ParseDuration(text)
	if n, wrong := strconv.ParseUint(text, 10, 32); wrong == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d < 0 || d > maxMinValid {
		return errors.New("give a time such as 90s or 10m")
	}
	*s = seconds(math.Ceil(d.Seconds())) * seconds(time.Second)
	return nil
}

// printing are the commands that print a token: they take the quick way.
var printing = map[string]auth.HandOutPurpose{"token": auth.PurposeToken, "header": auth.PurposeHeader}

// quick carries out a command line that prints a token of the running program,
// without building the command tree. done is false for every other one, and
// then nothing has happened yet.
func (e *env) quick(ctx context.Context, args []string) (code int, done bool) {
	if len(args) == 0 {
		return 0, false
	}
	purpose, ok := printing[args[0]]
	if !ok {
		return 0, false
	}
	fs := pflag.NewFlagSet(args[0], pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	var o tokenOptions
	o.printFlags(fs)
	e.flags(fs)
	if fs.Parse(args[1:]) != nil || fs.NArg() != 1 {
		return 0, false // the tree says what is wrong, or helps
	}
	if answer := early.Answer(); answer != nil {
		return e.answered(answer, purpose), true
	}
	if e.given == nil {
		client, err := handout.Dial(ctx, e.place().Socket())
		if err != nil {
			return 0, false // it is tried once more, and what is wrong is said
		}
		e.given = client
		defer func() {
			_ = client.Close()
			e.given = nil
		}()
	}
	err := e.print(ctx, o, fs.Arg(0), purpose)
	switch {
	case err == nil:
		return auth.EndOK.ExitCode(), true
	case errors.Is(err, handout.ErrNoServer):
		return 0, false // it has ended at this moment
	default:
		return e.complain(err), true
	}
}

// answered ends a command whose request was answered before it began.
func (e *env) answered(answer []byte, purpose auth.HandOutPurpose) int {
	defer clear(answer)
	token, err := handout.ReadToken(answer)
	if err == nil {
		err = e.printToken(token, purpose)
	}
	if err != nil {
		return e.complain(err)
	}
	return auth.EndOK.ExitCode()
}

// print prints a token, or the header that carries it.
func (e *env) print(ctx context.Context, o tokenOptions, name string, purpose auth.HandOutPurpose) error {
	if err := checkName(name); err != nil {
		return err
	}
	if terminal(e.out) && !o.show {
		return refusal(auth.EndUsage, codeTerminal, "The token is not shown on the screen",
			"Standard output is a terminal, which others may see and which keeps what it showed.",
			"Send it to a program, for example with $(tokenwell "+string(purpose)+" NAME).", "Use --show to see it.")
	}
	backend, done, err := e.backend(ctx)
	if err != nil {
		return err
	}
	defer done()
	token, err := backend.Token(ctx, o.request(e, name, purpose))
	if err != nil {
		return err
	}
	return e.printToken(token, purpose)
}

// printToken writes it in one go.
func (e *env) printToken(token handout.Token, purpose auth.HandOutPurpose) error {
	var line []byte
	switch {
	case e.json:
		var err error
		if line, err = json.Marshal(token); err != nil {
			return err
		}
	case purpose == auth.PurposeHeader:
		line = []byte(token.Header + ": " + token.HeaderValue.Reveal())
	default:
		line = []byte(token.AccessToken.Reveal())
	}
	defer clear(line)
	return e.write(append(line, '\n'))
}

// write writes what was asked for.
func (e *env) write(text []byte) error {
	if _, err := e.out.Write(text); err != nil {
		return refusal(auth.EndOther, codeOutputLost, "Standard output can't be written", sentence(err.Error()))
	}
	return nil
}

// printJSON writes what was asked for as indented JSON.
func (e *env) printJSON(value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return e.write(append(text, '\n'))
}

func tokenCommand(e *env) *cobra.Command {
	var o tokenOptions
	c := &cobra.Command{
		Use:   "token NAME",
		Short: "Print an access token",
		Long: "token prints the access token of the authorization NAME and a newline. A token that does not last long enough is " +
			"refreshed first. It is not printed to a terminal without --show.\n\n" +
			"With --json it prints an object with name, access_token, token_type, header, header_value, expires_at, expiry_known, " +
			"scopes and renewed.",
		Example:           "  API_TOKEN=$(tokenwell token 'Graph mail') python3 report.py",
		Args:              oneName,
		ValidArgsFunction: completeName(e),
		RunE: func(c *cobra.Command, args []string) error {
			return e.print(c.Context(), o, args[0], auth.PurposeToken)
		},
	}
	o.printFlags(c.Flags())
	return c
}

func headerCommand(e *env) *cobra.Command {
	var o tokenOptions
	c := &cobra.Command{
		Use:   "header NAME",
		Short: "Print the header that carries an access token",
		Long: "header prints the header by which a request to the service carries the access token of the authorization NAME, " +
			"such as “Authorization: Bearer …”, and a newline. It is not printed to a terminal without --show.",
		Example:           "  tokenwell header 'Graph mail' | curl -H @- https://api.example.com/me",
		Args:              oneName,
		ValidArgsFunction: completeName(e),
		RunE: func(c *cobra.Command, args []string) error {
			return e.print(c.Context(), o, args[0], auth.PurposeHeader)
		},
	}
	o.printFlags(c.Flags())
	return c
}
