package main

import (
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
	run.expect(t, 0, "✓ ffmpeg ", "✓ ffprobe ", "✓ libx264\n", "✓ encoder libx264 works (preset veryfast, quality 18)\n", "can be made", "✓ disk space: ", "✓ address ",
		"- no server at http://127.0.0.1:1 answers\n    start one with `filmgate serve`")
	if strings.Contains(run.out, "✗") {
		t.Error("something is missing")
	}
}

func TestDoctorSeesARunningServer(t *testing.T) {
	t.Parallel()
	s := newScript(t, map[string][]answer{"GET /healthz": bodies("ok")})
	addr := strings.TrimPrefix(s.URL, "http://")
	doctorRun(t, map[string]string{"FILMGATE_URL": s.URL, "FILMGATE_ADDR": addr}).
		expect(t, 0, "✓ server at "+s.URL, "✓ address "+addr+" is used by a running server")
}

func TestDoctorWithoutFFmpegSaysHowToInstallIt(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	doctorRun(t, nil).expect(t, exitFailure, "✗ ffmpeg is not on PATH\n    install it: apt-get install ffmpeg", "- ffprobe is not on PATH",
		"✗ ffmpeg lacks the encoder libx264", "✗ FILMGATE_ENCODER (--encoder) libx264 does not work", "3 of 10 needs")
}

func TestDoctorTriesTheEncoderThatIsAskedFor(t *testing.T) {
	t.Parallel()
	doctorRun(t, map[string]string{"FILMGATE_ENCODER": "auto", "FILMGATE_ENCODER_PRESET": "fast", "FILMGATE_ENCODER_QUALITY": "23"}).
		expect(t, 0, "✓ encoder ", " works (preset fast, quality 23)")
	// ffmpeg may have the encoder or not. The machine has no such hardware.
	run := doctorRun(t, map[string]string{"FILMGATE_ENCODER": "h264_nvenc"})
	if !strings.Contains(run.out, "✓ encoder h264_nvenc works") {
		run.expect(t, exitFailure, "✗ FILMGATE_ENCODER (--encoder) h264_nvenc does not work: render: ffmpeg: ", "set FILMGATE_ENCODER (--encoder) to libx264")
	}
}
