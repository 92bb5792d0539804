package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// doctorRun runs doctor with a data folder and a free address.
func doctorRun(t *testing.T, env map[string]string) *session {
	t.Helper()
	all := map[string]string{"FILMGATE_DATA": t.TempDir(), "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_URL": "http://127.0.0.1:1"}
	for name, value := range env {
		all[name] = value
	}
	return (&session{env: all}).run(t, "doctor")
}

func TestDoctorFindsAMachineThatHasEverything(t *testing.T) {
	run := doctorRun(t, map[string]string{"FILMGATE_DATA": filepath.Join(t.TempDir(), "a", "b")})
	run.expect(t, 0, "✓ ffmpeg ", "✓ ffprobe ", "✓ ffmpeg's encoder libx264", "can be made", "✓ disk space: ", "✓ address ",
		"- no server at http://127.0.0.1:1 answers\n    start one with `filmgate serve`")
	if strings.Contains(run.out, "✗") {
		t.Error("something is missing")
	}
}

func TestDoctorSeesARunningServer(t *testing.T) {
	s := newScript(t, map[string][]answer{"GET /healthz": bodies("ok")})
	addr := strings.TrimPrefix(s.URL, "http://")
	doctorRun(t, map[string]string{"FILMGATE_URL": s.URL, "FILMGATE_ADDR": addr}).
		expect(t, 0, "✓ server at "+s.URL, "✓ address "+addr+" is held by a running server")
}

func TestDoctorNamesWhatIsMissingAndHowToMendIt(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() { // takes calls, and hangs up
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"address taken":       {map[string]string{"FILMGATE_ADDR": other.Addr().String()}, []string{"✗ address " + other.Addr().String(), "address already in use", "FILMGATE_ADDR (--addr)"}},
		"data folder is none": {map[string]string{"FILMGATE_DATA": filepath.Join("/proc", "films")}, []string{"✗ data folder /proc/films", "FILMGATE_DATA (--data)"}},
		"data folder a file":  {map[string]string{"FILMGATE_DATA": file}, []string{"✗ data folder " + file, "FILMGATE_DATA (--data)"}},
	} {
		t.Run(name, func(t *testing.T) {
			doctorRun(t, tt.env).expect(t, exitFailure, append(tt.want, "needs are not met")...)
		})
	}
}

func TestDoctorWithoutFFmpegSaysHowToInstallIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	run := doctorRun(t, nil)
	run.expect(t, exitFailure, "✗ ffmpeg is not on PATH\n    install it: apt-get install ffmpeg", "✗ ffprobe is not on PATH", "2 of 6 needs")
}

func TestDoctorMindsAnFFmpegThatDoesNotDo(t *testing.T) {
	for name, tt := range map[string]struct{ script, want string }{
		"does not run":  {"exit 1", "✗ ffmpeg does not run"},
		"no version":    {"echo", "✗ ffmpeg tells no version"},
		"lacks libx264": {"echo ffmpeg version 7.1", "✗ ffmpeg's encoder libx264"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, tool := range []string{"ffmpeg", "ffprobe"} {
				if err := os.WriteFile(filepath.Join(folder, tool), []byte("#!/bin/sh\n"+tt.script+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", folder)
			doctorRun(t, nil).expect(t, exitFailure, tt.want, "apt-get install ffmpeg")
		})
	}
}
