package handout

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Names of the programs' files, without ".exe".
const (
	ConsoleName = "tokenwell"
	DesktopName = "tokenwell-desktop"
)

// Installed returns where a program of ours may lie: beside the one that runs,
// whether it is there or not, and where a shell finds it. Absolute paths.
func Installed(name string) []string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	var files []string
	if own, err := os.Executable(); err == nil {
		files = append(files, filepath.Join(filepath.Dir(own), name))
	}
	if found, err := exec.LookPath(name); err == nil {
		if found, err = filepath.Abs(found); err == nil {
			files = append(files, found)
		}
	}
	return files
}
