//go:build e2e

package robot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// checksActivity reads what programs have asked for, and how each of them fared.
func (g *handOutTour) checksActivity() error {
	python, shell := "sales_report.py", "other.sh"
	want := []string{
		python + " " + auth.CodeDeniedByUser,
		python + " ok stored once",
		python + " ok stored always",
		python + " ok stored listed",
		" ok stored hour",
		shell + " " + auth.CodeDeniedByRule,
	}
	var got []string
	err := g.until("all entries of the activity", g.patience, func() bool {
		rows := g.query("SELECT script || '|' || outcome || '|' || detail FROM activity JOIN activity_heads AS h ON h.id = head WHERE kind = 'hand_out' ORDER BY activity.id")
		got = got[:0]
		for _, row := range strings.Split(rows, "\n") {
			cells := strings.Split(row, "|")
			if len(cells) == 3 {
				got = append(got, strings.TrimRight(strings.TrimPrefix(filepath.Base(cells[0]), ".")+" "+cells[1]+" "+cells[2], " "))
			}
		}
		return !slices.ContainsFunc(want, func(w string) bool {
			return !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w) })
		})
	})
	if err != nil {
		return fmt.Errorf("%w: wanted %q, got %q", err, want, got)
	}
	return nil
}

// asksAlone: with nobody to serve, the console command opens the vault itself.
func (g *handOutTour) asksAlone() error {
	if _, err := os.Stat(g.socket()); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the window has left its socket: %w", err)
	}
	return g.gets(g.report)
}

// socket is where programs ask.
func (g *handOutTour) socket() string {
	return filepath.Join(g.home, "run", "tokenwell", "handout.sock")
}

// changesHands: the agent serves, steps back for a window, and serves again
// within two seconds after the window was closed.
func (g *handOutTour) changesHands() error {
	agent := g.command(context.Background(), g.console, "agent")
	if err := agent.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- agent.Wait() }()
	if err := g.until("the agent", g.patience, func() bool { return g.server() == handout.ProgramAgent }); err != nil {
		return err
	}
	if err := g.gets(g.report); err != nil {
		return err
	}
	if err := g.openProgram(); err != nil {
		return err
	}
	if who := g.server(); who != handout.ProgramDesktop {
		return fmt.Errorf("%q serves, though a window is open", who)
	}
	if err := g.gets(g.report); err != nil {
		return err
	}
	if err := g.quit(); err != nil {
		return err
	}
	closed := time.Now()
	if err := g.until("the agent", g.patience, func() bool { return g.server() == handout.ProgramAgent }); err != nil {
		return err
	}
	took := time.Since(closed)
	g.say("   the agent serves %v after the window's end", took)
	if took > 2*time.Second {
		return fmt.Errorf("the agent takes over after %v", took)
	}
	if err := g.gets(g.report); err != nil {
		return err
	}
	if err := agent.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-ended:
		if err != nil {
			return err
		}
	case <-time.After(g.patience):
		return errors.New("the agent does not end")
	}
	if _, err := os.Stat(g.socket()); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the agent has left its socket: %w", err)
	}
	for _, p := range descendants() {
		if !p.zombie && strings.HasPrefix(p.name, "tokenwell") {
			return fmt.Errorf("still running: %v", p)
		}
	}
	return nil
}

// server is the program that serves the socket, "" for none.
func (g *handOutTour) server() string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	client, err := handout.Dial(ctx, g.socket())
	if err != nil {
		return ""
	}
	defer func() { _ = client.Close() }()
	status, err := client.Status(ctx)
	if err != nil {
		return ""
	}
	return status.Program
}
