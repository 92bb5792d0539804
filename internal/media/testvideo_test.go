package media_test

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

func ffmpeg(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	args = append(append([]string{"-v", "error", "-y"}, args...), path)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
	}
	return path
}

const pattern = "testsrc2=s=160x96:r=24:d=2"

func factsOf(t *testing.T, path string) (media.VideoFacts, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return media.Facts(f, info.Size())
}

func probe(t *testing.T, path string) media.VideoFacts {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", path).Output()
	if err != nil {
		t.Fatalf("ffprobe %s: %v", path, err)
	}
	var answer struct {
		Streams []struct {
			Type   string `json:"codec_type"`
			Tag    string `json:"codec_tag_string"`
			Width  int
			Height int
			Rate   string                   `json:"avg_frame_rate"`
			Frames string                   `json:"nb_read_frames"`
			Length string                   `json:"duration"`
			Side   []struct{ Rotation int } `json:"side_data_list"`
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	var f media.VideoFacts
	for _, s := range answer.Streams {
		if s.Type == "audio" {
			f.HasAudio = true
			continue
		}
		over, under, _ := strings.Cut(s.Rate, "/")
		f.Width, f.Height, f.Codec = s.Width, s.Height, s.Tag
		f.FrameRate = number(t, over) / number(t, under)
		f.Frames = int(number(t, s.Frames))
		f.Duration = time.Duration(number(t, s.Length) * float64(time.Second))
		if len(s.Side) > 0 && s.Side[0].Rotation%180 != 0 {
			f.Width, f.Height = f.Height, f.Width
		}
	}
	return f
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mp4Box(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(b, kind...), body...)
}

func longBox(kind string, body []byte) []byte {
	b := append([]byte{0, 0, 0, 1}, kind...)
	return append(binary.BigEndian.AppendUint64(b, uint64(16+len(body))), body...)
}

func words(n ...uint32) []byte {
	var b []byte
	for _, v := range n {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

func handMade(stts []byte, shown uint32) []byte {
	zeros := make([]byte, 64)
	mdhd := append(words(1<<24, 0, 0, 0, 0, 75, 0, 150), 0, 0, 0, 0)
	entry := mp4Box("av01", append(append(make([]byte, 24), 2, 0, 1, 0), make([]byte, 50)...))
	stbl := append(mp4Box("stsd", append(words(0, 1), entry...)), mp4Box("stts", stts)...)
	mdia := append(longBox("mdhd", mdhd), mp4Box("hdlr", []byte("\x00\x00\x00\x00\x00\x00\x00\x00vide"))...)
	mdia = append(mdia, longBox("minf", longBox("stbl", stbl))...)
	mvhd := mp4Box("mvhd", append(words(1<<24, 0, 0, 0, 0, 1000, 0, 2000), zeros...))
	elst := mp4Box("edts", mp4Box("elst", words(1<<24, 1, 0, shown, 0, 0, 1<<16)))
	trak := append(mp4Box("tkhd", append(words(1<<24, 0, 0, 0, 0, 7), zeros...)), elst...)
	moov := append(mvhd, mp4Box("trak", append(trak, longBox("mdia", mdia)...))...)
	return append(mp4Box("ftyp", []byte("isom0000")), longBox("moov", moov)...)
}
