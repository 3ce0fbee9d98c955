package handout

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
)

// helperServe serves a socket without any of the rules, as an impostor does,
// until it is ended.
func helperServe(socket string) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	l, err := net.Listen("unix", socket)
	if err != nil {
		fmt.Println("listen:", err)
		return
	}
	_ = os.Chmod(socket, 0o666)
	fmt.Println("ready")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if line, err := bufio.NewReader(c).ReadString('\n'); err == nil {
					fmt.Print("heard ", line)
				}
				_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"access_token\":\"impostor\"}"))
			}()
		}
	}()
	<-stop
}

// helperRaw asks without any check of its own.
func helperRaw(socket string) string {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return "dial: " + err.Error()
	}
	_, _ = c.Write([]byte("POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{\"name\":\"Sales\"}"))
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return "closed"
	}
	return "heard " + line
}
