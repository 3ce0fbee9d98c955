package handout

import (
	"os"
	"strconv"
	"strings"
)

// stamper tells again and again which program a process runs. It holds files of
// the process in /proc open, which is half the work: when the process has ended
// they are empty, also when another one has got its number.
type stamper struct {
	stat *os.File
	// memory is the program's environment, of which one byte is read: it is empty
	// when the process has become another program, wherever that lies in memory.
	memory *os.File
}

// openStamper returns one that knows nothing when there is no such process.
func openStamper(pid int) stamper {
	if pid <= 0 {
		return stamper{}
	}
	stat, err := os.Open("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return stamper{}
	}
	memory, err := os.Open("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil { // it hides
		_ = stat.Close()
		return stamper{}
	}
	return stamper{stat, memory}
}

// stamp is one program run by the process: it differs when its parent ends, and
// mostly when the process becomes another program (which lies elsewhere in memory).
// "" when the process has become another in any case, has ended, or hides.
func (s stamper) stamp() string {
	if s.stat == nil {
		return ""
	}
	buf := make([]byte, 768)
	if n, _ := s.memory.ReadAt(buf[:1], 0); n == 0 {
		return ""
	}
	n, _ := s.stat.ReadAt(buf, 0)
	_, fields, ok := statFields(string(buf[:n]))
	if !ok || fields[statArgStart] == "0" { // it hides
		return ""
	}
	return strings.Join([]string{fields[statParent], fields[statStarted], fields[statStack], fields[statArgStart], fields[statArgStart+1]}, " ")
}

func (s stamper) close() {
	if s.stat != nil {
		_ = s.stat.Close()
		_ = s.memory.Close()
	}
}
