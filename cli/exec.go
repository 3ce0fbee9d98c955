package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tokenwell/auth"
)

// defaultVariable is the environment variable of exec.
const defaultVariable = "ACCESS_TOKEN"

func execCommand(e *env) *cobra.Command {
	var o tokenOptions
	variable := defaultVariable
	c := &cobra.Command{
		Use:   "exec NAME -- COMMAND [ARGUMENT...]",
		Short: "Run a program with an access token in its environment",
		Long: "exec runs a program that finds the access token of the authorization NAME in an environment variable, and returns " +
			"the program's exit code. Only that program and those that it starts have the variable. Other programs of the same " +
			"user can read it there: prefer “tokenwell curl” where it will do.",
		Example:           "  tokenwell exec 'Graph mail' --env API_TOKEN -- python3 report.py",
		Annotations:       map[string]string{childCode: ""},
		Args:              nameAndProgram,
		ValidArgsFunction: completeName(e),
		RunE: func(c *cobra.Command, args []string) error {
			return e.exec(c.Context(), o, variable, args[0], args[1:])
		},
	}
	o.flags(c.Flags())
	c.Flags().StringVar(&o.host, "for", "", "the `host` that will get the token; refused when the authorization is for others")
	c.Flags().StringVar(&variable, "env", variable, "the `variable` that holds the token")
	return c
}

// nameAndProgram wants a name, two dashes and a command line.
func nameAndProgram(c *cobra.Command, args []string) error {
	switch dash := c.ArgsLenAtDash(); {
	case dash == -1 && len(args) > 1:
		return errors.New("put -- between the name and the rest")
	case dash != -1 && dash != 1:
		return errOneName
	case len(args) == 0:
		return errOneName
	case len(args) == 1:
		return errors.New("nothing stands after the name and --")
	}
	return nil
}

// exec gives a program the token in its environment, and nobody else (T51).
func (e *env) exec(ctx context.Context, o tokenOptions, variable, name string, command []string) error {
	if err := errors.Join(checkVariable(variable), checkName(name)); err != nil {
		return err
	}
	file, err := exec.LookPath(command[0]) // never in the folder we are in, unless it is said
	if err != nil {
		return e.notStarted(command[0], err)
	}
	backend, done, err := e.backend(ctx)
	if err != nil {
		return err
	}
	token, err := backend.Token(ctx, o.request(e, name, auth.PurposeExec))
	done() // what is open here is not the program's
	if err != nil {
		return err
	}
	access := token.AccessToken.Reveal()
	if strings.ContainsRune(access, 0) {
		return refusal(auth.EndOther, codeTokenUnfit, "This token can't stand in an environment variable", "")
	}
	return e.become(program{file: file, args: command, environ: withVariable(os.Environ(), variable, access)})
}

// program is what runs in the place of this one, or for it.
type program struct {
	file    string // where it lies
	args    []string
	environ []string
	inherit *os.File // nil, or what it gets as its file descriptor of the same number
	input   []byte   // instead of standard input, nil: that; Windows only
}

// notStarted tells why a program does not run, and gives the exit code of it.
func (e *env) notStarted(name string, err error) error {
	code, title := exitCode(codeNotExecutable), "“"+shown(name)+"” can't be run"
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code, title = codeNotFound, "“"+shown(name)+"” is not found"
	}
	var why *exec.Error
	if errors.As(err, &why) {
		err = why.Err
	}
	e.complain(refusal(auth.EndOther, codeProgram, title, sentence(err.Error()), "Look at how its name is written, and at PATH."))
	return code
}

// checkVariable wants a name that every shell knows as one of a variable (POSIX,
// Base Definitions, section 8.1), and that no loader or shell acts on.
func checkVariable(name string) error {
	fit := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) && (name[0] < '0' || name[0] > '9')
	upper := strings.ToUpper(name)
	if fit && !slices.Contains(actedOn, upper) && !strings.HasPrefix(upper, "LD_") && !strings.HasPrefix(upper, "DYLD_") {
		return nil
	}
	return refusal(auth.EndUsage, codeUsage, "This variable can't hold a token",
		"“"+shown(name)+"” is no name for an environment variable, or one that the system acts on.",
		"Use letters, digits and underscores, such as API_TOKEN.")
}

// actedOn are variables whose value says what runs, or how.
var actedOn = []string{"PATH", "IFS", "ENV", "BASH_ENV", "SHELL", "HOME", "PATHEXT", "COMSPEC", "SYSTEMROOT", "PYTHONPATH", "PERL5LIB"}

// withVariable puts a variable into an environment, in the place of what had
// its name.
func withVariable(environ []string, name, value string) []string {
	kept := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		had, _, _ := strings.Cut(entry, "=")
		return had == name || runtime.GOOS == "windows" && strings.EqualFold(had, name)
	})
	return append(kept, name+"="+value)
}
