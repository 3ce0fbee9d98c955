// Package early answers the one command line that programs run again and again,
// tokenwell token NAME, before the rest of the program is initialized.
//
// What is linked into the command (SQLite, HTTP, a server) takes several times as
// long to initialize as a token takes to fetch. The language initializes packages
// in the order of their import paths as soon as all that they import is
// initialized (The Go Programming Language Specification, Program
// initialization). This package imports next to nothing, so that its turn comes
// before that of nearly all others; a test holds it to that. Were the order
// another one, the command would be slower and do the same.
//
// Whatever is not plain is left to the command itself: flags, odd names, a
// terminal, a place of the socket that is not the usual one, no server, a socket
// that is not to be trusted. Nothing has been sent then.
package early

import (
	"errors"
	"os"
	"syscall"
	"unicode/utf8"
	"unsafe"
)

// The numbers of Linux that package syscall lacks.
const (
	openPath    = 0x200000 // O_PATH
	setDumpable = 4        // PR_SET_DUMPABLE
	limitCore   = 4        // RLIMIT_CORE
)

// Bits of a file's mode.
const (
	othersWrite = 0o022
	othersAtAll = 0o077
)

const (
	command   = "tokenwell" // what the program is called
	maxName   = 200         // bytes
	maxAnswer = 1 << 20     // bytes
	patience  = 4 * 60      // seconds until an answer comes, as the client of package handout has
)

// answer is what came when it was not printed.
var answer []byte

// Answer is the answer of the server to the command line of this process, whole,
// when it was asked and the answer was left to the command: to be told in full,
// or decoded. nil: nothing was asked. The process is hardened then.
func Answer() []byte { return answer }

func init() {
	if len(os.Args) != 3 || base(os.Args[0]) != command || terminal() {
		return
	}
	request := request(os.Args[1], os.Args[2])
	if request == "" {
		return
	}
	fd, ok := connect(os.Getenv("XDG_RUNTIME_DIR"))
	if !ok {
		return
	}
	defer func() { _ = syscall.Close(fd) }()
	if _, err := syscall.Write(fd, []byte(request)); err != nil || !await(fd) {
		return // no answer: the command asks another time
	}
	harden()
	data := read(fd)
	line, ok := printed(os.Args[1], data)
	if ok {
		_, err := os.Stdout.Write(line)
		ok = err == nil
	}
	if !ok {
		answer = data
		return
	}
	clear(line)
	clear(data)
	os.Exit(0)
}

// request is the whole request; "" when the command line is not plain.
func request(verb, name string) string {
	if verb != "token" && verb != "header" || name == "" || name[0] == '-' || len(name) > maxName || !utf8.ValidString(name) {
		return ""
	}
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c == 0x7f {
			return "" // it would have to be escaped
		}
	}
	body := `{"name":"` + name + `","purpose":"` + verb + `"}`
	return "POST /v1/token HTTP/1.1\r\nHost: tokenwell\r\nContent-Type: application/json\r\nContent-Length: " + decimal(len(body)) + "\r\n\r\n" + body
}

// connect connects to the socket below the user's folder for sockets, checked as
// handout.Dial does (T44): folder, socket and the process at the other end are
// this user's, and nobody else can reach into the folder.
func connect(runtime string) (fd int, ok bool) {
	if runtime == "" || runtime[0] != '/' || !folderOfOurs(runtime, othersWrite) {
		return -1, false
	}
	dir, err := syscall.Open(runtime+"/tokenwell", openPath|syscall.O_DIRECTORY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
	if err != nil {
		return -1, false
	}
	defer func() { _ = syscall.Close(dir) }()
	var stat syscall.Stat_t
	if syscall.Fstat(dir, &stat) != nil || !ours(stat.Uid) || stat.Mode&othersAtAll != 0 {
		return -1, false
	}
	// Through the open folder it can't be swapped.
	path := "/proc/self/fd/" + decimal(dir) + "/handout.sock"
	if syscall.Lstat(path, &stat) != nil || stat.Mode&syscall.S_IFMT != syscall.S_IFSOCK || !ours(stat.Uid) {
		return -1, false
	}
	fd, err = syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, false
	}
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: patience})
	if syscall.Connect(fd, &syscall.SockaddrUnix{Name: path}) == nil {
		peer, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
		if err == nil && ours(peer.Uid) {
			return fd, true
		}
	}
	_ = syscall.Close(fd)
	return -1, false
}

