package handout

import (
	"os"
	"strconv"
	"strings"
)

// stamper tells again and again which program a process runs. It holds the
// process's file in /proc open, which is half the work: when the process has ended
// the file is empty, also when another one has got its number.
type stamper struct{ stat *os.File }

// openStamper returns one that knows nothing when there is no such process.
func openStamper(pid int) stamper {
	if pid <= 0 {
		return stamper{}
	}
	stat, err := os.Open("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return stamper{}
	}
	return stamper{stat}
}

// stamp is one program run by the process: it differs when the process becomes
// another program (the new one lies elsewhere in memory), and when its parent
// ends. "" when the process has ended, or hides.
func (s stamper) stamp() string {
	if s.stat == nil {
		return ""
	}
	buf := make([]byte, 768)
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
	}
}
