package handout

import (
	"path/filepath"
	"slices"
	"strings"
)

// interpreter says how an interpreter's arguments are read. Options are given
// without their dashes.
type interpreter struct {
	names  []string // of its file, without a version
	module []string // their value is a module
	file   []string // their value is the script
	code   []string // their value is code: there is no script
	valued []string // others with a value
	glued  []string // letters whose value is never an argument of its own
	// alone: a letter is never one of several behind one dash.
	alone bool
	// class: what is no option and no file is the name of a module.
	class bool
	// fold: options are compared without case.
	fold bool
}

// interpreters are the programs that run other people's files.
var interpreters = []interpreter{
	{
		names: []string{"python", "pythonw", "pypy"}, module: []string{"m"}, code: []string{"c"},
		valued: []string{"W", "X", "Q", "check-hash-based-pycs"},
	},
	{
		names: []string{"sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "mksh"}, code: []string{"c"},
		valued: []string{"o", "O", "rcfile", "init-file"},
	},
	{
		names: []string{"fish"}, code: []string{"c", "command"},
		valued: []string{"C", "init-command", "f", "features", "o", "debug-output", "d", "debug"},
	},
	{
		// What follows --args is for the code, whose file came before.
		names: []string{"rscript", "r"}, code: []string{"e", "args"}, file: []string{"f", "file"},
		valued: []string{"g", "gui", "d", "debugger", "encoding", "default-packages"}, alone: true,
	},
	{
		names: []string{"node", "nodejs"}, code: []string{"e", "eval", "p", "print", "pe"},
		valued: []string{"r", "require", "import", "loader", "experimental-loader", "C", "conditions", "env-file", "title"}, alone: true,
	},
	{
		names: []string{"perl"}, code: []string{"e", "E"}, valued: []string{"I"},
		glued: []string{"M", "m", "i", "x", "F", "D", "C", "V"},
	},
	{
		names: []string{"ruby"}, code: []string{"e"}, valued: []string{"I", "r", "C", "E"},
		glued: []string{"i", "x", "F", "K", "W", "T"},
	},
	{
		names: []string{"php", "php-cli"}, file: []string{"f", "file"}, code: []string{"r", "run", "B", "R", "E", "F"},
		valued: []string{"c", "php-ini", "d", "define", "z", "zend-extension", "S", "server", "t", "docroot"}, alone: true,
	},
	{
		names: []string{"pwsh", "powershell"}, file: []string{"file", "f"},
		code: []string{"command", "c", "encodedcommand", "e", "ec", "enc", "commandwithargs", "cwa"},
		valued: []string{
			"executionpolicy", "ep", "ex", "workingdirectory", "wd", "version", "v", "windowstyle", "w", "inputformat", "inp", "if",
			"outputformat", "o", "of", "configurationname", "config", "configurationfile", "settingsfile", "settings", "custompipename",
		},
		alone: true, fold: true,
	},
	{
		names: []string{"java"}, file: []string{"jar"}, module: []string{"m", "module"},
		valued: []string{
			"cp", "classpath", "class-path", "p", "module-path", "upgrade-module-path", "add-modules", "add-opens", "add-exports",
			"add-reads", "limit-modules", "patch-module", "enable-native-access", "source",
		},
		alone: true, class: true,
	},
	{names: []string{"lua", "luajit"}, code: []string{"e"}, valued: []string{"l"}},
	{names: []string{"tclsh", "wish"}, valued: []string{"encoding"}, alone: true},
}

// interpreterOf is how the program at path reads its arguments; nil when it is
// no interpreter.
func interpreterOf(path string, args []string) *interpreter {
	name := filepath.Base(path)
	if name == busybox && len(args) > 0 {
		name = strings.TrimPrefix(filepath.Base(args[0]), "-")
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".exe")
	name = strings.TrimRight(strings.TrimRight(name, "0123456789.-"), ".-")
	for i := range interpreters {
		if slices.Contains(interpreters[i].names, name) {
			return &interpreters[i]
		}
	}
	return nil
}

// busybox is many programs in one file: which, the name says that it was called by.
const busybox = "busybox"

// mayInterpret tells whether the arguments of the program at path count.
func mayInterpret(path string) bool {
	return filepath.Base(path) == busybox || interpreterOf(path, nil) != nil
}

// modulePrefix begins an Asker.Script that is no file.
const modulePrefix = "-m "

// scriptOf is what an interpreter runs, as auth.Asker has it: an absolute path,
// "-m module", or "" for code and for what is typed. args begin with the name
// that the program was called by; dir is its working directory.
func scriptOf(path string, args []string, dir string) string {
	in := interpreterOf(path, args)
	if in == nil || len(args) < 2 {
		return ""
	}
	kind, value := in.find(args[1:])
	switch {
	case value == "" || value == "-" || kind == optionCode || isStream(value):
		return ""
	case kind == optionModule:
		return modulePrefix + value
	case in.class && kind == optionNone && !strings.HasSuffix(value, ".java"):
		return modulePrefix + value
	case filepath.IsAbs(value):
		return filepath.Clean(value)
	case dir == "":
		return value
	}
	return filepath.Join(dir, value)
}

// isStream tells whether a file is what another program writes, as of bash's
// <(…): it is code then, and its name says nothing.
func isStream(file string) bool {
	file = filepath.ToSlash(filepath.Clean(file))
	return strings.HasPrefix(file, "/dev/fd/") || file == "/dev/stdin" || strings.HasPrefix(file, "/proc/") && strings.Contains(file, "/fd/")
}

// optionKind is what the value of an option is.
type optionKind int

const (
	optionNone   optionKind = iota // a flag, or no option at all
	optionValued                   // something else
	optionModule
	optionFile
	optionCode
)

// find goes through the arguments until it has found what is run.
func (in *interpreter) find(args []string) (optionKind, string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		next := ""
		if i+1 < len(args) {
			next = args[i+1]
		}
		switch {
		case arg == "--":
			return optionNone, next
		case !isOption(arg):
			return optionNone, arg
		}
		kind, value, attached := in.option(arg)
		if kind == optionNone {
			continue
		}
		if !attached {
			value = next
			i++
		}
		if kind != optionValued {
			return kind, value
		}
	}
	return optionNone, ""
}

