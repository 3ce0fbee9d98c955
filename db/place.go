package db

import (
	"errors"
	"fmt"
	"io/fs"
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

// MakeRunDir makes the folder of the socket (Place.Run) for this user alone, or
// takes the one that is there. It refuses what someone else may have put there: a
// link, a folder of another user, one in which others could write, and one whose
// place others could give to something else (T43, T57).
func MakeRunDir(dir string) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, dirMode); err != nil {
		return fmt.Errorf("the socket's folder can't be made: %w", err)
	}
	if err := checkParent(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the socket's folder can't be made: %w", err)
	}
	// From here on nobody else can put another folder in its place.
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("the socket's folder: %w", err)
	}
	if !info.IsDir() || !ours(info) {
		return fmt.Errorf("%s: %w: it is a link, or belongs to someone else; move it away and start again", dir, errPlanted)
	}
	return makePrivateDir(dir)
}

// checkParent refuses a folder in which others can rename what is ours. In one
// like /tmp, which is everybody's, only its owner can.
func checkParent(dir string) error {
	name, err := os.Lstat(dir) // of a link others could change the target
	if err != nil {
		return fmt.Errorf("the socket's folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("the socket's folder: %w", err)
	}
	open := wider(info, 0o755) && info.Mode()&fs.ModeSticky == 0
	if !info.IsDir() || !trusted(name) || !trusted(info) || open {
		return fmt.Errorf("%s: %w: others can write in it, or it belongs to someone else; choose another data folder", dir, errPlanted)
	}
	return nil
}
