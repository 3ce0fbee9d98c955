package db

import (
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/natefinch/lumberjack.v2"
)

// The size of a log file, in megabytes, and how many full ones are kept beside it.
const (
	logSize = 5
	logKept = 3
)

// OpenLog opens a log file in the folder of logs, which it makes, and logs there
// whatever this process writes to slog and log by default, as libraries do. close
// ends that for the file alone: the process is about to end.
func (p Place) OpenLog(name string, level slog.Leveler) (to *slog.Logger, closeFile func(), err error) {
	if err := os.MkdirAll(p.Logs, dirMode); err != nil {
		return nil, nil, fmt.Errorf("the log folder: %w", err)
	}
	file := &lumberjack.Logger{Filename: filepath.Join(p.Logs, name), MaxSize: logSize, MaxBackups: logKept}
	to = slog.New(slog.NewJSONHandler(file, &slog.HandlerOptions{Level: level}))
	slog.SetDefault(to)
	log.SetOutput(unquoted{to}) // the default's own would log the lines as they are
	return to, func() { _ = file.Close() }, nil
}

// unquoted logs the lines of package log up to what they quote: net/http quotes
// there what a server has said before it was asked, tokens too (T61).
type unquoted struct{ to *slog.Logger }

// Write implements io.Writer.
func (u unquoted) Write(line []byte) (int, error) {
	text, _, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), `"`)
	u.to.Info(text)
	return len(line), nil
}
