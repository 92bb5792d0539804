// Package doctor checks a machine for what the server needs, and says how to get what is missing.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/disk"
	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/media"
)

// minDisk is the space that the data folder's disk must have free: that of some two hundred videos of ten seconds.
const minDisk = 2 << 30

// Finding is the result of one check.
type Finding struct {
	OK       bool
	Text     string // "ffmpeg 5.1.6"
	Remedy   string // what to do if it is not OK
	Optional bool   // the server works without it
}

// Run checks this machine by the settings. answers reports whether a filmgate answers at a base URL; database returns the name
// of the database and an error if it can't be used, and no name if it is still to be made; bucket returns an error if the S3
// bucket at a URL can't be used; owner returns one if the storage of files belongs to another database; clock returns one if this
// machine's clock can't be right; settings returns a line for each model of the settings file that has ended or ends soon, what was found about
// its model servers, and an error if the file has mistakes.
func Run(ctx context.Context, s config.Settings, answers func(ctx context.Context, base string) bool,
	database func(ctx context.Context, s config.Settings) (name string, err error), bucket func(ctx context.Context, url string) error,
	owner, clock func(ctx context.Context, s config.Settings) error, settings func(s config.Settings) ([]string, []config.ServerCheck, error)) []Finding {
	found := append(checkTools(ctx), checkEncoder(ctx, s), checkData(s.Data), checkDisk(s.Data))
	if s.DatabaseURL == "" || s.BlobURL == "" {
		found = append(found, checkVolume(datafolder.Folder(existing(s.Data)).InLayer(), s.Data)...)
	}
	found = append(found, checkDatabase(ctx, s, database)...)
	if s.BlobURL != "" {
		found = append(found, checkBucket(ctx, string(s.BlobURL), bucket))
	}
	if err := owner(ctx, s); err != nil {
		found = append(found, Finding{Text: err.Error(), Remedy: "name the database and the storage of files that belong together"})
	}
	if err := clock(ctx, s); err != nil {
		found = append(found, Finding{Text: err.Error(), Remedy: "have NTP keep the clocks right"})
	}
	found = append(found, checkSettings(s, settings)...)
	if s.TLSCert != "" {
		found = append(found, checkCertificate(s))
	}
	return append(found, checkAddr(ctx, s, answers), checkServer(ctx, s.Server, answers))
}

// checkDatabase checks the database, if there is one.
func checkDatabase(ctx context.Context, s config.Settings, database func(ctx context.Context, s config.Settings) (string, error)) []Finding {
	name, err := database(ctx, s)
	setting := "FILMGATE_DATA (--data)"
	if s.DatabaseURL != "" {
		setting = "FILMGATE_DATABASE_URL (--database-url)"
	}
	switch {
	case err != nil:
		return []Finding{{Text: fmt.Sprintf("%s: %v", name, err), Remedy: "start or repair it, complete its move, or correct " + setting}}
	case name == "":
		return nil
	}
	return []Finding{{OK: true, Text: name + " can be used"}}
}

// checkBucket checks the S3 bucket.
func checkBucket(ctx context.Context, url string, usable func(ctx context.Context, url string) error) Finding {
	if err := usable(ctx, url); err != nil {
		return Finding{Text: err.Error(), Remedy: "correct FILMGATE_BLOB_URL (--blob-url), the AWS_… variables or the bucket's rights: docs/s3.md"}
	}
	return Finding{OK: true, Text: "the bucket of FILMGATE_BLOB_URL can be used"}
}

// checkSettings checks the settings file, if there is one, how long its models will be offered, and its model servers if this server is to
// run them.
func checkSettings(s config.Settings, settings func(s config.Settings) ([]string, []config.ServerCheck, error)) []Finding {
	if s.Config == "" {
		return nil
	}
	ending, servers, err := settings(s)
	if err != nil {
		return []Finding{{Text: fmt.Sprintf("the settings file %s has errors", s.Config), Remedy: "correct what `filmgate config check` lists"}}
	}
	out := []Finding{{OK: true, Text: fmt.Sprintf("the settings file %s has no errors", s.Config)}}
	for _, line := range ending {
		out = append(out, Finding{Optional: true, Text: line, Remedy: "name another model in " + s.Config + "; docs/engines.md lists them"})
	}
	if s.Role == config.RoleAPI {
		return out
	}
	for _, c := range servers {
		f := Finding{OK: true, Text: fmt.Sprintf("the model server of engine %s can be started: %s", c.Engine, c.Command)}
		if len(c.Problems) > 0 {
			f.OK, f.Text = false, fmt.Sprintf("the model server of engine %s: %s", c.Engine, strings.Join(c.Problems, "; "))
			f.Remedy = "install it, or correct `server` of the engine in " + s.Config
		}
		out = append(out, f)
	}
	return out
}

