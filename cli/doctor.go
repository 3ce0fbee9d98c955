package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/db"
	"tokenwell/db/keyring"
)

// doctorCommand makes `tokenwell doctor`.
func doctorCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what keeps tokens from being fresh or handed out",
		Long: `Looks at every part that a token passes: the programs, the data folder, the
database, the socket, the vault, the keyring, the clock, and the way to the
services in use, hop by hop. Nothing is changed, and nothing secret is shown or
sent. Each line says what was found and, where something is wrong, what to do.

The exit code is 0 when nothing failed.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			d := &doctor{place: e.place(), network: internet(), keyring: keyring.Quiet(), now: time.Now, lookPath: handout.Installed}
			defer d.close()
			return e.diagnose(d.examine(c.Context()))
		},
	}
}

// verdict says what a check found.
type verdict string

// The verdicts. Other programs read the strings: never change one.
const (
	verdictOK      verdict = "ok"
	verdictWarning verdict = "warning" // works, but not as it should
	verdictFailed  verdict = "failed"
)

// finding is one line of the report. Never a secret.
type finding struct {
	Check   string  `json:"check"`           // stable: the ID of the check
	About   string  `json:"about,omitempty"` // a file, a host; "" when there is only one
	Verdict verdict `json:"status"`
	Found   string  `json:"found"`
	Do      string  `json:"what_to_do,omitempty"`
	Hops    []hop   `json:"hops,omitempty"` // of a way through the network, as far as it went

	end auth.HandOutEnd // what a program would meet; "": EndOther
}

// hop is a step of the way to a host.
type hop struct {
	Name    string  `json:"hop"` // "dns", "proxy", "tcp", "tls" or "http"
	Verdict verdict `json:"status"`
	Found   string  `json:"found"`
}

func fine(about, format string, args ...any) finding {
	return finding{About: about, Verdict: verdictOK, Found: fmt.Sprintf(format, args...)}
}

func doubtful(about, do, format string, args ...any) finding {
	return finding{About: about, Verdict: verdictWarning, Do: do, Found: fmt.Sprintf(format, args...)}
}

func wrong(about, do, format string, args ...any) finding {
	return finding{About: about, Verdict: verdictFailed, Do: do, Found: fmt.Sprintf(format, args...)}
}

// doctor is one examination: what the checks look at, and what the later ones
// know from the earlier ones.
type doctor struct {
	place    db.Place
	network  network
	keyring  db.Keyring
	now      func() time.Time
	lookPath func(program string) []string // handout.Installed

	served *handout.Status // of the process that serves the socket; nil: nobody
	silent error           // why nobody answers
	owned  bool            // a process has the data folder
	data   *db.Examined    // nil: it can't be read, or is not there
	hosts  []reached       // of the services in use, those that answered
}

// check is one part of an examination. Its findings get its ID.
type check struct {
	id  string
	run func(*doctor, context.Context) []finding
}

// checks are in the order of a token's way. A later one may use what an earlier
// one found.
var checks = []check{
	{"versions", (*doctor).checkVersions},
	{"data_folder", (*doctor).checkDataFolder},
	{"database", (*doctor).checkDatabase},
	{"owner", (*doctor).checkOwner},
	{"socket", (*doctor).checkSocket},
	{"keyring", (*doctor).checkKeyring},
	{"vault", (*doctor).checkVault},
	{"authorizations", (*doctor).checkAuthorizations},
	{"proxy", (*doctor).checkProxy},
	{"network", (*doctor).checkNetwork},
	{"clock", (*doctor).checkClock},
}

// examine carries out all checks.
func (d *doctor) examine(ctx context.Context) []finding {
	d.reach(ctx)
	var all []finding
	for _, c := range checks {
		for _, f := range c.run(d, ctx) {
			f.Check = c.id
			all = append(all, f)
		}
	}
	return all
}

func (d *doctor) close() {
	if d.data != nil {
		_ = d.data.Close()
	}
}

// report is what --json prints.
type report struct {
	Version  string    `json:"version"`
	Failed   int       `json:"failed"`
	Warnings int       `json:"warnings"`
	Findings []finding `json:"findings"`
}

// diagnose prints the findings and returns the exit code, where it is not 0.
func (e *env) diagnose(all []finding) error {
	r := report{Version: version, Findings: all}
	end := auth.EndOK
	for _, f := range all {
		switch f.Verdict {
		case verdictWarning:
			r.Warnings++
		case verdictFailed:
			r.Failed++
			if its := cmp.Or(f.end, auth.EndOther); end == auth.EndOK {
				end = its
			} else if its != end {
				end = auth.EndOther // no code fits all
			}
		case verdictOK:
		}
	}
	if e.json {
		if err := json.NewEncoder(e.out).Encode(r); err != nil {
			return err
		}
	} else if err := r.print(e.out); err != nil {
		return err
	}
	if r.Failed > 0 {
		return exitCode(end.ExitCode())
	}
	return nil
}

// print writes one line for each finding, and what to do below it.
func (r report) print(out io.Writer) error {
	var text strings.Builder
	for _, f := range r.Findings {
		what := f.Found
		if f.About != "" {
			what = f.About + ": " + what
		}
		fmt.Fprintf(&text, "%-8s%-15s%s\n", f.Verdict, strings.ReplaceAll(f.Check, "_", " "), what)
		if f.Do != "" {
			fmt.Fprintf(&text, "%-23s-> %s\n", "", f.Do)
		}
	}
	switch {
	case r.Failed > 0:
		fmt.Fprintf(&text, "\n%s, %s.\n", counted(r.Failed, "check failed", "checks failed"), counted(r.Warnings, "warning", "warnings"))
	case r.Warnings > 0:
		fmt.Fprintf(&text, "\nNothing failed; %s.\n", counted(r.Warnings, "warning", "warnings"))
	default:
		text.WriteString("\nEverything is in order.\n")
	}
	_, err := io.WriteString(out, printable(text.String()))
	return err
}

// counted is a number with its noun.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
