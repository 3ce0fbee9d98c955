package db

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Place is where everything that is kept lies: absolute paths.
type Place struct {
	Data string // the data folder
	Logs string
	Run  string // the folder of the hand-out's socket, for this user alone
}

// DefaultPlace is the user's own, per the XDG base directory specification or
// what the operating system has in its place. Without a folder for sockets
// ($XDG_RUNTIME_DIR) the socket lies in the data folder.
func DefaultPlace() Place {
	p := PlaceIn(filepath.Join(xdg.DataHome, "tokenwell"))
	p.Logs = filepath.Join(xdg.StateHome, "tokenwell")
	if dir := xdg.RuntimeDir; privateFolder(dir) {
		p.Run = filepath.Join(dir, "tokenwell")
	}
	return p
}

// PlaceIn keeps everything in one folder.
func PlaceIn(dir string) Place {
	return Place{Data: dir, Logs: filepath.Join(dir, "logs"), Run: filepath.Join(dir, "run")}
}

// Socket is the path of the hand-out's socket.
func (p Place) Socket() string { return filepath.Join(p.Run, "handout.sock") }

// privateFolder tells whether dir is a folder of this user's in which nobody else
// can put anything.
func privateFolder(dir string) bool {
	info, err := os.Lstat(dir)
	return err == nil && info.IsDir() && ours(info) && info.Mode().Perm()&0o022 == 0
}
