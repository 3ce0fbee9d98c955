package handout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"sync"
	"time"
)

// listener accepts this user's processes and nobody else (T43).
type listener struct {
	*net.UnixListener
	folder *folder
	made   entry // the socket's file
	log    *slog.Logger

	once sync.Once
}

// unixListener is what net.ListenConfig gives for a socket. Its file is not
// removed without looking whose it is.
func unixListener(l net.Listener, err error) (*net.UnixListener, error) {
	if err != nil {
		return nil, err
	}
	u, ok := l.(*net.UnixListener)
	if !ok {
		return nil, errors.Join(errors.ErrUnsupported, l.Close())
	}
	u.SetUnlinkOnClose(false)
	return u, nil
}

// listen makes the socket, in place of one that a killed server left. ErrServed
// when somebody serves it, ErrUntrusted when something else lies there.
func listen(socket string, log *slog.Logger) (*listener, error) {
	f, err := openFolder(socket)
	if err != nil {
		return nil, err
	}
	u, made, err := bind(f)
	if err != nil {
		f.close()
		return nil, fmt.Errorf("the socket could not be made: %w", err)
	}
	return &listener{UnixListener: u, folder: f, made: made, log: log}, nil
}

// bind takes a dead socket away and makes a new one. To make it fails when
// anything is there: nothing is ever written over.
func bind(f *folder) (*net.UnixListener, entry, error) {
	if err := clearDead(f); err != nil {
		return nil, entry{}, err
	}
	u, err := f.listen()
	if err != nil {
		return nil, entry{}, err
	}
	made, err := f.socket()
	if err != nil {
		return nil, entry{}, errors.Join(err, u.Close())
	}
	return u, made, nil
}

// clearDead removes the socket of a server that was killed.
func clearDead(f *folder) error {
	left, err := f.socket()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	switch conn, err := f.connect(ctx); {
	case err == nil:
		return errors.Join(ErrServed, conn.Close())
	case !absent(err):
		return errors.Join(ErrServed, err)
	}
	return f.remove(left)
}

// accept waits for the next process of this user's.
func (l *listener) accept() (*peerConn, error) {
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		pid, err := peerWithin(c)
		if err == nil {
			return &peerConn{UnixConn: c, pid: pid, accepted: bootTime()}, nil
		}
		l.log.Warn("a connection was refused", "process", pid, "error", err)
		_ = c.Close()
	}
}

// Close stops listening and removes the socket if it is still the one that was made.
func (l *listener) Close() error {
	var err error
	l.once.Do(func() {
		err = errors.Join(l.folder.remove(l.made), l.UnixListener.Close())
		l.folder.close()
	})
	return err
}

// peerWithin is the process at the other end, which has to be this user's.
func peerWithin(c *net.UnixConn) (pid int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	pid, mine, err := peerOf(raw)
	if err == nil && !mine {
		err = fmt.Errorf("%w: the other end is another user's", ErrUntrusted)
	}
	return pid, err
}

// peerConn is a connection whose other end is known.
type peerConn struct {
	*net.UnixConn
	pid      int
	accepted uint64 // as process.started
}