func ours(user uint32) bool { return int64(user) == int64(syscall.Geteuid()) }

// folderOfOurs tells whether a folder, and no link, is this user's and gives
// others none of the rights.
func folderOfOurs(dir string, rights uint32) bool {
	var stat syscall.Stat_t
	return syscall.Lstat(dir, &stat) == nil && stat.Mode&syscall.S_IFMT == syscall.S_IFDIR && ours(stat.Uid) && stat.Mode&rights == 0
}

// terminal tells whether standard output is one.
func terminal() bool {
	var state syscall.Termios
	_, _, failed := syscall.Syscall(syscall.SYS_IOCTL, 1, syscall.TCGETS, uintptr(unsafe.Pointer(&state))) //nolint:gosec // there is no other way without package unix
	return failed == 0
}

// await waits for the first byte of the answer and reads nothing: until then the
// server may look at this process, and no token is in it.
func await(fd int) bool {
	var one [1]byte
	for {
		n, _, err := syscall.Recvfrom(fd, one[:], syscall.MSG_PEEK)
		if !errors.Is(err, syscall.EINTR) {
			return err == nil && n > 0
		}
	}
}

// harden is handout.Harden (T62).
func harden() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0)
	_ = syscall.Setrlimit(limitCore, &syscall.Rlimit{})
}

// read reads the answer up to the end that its head tells.
func read(fd int) []byte {
	data := make([]byte, 0, 4<<10)
	for len(data) < maxAnswer {
		if len(data) == cap(data) {
			grown := make([]byte, len(data), 4*cap(data))
			copy(grown, data)
			clear(data)
			data = grown
		}
		n, err := syscall.Read(fd, data[len(data):cap(data)])
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			break
		}
		data = data[:len(data)+n]
		if _, body, ok := cut(data, "\r\n\r\n"); ok && len(body) >= length(data) {
			break
		}
	}
	return data
}

// length is the length of the body, as the head has it; -1 without one.
func length(data []byte) int {
	head, _, _ := cut(data, "\r\n\r\n")
	_, rest, ok := cut(head, "\r\nContent-Length: ")
	if !ok {
		return -1
	}
	n := 0
	for _, c := range rest {
		if c < '0' || c > '9' {
			break
		}
		if n = 10*n + int(c-'0'); n > maxAnswer {
			return -1
		}
	}
	return n
}

// printed is what the command prints for an answer; ok is false when it has to be
// decoded first, or is no token.
func printed(verb string, data []byte) (line []byte, ok bool) {
	head, body, ok := cut(data, "\r\n\r\n")
	if !ok || len(head) < 12 || string(head[:12]) != "HTTP/1.1 200" || len(body) != length(data) {
		return nil, false
	}
	if verb == "token" {
		token, ok := text(body, "access_token")
		return append(token, '\n'), ok
	}
	name, named := text(body, "header")
	value, valued := text(body, "header_value")
	line = append(append(append(name, ": "...), value...), '\n')
	clear(value)
	return line, named && valued
}

// text is a copy of a text of an object of JSON; ok is false when it holds an
// escape. Within a text the quotation marks of the key would be escaped.
func text(object []byte, key string) (value []byte, ok bool) {
	_, rest, ok := cut(object, `"`+key+`":"`)
	if !ok {
		return nil, false
	}
	value, _, ok = cut(rest, `"`)
	for _, c := range value {
		ok = ok && c != '\\' && c >= ' '
	}
	if !ok || len(value) == 0 {
		return nil, false
	}
	return append(make([]byte, 0, len(value)+2), value...), true
}

// cut is bytes.Cut: that package is initialized later than this one.
func cut(data []byte, separator string) (before, after []byte, found bool) {
	for i := 0; i+len(separator) <= len(data); i++ {
		if string(data[i:i+len(separator)]) == separator {
			return data[:i], data[i+len(separator):], true
		}
	}
	return data, nil, false
}

// decimal writes a number that is not negative.
func decimal(n int) string {
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(digits[i:])
		}
	}
}

// base is what follows the last slash.
func base(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
