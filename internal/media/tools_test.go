package media_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// onPath sets PATH to a folder with only the given shell scripts, and returns the folder.
func onPath(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return dir
}

func toolsByName(t *testing.T) map[string]media.Tool {
	t.Helper()
	out := map[string]media.Tool{}
	for _, tool := range media.Tools(t.Context()) {
		out[tool.Name] = tool
	}
	return out
}

func TestToolsOfThisMachine(t *testing.T) {
	for _, tool := range media.Tools(t.Context()) {
		if tool.Name == "heif-dec" && tool.Problem != "" {
			continue // few machines have it
		}
		if tool.Problem != "" || tool.Remedy != "" {
			t.Errorf("%+v", tool)
		}
	}
	if got := toolsByName(t)["ffmpeg"]; got.Version == "" || got.Version == "unknown" || !filepath.IsAbs(got.Path) || !got.Required {
		t.Errorf("ffmpeg: %+v", got)
	}
}

func TestToolsNameWhatIsMissing(t *testing.T) {
	onPath(t, nil)
	const ffmpeg = "apt-get install ffmpeg"
	want := map[string][2]string{
		"ffmpeg":   {"ffmpeg is not on PATH", ffmpeg},
		"ffprobe":  {"ffprobe is not on PATH", ffmpeg},
		"libx264":  {"ffmpeg lacks the encoder libx264", ffmpeg},
		"libwebp":  {"ffmpeg lacks the encoder libwebp", ffmpeg},
		"heif-dec": {"heif-dec (heif-convert in older libheif) is not on PATH: HEIC pictures are refused", "apt-get install libheif-examples"},
	}
	got := toolsByName(t)
	if len(got) != len(want) {
		t.Errorf("%d tools, want %d", len(got), len(want))
	}
	for name, problem := range want {
		if got[name].Problem != problem[0] || got[name].Remedy != problem[1] {
			t.Errorf("%s: %+v, want %q", name, got[name], problem)
		}
	}
}

func TestToolsCheckVersions(t *testing.T) {
	cases := map[string]bool{ // whether the version is new enough
		"4.4.2-0ubuntu0.22.04.1": false,
		"5.0.1":                  false,
		"5.1.9-0+deb12u1":        true,
		"7.1":                    true,
		"n6.1.1":                 true,
		"n4.3":                   false,
		"N-112233-gabcdef":       true,
		"10.0":                   true,
	}
	for version, ok := range cases {
		t.Run(version, func(t *testing.T) {
			script := `case "$1" in -version) echo "ffmpeg version ` + version + ` Copyright (c) 2000-2026";; esac`
			dir := onPath(t, map[string]string{"ffmpeg": script})
			got := toolsByName(t)["ffmpeg"]
			if got.Version != version || got.Path != filepath.Join(dir, "ffmpeg") || (got.Problem == "") != ok {
				t.Errorf("got %+v; new enough: %v", got, ok)
			}
		})
	}
}

func TestToolsReadEncoders(t *testing.T) {
	script := `case "$1" in -version) echo "ffmpeg version 5.1 Copyright";; *) echo " V....D libx264rgb           libx264 RGB"; echo " V....D libwebp              libwebp WebP image";; esac`
	onPath(t, map[string]string{"ffmpeg": script})
	got := toolsByName(t)
	if got["libx264"].Problem == "" || got["libwebp"].Problem != "" {
		t.Errorf("libx264: %+v; libwebp: %+v", got["libx264"], got["libwebp"])
	}
}

func TestToolsReportFailingPrograms(t *testing.T) {
	dir := onPath(t, map[string]string{"ffmpeg": "exit 3"})
	want := filepath.Join(dir, "ffmpeg") + " does not run: exit status 3"
	if got := toolsByName(t)["ffmpeg"]; got.Problem != want {
		t.Errorf("%q, want %q", got.Problem, want)
	}
}
