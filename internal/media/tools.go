package media

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The oldest ffmpeg that knows all options we use (-fps_mode came with 5.1; Debian 12 has it).
const (
	oldestMajor = 5
	oldestMinor = 1
)

// Bounds on asking a tool about itself.
const (
	toolTime     = 10 * time.Second
	maxListBytes = 1 << 20
)

// installCommand is how Debian and its children get what is missing.
const installCommand = "apt-get install ffmpeg"

// Tool is something outside this program that videos are made or read with, and how it stands.
type Tool struct {
	Name     string // "ffmpeg", "ffprobe", "libx264"
	Path     string // where it was found; "" of an encoder, and where it is missing
	Version  string // as it says itself; "" of an encoder, and where it is missing
	Required bool   // without it no video can be made
	Problem  string // what is wrong; "" = nothing
	Remedy   string // a command that mends it on Debian; "" = nothing to mend
}

// Tools looks for ffmpeg, ffprobe and libheif's decoder on PATH, asks for the versions of the first two, and whether ffmpeg has
// the encoders libx264 and libwebp. What is missing is a Tool with a Problem, never an error.
func Tools(ctx context.Context) []Tool {
	ffmpeg, ffprobe := program(ctx, "ffmpeg"), program(ctx, "ffprobe")
	// Nothing but tests and people who look into files need ffprobe.
	ffmpeg.Required, ffprobe.Required = true, false
	encoders := ""
	if ffmpeg.Path != "" {
		out, _, err := Child{Name: ffmpeg.Path, Args: []string{"-hide_banner", "-encoders"}, Time: toolTime, Bytes: maxListBytes}.Run(ctx)
		if err == nil {
			encoders = string(out)
		}
	}
	h264, webp := encoder(encoders, "libx264"), encoder(encoders, "libwebp")
	h264.Required = true
	return []Tool{ffmpeg, ffprobe, h264, webp, heifTool()}
}

// heifTool is libheif's decoder, which reads the pictures of phones.
func heifTool() Tool {
	t := Tool{Name: "heif-dec", Path: heifDecoder()}
	if t.Path == "" {
		t.Problem, t.Remedy = "heif-dec (heif-convert in older libheif) is not on PATH: HEIC pictures are refused", "apt-get install libheif-examples"
	} else {
		t.Name = filepath.Base(t.Path)
	}
	return t
}

// program looks for a program of the ffmpeg family and asks its version.
func program(ctx context.Context, name string) Tool {
	t := Tool{Name: name}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Problem, t.Remedy = name+" is not on PATH", installCommand
		return t
	}
	t.Path = path
	out, _, err := Child{Name: path, Args: []string{"-version"}, Time: toolTime, Bytes: maxListBytes}.Run(ctx)
	if err != nil {
		t.Problem, t.Remedy = fmt.Sprintf("%s does not run: %v", path, err), installCommand
		return t
	}
	t.Version = versionOf(name, string(out))
	if tooOld(t.Version) {
		t.Problem = fmt.Sprintf("%s is version %s; at least %d.%d is needed", path, t.Version, oldestMajor, oldestMinor)
		t.Remedy = installCommand
	}
	return t
}

// versionOf takes the version from "ffmpeg version 5.1.9-0+deb12u1 Copyright …".
func versionOf(name, out string) string {
	line, _, _ := strings.Cut(out, "\n")
	rest, ok := strings.CutPrefix(line, name+" version ")
	if !ok {
		return "unknown"
	}
	version, _, _ := strings.Cut(rest, " ")
	return version
}

// tooOld tells whether a version is known to be too old. Builds from source have names without numbers that can be compared
// ("N-112233-gabcdef"); they are taken for new.
func tooOld(version string) bool {
	parts := regexp.MustCompile(`^n?(\d+)\.(\d+)`).FindStringSubmatch(version)
	if parts == nil {
		return false
	}
	major, _ := strconv.Atoi(parts[1])
	minor, _ := strconv.Atoi(parts[2])
	return major < oldestMajor || major == oldestMajor && minor < oldestMinor
}

// encoder looks for a name in ffmpeg's list of encoders.
func encoder(list, name string) Tool {
	t := Tool{Name: name}
	if !regexp.MustCompile(`(?m)^ \S+ ` + regexp.QuoteMeta(name) + ` `).MatchString(list) {
		t.Problem, t.Remedy = "ffmpeg lacks the encoder "+name, installCommand
	}
	return t
}
