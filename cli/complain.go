package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// complain tells on standard error why something was not done, as text or with
// --json as one line of JSON, and returns the exit code.
func (e *env) complain(err error) int {
	why := explained(err)
	if e.json {
		line, err := json.Marshal(why)
		if err == nil {
			fmt.Fprintf(e.errOut, "%s\n", line)
			return why.End.ExitCode()
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "tokenwell: %s\n", why.Title)
	if why.Happened != "" {
		fmt.Fprintf(&text, "%s\n", why.Happened)
	}
	for _, step := range why.Steps {
		fmt.Fprintf(&text, "  - %s\n", step)
	}
	if why.Link != "" {
		fmt.Fprintf(&text, "See %s\n", why.Link)
	}
	if why.Ref != "" {
		fmt.Fprintf(&text, "Reference for the log: %s\n", why.Ref)
	}
	fmt.Fprintf(e.errOut, "%s", printable(text.String()))
	return why.End.ExitCode()
}

// explained makes of any error what other programs meet.
func explained(err error) *handout.Error {
	var why *handout.Error
	if errors.As(err, &why) {
		return why
	}
	if errors.Is(err, context.Canceled) {
		return &handout.Error{End: auth.EndOther, Code: auth.CodeCancelled, Title: "Cancelled", Mover: auth.MoverUser}
	}
	f := auth.Explain(err, auth.ExplainContext{})
	if f.Code == auth.CodeUnexpected { // of this machine: what was tried is in its text
		return refusal(auth.EndOther, f.Code, "This did not work", sentence(err.Error()))
	}
	return &handout.Error{
		End: auth.EndOf(f), Code: f.Code, Title: f.Title, Happened: f.Happened, Mover: f.Mover, Steps: f.Steps,
		Host: f.Host, Link: f.Link, Ref: f.Ref,
	}
}

// The codes of what only the console command can say.
const (
	codeUsage      = "usage"
	codeTerminal   = "terminal"         // a token would be shown on the screen
	codeUnreadable = "data_unreadable"  // the data folder can't be opened
	codeProgram    = "program_failed"   // a program can't be started
	codeNotJudged  = "not_judged"       // what curl would do can't be told
	codeTokenUnfit = "token_unfit"      // it can't go where it was asked for
	codeOutputLost = "output_lost"      // standard output can't be written
	codePassphrase = "passphrase_input" // the passphrase can't be read
)

// refusal is an error that the user can mend.
func refusal(end auth.HandOutEnd, code, title, happened string, steps ...string) *handout.Error {
	return &handout.Error{End: end, Code: code, Title: title, Happened: happened, Mover: auth.MoverUser, Steps: steps}
}

// usageError is a command line that makes no sense.
func usageError(happened, command string) *handout.Error {
	return refusal(auth.EndUsage, codeUsage, "This command line is not understood", sentence(happened),
		"Run “"+cmp.Or(command, "tokenwell")+" --help”.")
}

// sentence begins a text with a capital and ends it with a full stop.
func sentence(text string) string {
	text = strings.TrimRight(text, ".\n")
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// printable takes out what a terminal would act on: names and answers come from
// outside.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r == '\n' || r == '\t' || unicode.IsPrint(r):
			return r
		default:
			return unicode.ReplacementChar
		}
	}, text)
}

// oneLine is a printable text without line breaks and tabs.
func oneLine(text string) string { return strings.Join(strings.Fields(printable(text)), " ") }