// isOption tells whether an argument is an option. A single dash is standard
// input; shells have options with a plus too.
func isOption(arg string) bool {
	return len(arg) > 1 && (arg[0] == '-' || arg[0] == '+')
}

// option reads one argument: its kind, and its value when that is attached to it.
func (in *interpreter) option(arg string) (kind optionKind, value string, attached bool) {
	name := strings.TrimLeft(arg, "-+")
	if in.fold {
		name = strings.ToLower(name)
	}
	name, value, attached = strings.Cut(name, "=")
	if kind := in.kindOf(name); kind != optionNone {
		return kind, value, attached
	}
	if in.alone || strings.HasPrefix(arg, "--") {
		return optionNone, "", false
	}
	// Several letters behind one dash: the first one with a value has the rest.
	letters := arg[1:]
	for i := range letters {
		if slices.Contains(in.glued, letters[i:i+1]) {
			break
		}
		if kind := in.kindOf(letters[i : i+1]); kind != optionNone {
			rest := letters[i+1:]
			return kind, rest, rest != ""
		}
	}
	return optionNone, "", false
}

// kindOf is what kind of option a name is.
func (in *interpreter) kindOf(name string) optionKind {
	switch {
	case slices.Contains(in.module, name):
		return optionModule
	case slices.Contains(in.file, name):
		return optionFile
	case slices.Contains(in.code, name):
		return optionCode
	case slices.Contains(in.valued, name):
		return optionValued
	default:
		return optionNone
	}
}
