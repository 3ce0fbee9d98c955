// Command tokenwell-desktop is the desktop program: it reads the flags, opens
// the data folder, wires the rooms together and shows the window.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/BurntSushi/toml"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver"
	"tokenwell/db"
	"tokenwell/db/keyring"
	"tokenwell/gui"
)

//go:embed FyneApp.toml
var fyneAppTOML []byte

// started is as near to the start of the process as the program can tell.
var started = time.Now()

func main() {
	keyring.RunHelperIfAsked()
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "tokenwell-desktop:", err)
		os.Exit(1)
	}
}

// run does what the flags ask for and returns when the window is closed.
func run(args []string, out io.Writer) error {
	about, err := readAbout()
	if err != nil {
		return err
	}
	o, err := parseFlags(args, out)
	if err != nil {
		return err
	}
	switch {
	case o.version:
		fmt.Fprintf(out, "%s %s (build %d)\n", about.Name, about.Version, about.Build)
		return nil
	case o.paths:
		fmt.Fprintf(out, "data      %s\ndatabase  %s\nlocks     %s\nlogs      %s\nsocket    %s\n", o.place.Data, db.File(o.place.Data), db.LockDir(o.place.Data), o.place.Logs, o.place.Socket())
		return nil
	}

	p := &program{}
	defer p.Close()
	if !o.serve {
		p.shown = collectLater()
		defer p.shown() // where no window comes
	}
	if err := p.open(o); errors.Is(err, errRaised) {
		fmt.Fprintln(out, err)
		return nil
	} else if err != nil {
		return err
	}
	if o.serve {
		return p.serve(o, out)
	}
	wired := make(chan error, 1)
	go func() { wired <- p.wire(about.Version) }()
	toolkit := startToolkit(about.ID) // meanwhile: it takes as long
	if err := <-wired; err != nil {
		return err
	}
	p.show(toolkit, about, o.place)
	return nil
}

// about is what FyneApp.toml says of the program.
type about struct {
	ID, Name, Version string
	Build             int
}

func readAbout() (about, error) {
	var file struct{ Details about }
	if err := toml.Unmarshal(fyneAppTOML, &file); err != nil {
		return about{}, fmt.Errorf("FyneApp.toml: %w", err)
	}
	return file.Details, nil
}

// options are the command line, read.
type options struct {
	version, paths, serve bool
	place                 db.Place
	level                 slog.Level
	localPort             uint // of the local server
	passphraseFD          int  // -1: none
}

func parseFlags(args []string, out io.Writer) (options, error) {
	o := options{passphraseFD: -1}
	var dir string
	flags := flag.NewFlagSet("tokenwell-desktop", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&dir, "data-dir", "", "keep everything in this `folder` instead of the user's data folder")
	flags.BoolVar(&o.paths, "paths", false, "print where everything is kept, and exit")
	flags.BoolVar(&o.version, "version", false, "print the version, and exit")
	flags.BoolVar(&o.serve, "serve", false, "run only the local server, without a window, until interrupted; its discovery address is printed. The data folder belongs to this process meanwhile")
	flags.UintVar(&o.localPort, "local-port", auth.DefaultLocalPort, "`port` of the local server; 0: the one it had last, or any")
	flags.IntVar(&o.passphraseFD, "passphrase-fd", -1, "with --serve: read the vault's passphrase from this file `descriptor`")
	flags.TextVar(&o.level, "log-level", slog.LevelInfo, "least `level` that is logged: debug, info, warn or error")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.localPort > math.MaxUint16 {
		return o, fmt.Errorf("%d is no port: use 0 to %d", o.localPort, math.MaxUint16)
	}
	if o.passphraseFD != -1 && !o.serve {
		return o, errors.New("--passphrase-fd goes with --serve: the window asks for the passphrase")
	}
	o.place = db.DefaultPlace()
	if dir != "" {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return o, err
		}
		o.place = db.PlaceIn(dir)
	}
	return o, nil
}

// program is everything below the window, open and wired.
type program struct {
	log    *slog.Logger
	store  *db.DB
	local  *localserver.Server
	engine *auth.Engine // nil with --serve
	shown  func()       // the window is on the screen; nil with --serve
	close  []func()
}

// open takes the data folder for this process and opens what is in it. The
// local server is not started.
func (p *program) open(o options) error {
	release, err := ownFolder(context.Background(), o.place, !o.serve, os.Stderr)
	if err != nil {
		return err
	}
	p.close = append(p.close, release)

	var closeLog func()
	if p.log, closeLog, err = o.place.OpenLog("tokenwell.log", o.level); err != nil {
		return err
	}
	p.close = append(p.close, closeLog)

	p.store, err = db.Open(context.Background(), db.Params{Dir: o.place.Data, Log: p.log})
	if err != nil {
		return err
	}
	p.close = append(p.close, func() { _ = p.store.Close() })
	p.local = localserver.New(localserver.Params{
		Store: p.store.LocalServer(), Pages: assets.Pages, Log: p.log,
		Addr: net.JoinHostPort("127.0.0.1", strconv.FormatUint(uint64(o.localPort), 10)),
	})
	p.close = append(p.close, func() { _ = p.local.Close() })
	return nil
}

// wire makes the engine over what is open.
func (p *program) wire(version string) error {
	catalog, err := auth.LoadCatalog(auth.ShippedServices())
	if err != nil {
		return err
	}
	p.engine, err = auth.New(auth.Params{
		Store: p.store, Vault: p.store.Vault(), Catalog: catalog,
		Wire: auth.NewWire(auth.WireParams{Log: p.log, Version: version}), Browser: auth.SystemBrowser(),
		Local: p.local, Log: p.log,
	})
	if err != nil {
		return err
	}
	p.close = append(p.close, p.engine.Close)
	return nil
}

// Close ends what open and wire began, the last first.
func (p *program) Close() {
	for i := len(p.close) - 1; i >= 0; i-- {
		p.close[i]()
	}
	p.close = nil
}

// startToolkit makes the toolkit's app, with the fonts that each screen needs.
func startToolkit(id string) fyne.App {
	quietBus()
	a := app.NewWithID(id)
	gui.ReadFonts()
	return a
}

// show opens the window, serves the socket and returns when the window is closed
// and all has ended.
func (p *program) show(fyneApp fyne.App, about about, place db.Place) {
	end := newEnding(p.log, p.Close)
	window := gui.New(gui.Params{
		App: fyneApp, Engine: p.engine, Local: p.local.Registry(), Icons: gui.NewIcons(assets.Icons),
		Version: about.Version, Log: p.log, Started: started, Shown: p.shown, Ending: end.begin,
	})
	stop, err := p.serveSocket(place, about.Version, window.Raise)
	if err != nil { // what the window is for works without it
		p.log.Error("other programs get no tokens", "error", err)
		fyneApp.SendNotification(fyne.NewNotification("Other programs get no tokens", err.Error()))
	} else {
		p.close = append(p.close, stop)
	}
	window.Run()
	end.finish()
}

// quietBus keeps Fyne from starting a session bus of its own, which would
// outlive the program: without a bus there is nothing to talk to.
func quietBus() {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return
	}
	if _, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")); err == nil && os.Getenv("XDG_RUNTIME_DIR") != "" {
		return
	}
	_ = os.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
}
