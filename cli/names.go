package main

import (
	"errors"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tokenwell/auth"
)

// checkName refuses what can't be a Friendly Name before anybody is asked for
// it. A name is compared and shown, and never becomes a path or a word of a
// shell (T46).
func checkName(name string) error {
	why := auth.CheckName(name)
	if why == nil {
		return nil
	}
	return refusal(auth.EndUnknownName, auth.CodeUnknownName, "No authorization has this name",
		"“"+shown(name)+"” can't be the name of one. "+sentence(why.Error()),
		"Run “tokenwell list” to see the names.")
}

// shown is what stands for a name in a message: its beginning.
func shown(name string) string {
	if utf8.RuneCountInString(name) <= auth.MaxName {
		return name
	}
	return string([]rune(name)[:auth.MaxName]) + "…"
}

// errOneName says what is missing.
var errOneName = errors.New("give one name: that of an authorization, in quotation marks if it holds blanks")

// oneName wants the Friendly Name as the only argument.
func oneName(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errOneName
	}
	return nil
}

// completeName offers the names for the first argument.
func completeName(e *env) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		const none = cobra.ShellCompDirectiveNoFileComp
		if len(args) > 0 {
			return nil, none
		}
		all, err := e.listings(c.Context())
		if err != nil {
			return nil, none
		}
		names := make([]cobra.Completion, 0, len(all))
		for _, a := range all {
			if auth.CheckName(a.Name) == nil {
				names = append(names, cobra.CompletionWithDesc(a.Name, oneLine(a.Service)))
			}
		}
		return names, none
	}
}
