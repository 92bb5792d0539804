package main

import (
	"bytes"
	"crypto/sha256"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// film makes a video of a second by Filmgate's own API, with more fields in its body, and returns its file.
func (p *process) film(t *testing.T, more string) (file string, hasAudio bool) {
	t.Helper()
	made := p.createOwn(t, `{"prompt":"rain on a river","seconds":1,"resolution":"480p","seed":7`+more+`}`)
	a := p.finished(t, made.ID).Artifacts[0]
	code, video := p.call(t, http.MethodGet, strings.TrimPrefix(a.URL, p.base), "")
	file = filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(file, video, 0o600); err != nil || code != http.StatusOK {
		t.Fatalf("%d, %v", code, err)
	}
	return file, a.HasAudio
}

func TestAnAnimaticHasSoundIfThatIsAskedFor(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	loud, says := p.film(t, `,"audio":true`)
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-nostats", "-i", loud, "-map", "0:a", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-").CombinedOutput()
	found := regexp.MustCompile(`(?s)Duration: 00:00:01.00.*aac.*48000 Hz, stereo.*Summary:.*I:\s+(-?[0-9.]+) LUFS.*Peak:\s+(-?[0-9.]+) dBFS`).FindSubmatch(out)
	if err != nil || found == nil || !says {
		t.Fatalf("has_audio is %v; %v: %s", says, err, out)
	}
	lufs, _ := strconv.ParseFloat(string(found[1]), 64)
	if peak, _ := strconv.ParseFloat(string(found[2]), 64); math.Abs(lufs+23) > 1 || peak > -1 {
		t.Errorf("%.1f LUFS, %.1f dBTP", lufs, peak)
	}
	var silent [][32]byte
	for _, more := range []string{`,"audio":false`, ""} {
		file, says := p.film(t, more)
		content, err := os.ReadFile(file)
		if err != nil || says || bytes.Contains(content, []byte("soun")) {
			t.Errorf("%q: has_audio is %v, or the file has a sound track; %v", more, says, err)
		}
		silent = append(silent, sha256.Sum256(content))
	}
	if silent[0] != silent[1] {
		t.Error("without sound, and without a word about it, the files differ")
	}
}
