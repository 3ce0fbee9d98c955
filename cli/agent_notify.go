package main

import "net"

// notifier tells systemd how the agent fares (sd_notify(3)). The zero value
// tells nobody.
type notifier struct{ socket string }

// newNotifier takes the value of $NOTIFY_SOCKET.
func newNotifier(socket string) notifier { return notifier{socket: socket} }

// say sends one datagram. Nobody depends on its arrival but systemd itself.
func (n notifier) say(state string) {
	if n.socket == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"}) // a leading "@" is abstract
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = conn.Write([]byte(state))
}
