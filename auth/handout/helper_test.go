package handout

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// helperEnv makes the test program one that speaks to a socket: "verb socket".
const helperEnv = "TOKENWELL_HANDOUT_HELPER"

// runAsHelper does what the environment asks for in place of the tests.
func runAsHelper() bool {
	verb, socket, ok := strings.Cut(os.Getenv(helperEnv), " ")
	if !ok {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	switch verb {
	case "token":
		fmt.Println(helperToken(ctx, socket))
		fmt.Println(helperToken(ctx, socket)) // over a connection of its own
		fmt.Println("hidden", hidden())
	case "serve":
		helperServe(socket)
	case "asker":
		pid, _ := strconv.Atoi(socket)
		if AskerOf(pid).Path == "" {
			fmt.Print("un")
		}
		fmt.Println("known")
	case "hidden", "shown":
		if verb == "hidden" {
			Harden()
		}
		fmt.Println("ready")
		_, _ = os.Stdin.Read(make([]byte, 1))
	case "raw":
		fmt.Println(helperRaw(socket))
	}
	return true
}

// helperToken asks as a program does.
func helperToken(ctx context.Context, socket string) string {
	c, err := Dial(ctx, socket)
	if err != nil {
		return "dial: " + err.Error()
	}
	t, err := c.Token(ctx, TokenRequest{Name: "Sales"})
	if err != nil {
		return "token: " + err.Error()
	}
	return "got " + t.AccessToken.Reveal()
}

// asHelper is a command that runs this test program as a helper.
func asHelper(t *testing.T, verb, socket string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), helperEnv+"="+verb+" "+socket)
	return cmd
}