// Print writes the findings, with the remedies of those that are not OK. The error says how many needs are not met.
func Print(out io.Writer, findings []Finding) error {
	missing := 0
	for _, f := range findings {
		mark := "✓"
		switch {
		case !f.OK && f.Optional:
			mark = "-"
		case !f.OK:
			mark = "✗"
			missing++
		}
		fmt.Fprintf(out, "%s %s\n", mark, f.Text)
		if !f.OK {
			fmt.Fprintf(out, "    %s\n", f.Remedy)
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d needs are not met", missing, len(findings))
	}
	return nil
}

// checkTools checks the programs that the server runs.
func checkTools(ctx context.Context) []Finding {
	var out []Finding
	for _, t := range media.Tools(ctx) {
		f := Finding{OK: t.Problem == "", Text: t.Problem, Remedy: "install it: " + t.Remedy, Optional: !t.Required}
		if f.OK {
			f.Text = strings.TrimSpace(t.Name + " " + t.Version)
		}
		out = append(out, f)
	}
	return out
}

func checkEncoder(ctx context.Context, s config.Settings) Finding {
	e, err := s.FindEncoder(ctx)
	if err != nil {
		return Finding{Text: err.Error(), Remedy: "set FILMGATE_ENCODER (--encoder) to libx264, or install the hardware's driver"}
	}
	return Finding{OK: true, Text: fmt.Sprintf("encoder %s works (preset %s, quality %d)", e.Codec, e.Preset, e.CRF)}
}

// checkData tries to write to the data folder, or to the nearest folder above it that exists.
func checkData(folder string) Finding {
	above := existing(folder)
	probe, err := os.CreateTemp(above, ".filmgate-doctor-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return Finding{Text: fmt.Sprintf("data folder %s: %v", folder, err), Remedy: "name a folder that this user may write with FILMGATE_DATA (--data)"}
	}
	if above != filepath.Clean(folder) {
		return Finding{OK: true, Text: fmt.Sprintf("data folder %s can be made", folder)}
	}
	return Finding{OK: true, Text: fmt.Sprintf("data folder %s can be written", folder)}
}

// existing returns folder, or the nearest one above it that exists.
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

// checkVolume says so if the folder is part of a container.
func checkVolume(inLayer bool, folder string) []Finding {
	if !inLayer {
		return nil
	}
	return []Finding{{Optional: true, Text: fmt.Sprintf("data folder %s is part of the container, and what is in it goes with the container", folder), Remedy: "mount a volume there"}}
}

func checkDisk(folder string) Finding {
	free, err := disk.Free(existing(folder))
	if err != nil {
		return Finding{Text: fmt.Sprintf("disk of %s: %v", folder, err), Remedy: "name another folder with FILMGATE_DATA (--data)"}
	}
	return Finding{
		OK:     free >= minDisk,
		Text:   fmt.Sprintf("disk space: %.1f GiB free for %s", float64(free)/(1<<30), folder),
		Remedy: fmt.Sprintf("free %d GiB at least, or name a folder on another disk with FILMGATE_DATA (--data)", minDisk>>30),
	}
}

// checkAddr tries to listen. An address at which a filmgate answers already is fine, and so is a Unix socket at which anybody does.
func checkAddr(ctx context.Context, s config.Settings, answers func(context.Context, string) bool) Finding {
	listener, err := listen.Open(ctx, listen.Options{Addr: s.Addr, Mode: s.SocketMode})
	if err == nil {
		err = listener.Close()
	}
	scheme := "http://"
	if s.TLSCert != "" {
		scheme = "https://"
	}
	_, unix := listen.UnixPath(s.Addr)
	switch {
	case err == nil:
		return Finding{OK: true, Text: fmt.Sprintf("address %s is free", s.Addr)}
	case unix && errors.Is(err, syscall.EADDRINUSE), !unix && answers(ctx, scheme+s.Addr):
		return Finding{OK: true, Text: fmt.Sprintf("address %s is used by a running server", s.Addr)}
	}
	return Finding{Text: fmt.Sprintf("address %s: %v", s.Addr, err), Remedy: "name another with FILMGATE_ADDR (--addr); port 0 takes a free one"}
}

// checkCertificate reads the certificate for TLS.
func checkCertificate(s config.Settings) Finding {
	c, err := listen.LoadCertificate(s.TLSCert, s.TLSKey)
	if err != nil {
		return Finding{Text: err.Error(), Remedy: "name the certificate of this server and its own key, both as PEM files that this user may read"}
	}
	return Finding{OK: true, Text: fmt.Sprintf("certificate %s expires on %s", s.TLSCert, c.NotAfter().Format(time.DateOnly))}
}

func checkServer(ctx context.Context, base string, answers func(context.Context, string) bool) Finding {
	if answers(ctx, base) {
		return Finding{OK: true, Text: fmt.Sprintf("server at %s answers", base)}
	}
	return Finding{Optional: true, Text: fmt.Sprintf("no server at %s answers", base), Remedy: "start one with `filmgate serve`; generate and task need it"}
}
