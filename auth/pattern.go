package auth

import (
	"regexp"
	"sync"
)

// pattern returns a regular expression that is compiled when it is first wanted:
// the console command, which is started for every token, needs none of them.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
