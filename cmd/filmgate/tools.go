package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/filmgate/filmgate/media"
)

// installFFmpeg is what to do where ffmpeg is missing or lacks its encoder.
const installFFmpeg = "install it: apt-get install ffmpeg (Debian, Ubuntu), brew install ffmpeg (macOS), dnf install ffmpeg (Fedora with RPM Fusion)"

// checkTools finds the system's ffmpeg and ffprobe, and the encoder that videos are made with.
func checkTools(ctx context.Context) []finding {
	out := []finding{checkTool(ctx, "ffmpeg"), checkTool(ctx, "ffprobe")}
	if out[0].ok {
		list, err := media.Command(ctx, "ffmpeg", "-hide_banner", "-encoders").Output()
		out = append(out, finding{ok: err == nil && strings.Contains(string(list), " libx264 "), what: "ffmpeg's encoder libx264", mend: installFFmpeg})
	}
	return out
}

// checkTool runs the tool for its version.
func checkTool(ctx context.Context, name string) finding {
	if _, err := exec.LookPath(name); err != nil {
		return finding{what: name + " is not on PATH", mend: installFFmpeg}
	}
	said, err := media.Command(ctx, name, "-version").Output()
	if err != nil {
		return finding{what: fmt.Sprintf("%s does not run: %v", name, err), mend: installFFmpeg}
	}
	words := strings.Fields(string(said)) // "ffmpeg version 5.1.6-0+deb12u1 Copyright …"
	if len(words) < 3 {
		return finding{what: name + " tells no version", mend: installFFmpeg}
	}
	return finding{ok: true, what: name + " " + words[2]}
}
