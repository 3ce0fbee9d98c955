package handout

import (
	"path/filepath"
	"sync"
	"time"

	"tokenwell/auth"
)

// maxConsoles is how many commands of ours may have started each other.
const maxConsoles = 8

// What is known of a process is used again for a program that makes many
// connections.
const (
	askerFor  = time.Second
	maxAskers = 128
)

// askers finds out who asks. Safe for concurrent use.
type askers struct {
	consoles []string // files of the console command

	mu    sync.Mutex
	known map[int]knownAsker // by the number of the process
}

// knownAsker is what a process was a moment ago.
type knownAsker struct {
	process stamper
	stamp   string // of the process, then; never ""
	until   time.Time
	asker   auth.Asker
	console bool
	adopts  bool
	parent  int
	started uint64
}

// at tells who asks over a connection: the process at its other end, or, when
// that is one of the console commands, the one that started it. accepted is when
// the connection was: who started later is another process that was given the
// same number.
func (a *askers) at(pid int, accepted uint64) auth.Asker {
	for skipped := range maxConsoles {
		p, ok := a.look(pid)
		if !ok || accepted != 0 && p.started > accepted || skipped > 0 && p.adopts {
			break
		}
		if !p.console {
			return p.asker
		}
		pid, accepted = p.parent, p.started
	}
	return auth.Asker{PID: pid, User: userName()}
}

// adopts tells whether the process becomes the parent of those whose own parent
// has ended: to be its child says nothing about who started one.
func (p process) adopts() bool {
	return p.pid <= 1 || filepath.Base(p.path) == "systemd"
}

// look finds out about a process, unless that was done a moment ago.
func (a *askers) look(pid int) (knownAsker, bool) {
	if known, ok := a.recall(pid); ok {
		return known, true
	}
	process := openStamper(pid)
	stamp := process.stamp()
	p, ok := lookUp(pid)
	if !ok {
		process.close()
		return knownAsker{}, false
	}
	found := knownAsker{
		process: process, stamp: stamp, until: time.Now().Add(askerFor), parent: p.parent, started: p.started, console: p.is(a.consoles),
	}
	if !found.console {
		found.asker, found.adopts = p.asker(), p.adopts()
	}
	if stamp != "" && process.stamp() == stamp {
		a.remember(pid, found)
	} else {
		process.close()
	}
	return found, true
}

// recall returns what is known of a process if it still runs the same program.
func (a *askers) recall(pid int) (knownAsker, bool) {
	a.mu.Lock()
	known, ok := a.known[pid]
	a.mu.Unlock()
	return known, ok && time.Now().Before(known.until) && known.process.stamp() == known.stamp
}

func (a *askers) remember(pid int, found knownAsker) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxAskers {
		a.clear()
	}
	if a.known == nil {
		a.known = map[int]knownAsker{}
	}
	a.known[pid].process.close()
	a.known[pid] = found
}

// forget gives up what is known.
func (a *askers) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clear()
}

// clear is forget for who holds mu.
func (a *askers) clear() {
	for _, known := range a.known {
		known.process.close()
	}
	clear(a.known)
}
