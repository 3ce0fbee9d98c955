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
	maxAskers = 256
)

// askers finds out who asks. Safe for concurrent use.
type askers struct {
	consoles []string // files of the console command

	mu    sync.Mutex
	known map[int]knownAsker // by the number of the process
}

// knownAsker is what a process was a moment ago.
type knownAsker struct {
	stamp   string // see stampOf
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
	stamp := stampOf(pid)
	if known, ok := a.recall(pid, stamp); ok {
		return known, true
	}
	p, ok := lookUp(pid)
	if !ok {
		return knownAsker{}, false
	}
	found := knownAsker{stamp: stamp, until: time.Now().Add(askerFor), parent: p.parent, started: p.started, console: p.is(a.consoles)}
	if !found.console {
		found.asker, found.adopts = p.asker(), p.adopts()
	}
	if stamp != "" && stampOf(pid) == stamp {
		a.remember(pid, found)
	}
	return found, true
}

func (a *askers) recall(pid int, stamp string) (knownAsker, bool) {
	if stamp == "" {
		return knownAsker{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.known[pid]
	return known, ok && known.stamp == stamp && time.Now().Before(known.until)
}

func (a *askers) remember(pid int, found knownAsker) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= maxAskers {
		a.known = map[int]knownAsker{}
	}
	a.known[pid] = found
}
