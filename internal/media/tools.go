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

// The oldest ffmpeg with all options that are used (-fps_mode came with 5.1, which is in Debian 12).
const (
	oldestMajor = 5
	oldestMinor = 1
)

// Limits on reading the version and the encoders of a tool.
const (
	toolTime     = 10 * time.Second
	maxListBytes = 1 << 20
)

// installCommand installs ffmpeg on Debian and its derivatives.
const installCommand = "apt-get install ffmpeg"

// Tool is an external program or encoder, and whether it can be used.
type Tool struct {
	Name     string // "ffmpeg", "ffprobe", "libx264"
	Path     string // where it was found; "" for an encoder or a missing program
	Version  string // as the program prints it; "" for an encoder or a missing program
	Required bool   // without it no video can be made
	Problem  string // what is wrong; "" = nothing
	Remedy   string // a command that fixes it on Debian; "" = nothing to fix
}

// Tools looks for ffmpeg, ffprobe and libheif's decoder on PATH, and for the encoders libx264 and libwebp in ffmpeg. It returns
// a Tool with a Problem for each that is missing or does not work.
func Tools(ctx context.Context) []Tool {
	ffmpeg, ffprobe := program(ctx, "ffmpeg"), program(ctx, "ffprobe")
	// Only tests and people use ffprobe.
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

// heifTool looks for libheif's decoder, which reads pictures of phones.
func heifTool() Tool {
	t := Tool{Name: "heif-dec", Path: heifDecoder()}
	if t.Path == "" {
		t.Problem, t.Remedy = "heif-dec (heif-convert in older libheif) is not on PATH: HEIC pictures are refused", "apt-get install libheif-examples"
	} else {
		t.Name = filepath.Base(t.Path)
	}
	return t
}

// program looks for a program of the ffmpeg family and reads its version.
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

// versionOf returns the version in "ffmpeg version 5.1.9-0+deb12u1 Copyright …".
func versionOf(name, out string) string {
	line, _, _ := strings.Cut(out, "\n")
	rest, ok := strings.CutPrefix(line, name+" version ")
	if !ok {
		return "unknown"
	}
	version, _, _ := strings.Cut(rest, " ")
	return version
}

// tooOld reports whether a version is known to be too old. Builds from source have names without comparable numbers
// ("N-112233-gabcdef"), which count as new.
func tooOld(version string) bool {
	parts := regexp.MustCompile(`^n?(\d+)\.(\d+)`).FindStringSubmatch(version)
	if parts == nil {
		return false
	}
	major, _ := strconv.Atoi(parts[1])
	minor, _ := strconv.Atoi(parts[2])
	return major < oldestMajor || major == oldestMajor && minor < oldestMinor
}

// encoder looks for an encoder in ffmpeg's list.
func encoder(list, name string) Tool {
	t := Tool{Name: name}
	if !regexp.MustCompile(`(?m)^ \S+ ` + regexp.QuoteMeta(name) + ` `).MatchString(list) {
		t.Problem, t.Remedy = "ffmpeg lacks the encoder "+name, installCommand
	}
	return t
}
