package handout

import (
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"tokenwell/auth"
)

// process is what the system says of one process. What can't be found out is
// empty.
type process struct {
	pid, parent int
	// started grows with the time of the start; 0: not known.
	started uint64
	// path is the program's file, which file is too.
	path string
	file os.FileInfo
	name string // short, as the process may have set it
	// args are the arguments and dir the working directory, for interpreters alone.
	args []string
	dir  string
}

// AskerOf tells what program the parent of a command is: its file, what it runs,
// who started it.
func AskerOf(pid int) auth.Asker {
	p, ok := lookUp(pid)
	if !ok || p.adopts() {
		return auth.Asker{PID: pid, User: userName()}
	}
	return p.asker()
}

// is tells whether the process runs one of the files.
func (p process) is(files []string) bool {
	if p.file == nil {
		return false
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && os.SameFile(p.file, info) {
			return true
		}
	}
	return false
}

// asker is the process as a rule knows it. A file whose name can't be shown as it
// is, is not known at all: an interpreter without its script would be another
// program.
func (p process) asker() auth.Asker {
	a := auth.Asker{PID: p.pid, User: userName(), Parent: p.parentName()}
	script := scriptOf(p.path, p.args, p.dir)
	if showable(p.path) && showable(script) {
		a.Path, a.Script = p.path, script
	}
	return a
}

// parentName is what the program is called that started the process.
func (p process) parentName() string {
	parent, ok := lookUpName(p.parent)
	name := parent.name
	if parent.path != "" {
		name = filepath.Base(parent.path)
	}
	if !ok || p.started != 0 && parent.started > p.started || !showable(name) {
		return ""
	}
	return name
}

// maxShown is the length of a path beyond which nobody can check it.
const maxShown = 4096

// showable tells whether a text can stand in a window and in a rule as it is.
func showable(text string) bool {
	return len(text) <= maxShown && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp)
	})
}

// userName is the name of this user, to whom every asker belongs.
var userName = sync.OnceValue(func() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
})
