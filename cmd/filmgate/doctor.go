package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
)

// minDisk is how much room the data folder's disk needs: some two hundred videos of ten seconds.
const minDisk = 2 << 30

// check is what doctor says of one need.
type check struct {
	ok     bool
	text   string // "ffmpeg 5.1.6"
	remedy string // what to do where it is not ok
	wanted bool   // nice to have: its lack is no failure
}

func (p program) doctorCommand() *cobra.Command {
	return p.command("doctor", "Check this machine for what the server needs", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.doctor(ctx, s)
	}, nil, config.PartServer, config.PartClient)
}

func (p program) doctor(ctx context.Context, s config.Settings) error {
	findings := append(checkTools(ctx), checkEncoder(ctx, s), checkData(s.Data), checkDisk(s.Data), p.checkAddr(ctx, s), p.checkServer(ctx, s))
	missing := 0
	for _, f := range findings {
		mark := "✓"
		switch {
		case !f.ok && f.wanted:
			mark = "-"
		case !f.ok:
			mark = "✗"
			missing++
		}
		fmt.Fprintf(p.out, "%s %s\n", mark, f.text)
		if !f.ok {
			fmt.Fprintf(p.out, "    %s\n", f.remedy)
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d needs are not met", missing, len(findings))
	}
	return nil
}

// checkData tries the data folder, or the nearest folder above it that is there.
func checkData(folder string) check {
	above := existing(folder)
	probe, err := os.CreateTemp(above, ".filmgate-doctor-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return check{text: fmt.Sprintf("data folder %s: %v", folder, err), remedy: "name a folder that this user may write with FILMGATE_DATA (--data)"}
	}
	if above != filepath.Clean(folder) {
		return check{ok: true, text: fmt.Sprintf("data folder %s can be made", folder)}
	}
	return check{ok: true, text: fmt.Sprintf("data folder %s can be written", folder)}
}

// existing is folder, or the nearest above it that is there.
func existing(folder string) string {
	folder = filepath.Clean(folder)
	for {
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			return folder
		}
		folder = above
	}
}

func checkDisk(folder string) check {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(existing(folder), &fs); err != nil {
		return check{text: fmt.Sprintf("disk of %s: %v", folder, err), remedy: "name another folder with FILMGATE_DATA (--data)"}
	}
	free := fs.Bavail * uint64(fs.Bsize)
	return check{
		ok:     free >= minDisk,
		text:   fmt.Sprintf("disk space: %.1f GiB free for %s", float64(free)/(1<<30), folder),
		remedy: fmt.Sprintf("make room: %d GiB at least, or name a folder on another disk with FILMGATE_DATA (--data)", minDisk>>30),
	}
}

// checkAddr tries to listen. An address that a filmgate already answers on is no fault.
func (p program) checkAddr(ctx context.Context, s config.Settings) check {
	listener, err := listen(ctx, s.Addr)
	if err == nil {
		err = listener.Close()
	}
	switch {
	case err == nil:
		return check{ok: true, text: fmt.Sprintf("address %s is free", s.Addr)}
	case p.alive(ctx, "http://"+s.Addr):
		return check{ok: true, text: fmt.Sprintf("address %s is held by a running server", s.Addr)}
	}
	var inner *net.OpError
	if errors.As(err, &inner) {
		err = inner
	}
	return check{text: fmt.Sprintf("address %s: %v", s.Addr, err), remedy: "name another with FILMGATE_ADDR (--addr); port 0 takes a free one"}
}

func (p program) checkServer(ctx context.Context, s config.Settings) check {
	if p.alive(ctx, s.Server) {
		return check{ok: true, text: fmt.Sprintf("server at %s answers", s.Server)}
	}
	return check{wanted: true, text: fmt.Sprintf("no server at %s answers", s.Server), remedy: "start one with `filmgate serve`; generate and task need it"}
}

// alive asks for /healthz.
func (p program) alive(ctx context.Context, base string) bool {
	_, err := client.Client{Base: base, HTTP: p.http}.Call(ctx, http.MethodGet, "/healthz", nil)
	return err == nil
}

// checkEncoder encodes a little with what the settings ask for.
func checkEncoder(ctx context.Context, s config.Settings) check {
	e, err := s.FindEncoder(ctx)
	if err != nil {
		return check{text: err.Error(), remedy: "set FILMGATE_ENCODER (--encoder) to libx264, or install the hardware's driver"}
	}
	return check{ok: true, text: fmt.Sprintf("encoder %s works (preset %s, quality %d)", e.Codec, e.Preset, e.CRF)}
}
