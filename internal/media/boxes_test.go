package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// clip describes a movie built from boxes, which tests change: by default 48 frames of 2 ticks at 48 a second, 64 x 32.
type clip struct {
	handler                string
	timescale, length      uint32
	stts                   []byte
	width, height          uint16
	edits                  []byte // body of elst; nil = none
	movieTimescale         uint32
	matrix                 []uint32 // a, b, c, d; nil = upright
	id                     uint32
	moreTracks, moreMovies []byte
}

func (c clip) track() []byte {
	entry := mp4Box("avc1", slices.Concat(make([]byte, 24), words(uint32(c.width)<<16|uint32(c.height)), make([]byte, 50)))
	stbl := append(mp4Box("stsd", append(words(0, 1), entry...)), mp4Box("stts", c.stts)...)
	mdia := slices.Concat(mp4Box("mdhd", words(0, 0, 0, c.timescale, c.length, 0)),
		mp4Box("hdlr", append(words(0, 0), c.handler...)), mp4Box("minf", mp4Box("stbl", stbl)))
	m := c.matrix
	if m == nil {
		m = []uint32{1 << 16, 0, 0, 1 << 16}
	}
	tkhd := append(words(0, 0, 0, c.id, 0, 0, 0, 0, 0, 0), words(m[0], m[1], 0, m[2], m[3], 0, 0, 0, 1<<30)...)
	trak := mp4Box("tkhd", tkhd)
	if c.edits != nil {
		trak = append(trak, mp4Box("edts", mp4Box("elst", c.edits))...)
	}
	return mp4Box("trak", append(trak, mp4Box("mdia", mdia)...))
}

func (c clip) bytes() []byte {
	moov := slices.Concat(mp4Box("mvhd", words(0, 0, 0, c.movieTimescale, 0)), c.track(), c.moreTracks)
	return slices.Concat(mp4Box("ftyp", []byte("isom0000")), mp4Box("moov", moov), c.moreMovies)
}

// plainClip returns the default clip.
func plainClip() clip {
	return clip{handler: "vide", timescale: 48, length: 96, stts: words(0, 1, 48, 2), width: 64, height: 32, movieTimescale: 1000, id: 1}
}

func facts(b []byte) (media.VideoFacts, error) { return media.Facts(bytes.NewReader(b), int64(len(b))) }

func TestFactsOfHandMadeClips(t *testing.T) {
	sound := clip{handler: "soun", timescale: 8000, length: 8000, stts: words(0, 1, 8000, 1), id: 2}.track()
	whole := media.VideoFacts{Width: 64, Height: 32, FrameRate: 24, Frames: 48, Duration: 2 * time.Second, Codec: "avc1"}
	with := func(change func(*media.VideoFacts)) media.VideoFacts { f := whole; change(&f); return f }
	turned := with(func(f *media.VideoFacts) { f.Width, f.Height = 32, 64 })
	half := with(func(f *media.VideoFacts) { f.Frames, f.Duration = 24, time.Second })
	for _, c := range []struct {
		name   string
		change func(*clip)
		want   media.VideoFacts
	}{
		{"nothing changed", func(*clip) {}, whole},
		{"with sound", func(c *clip) { c.moreTracks = sound }, with(func(f *media.VideoFacts) { f.HasAudio = true })},
		{"the first of two pictures", func(c *clip) { d := *c; d.width = 8; c.moreTracks = d.track() }, whole},
		{"rotated by 90°", func(c *clip) { c.matrix = []uint32{0, 1 << 16, 0xffff0000, 0} }, turned},
		{"rotated by 270°", func(c *clip) { c.matrix = []uint32{0, 0xffff0000, 1 << 16, 0} }, turned},
		{"rotated by 180°", func(c *clip) { c.matrix = []uint32{0xffff0000, 0, 0, 0xffff0000} }, whole},
		{"a matrix of nothing", func(c *clip) { c.matrix = []uint32{0, 0, 0, 0} }, whole},
		{"frames of many durations", func(c *clip) { c.stts = words(0, 3, 40, 1, 7, 2, 1, 42) }, whole},
		{"frames without durations, by the header", func(c *clip) { c.stts = words(0, 1, 48, 0) }, whole},
		{"a last frame without duration", func(c *clip) { c.stts = words(0, 3, 46, 2, 1, 4, 1, 0) }, whole},
		{"fewer entries than the count", func(c *clip) { c.stts = words(0, 99, 48, 2) }, whole},
		{"more entries than the count", func(c *clip) { c.stts = words(0, 1, 48, 2, 100, 100) }, whole},
		{"an edit that shows all", func(c *clip) { c.edits = words(0, 1, 2000, 0, 1<<16) }, whole},
		{"an edit that shows half", func(c *clip) { c.edits = words(0, 1, 1000, 0, 1<<16) }, half},
		{"two edits that show half together", func(c *clip) { c.edits = words(0, 2, 500, 0, 1<<16, 500, 48, 1<<16) }, half},
		{"an edit that shows more than there is", func(c *clip) { c.edits = words(0, 1, 9000, 0, 1<<16) }, whole},
		{"an empty edit before it", func(c *clip) { c.edits = words(0, 2, 700, 1<<32-1, 1<<16, 2000, 0, 1<<16) }, whole},
		{"an edit shorter by less than half a frame", func(c *clip) { c.edits = words(0, 1, 1985, 0, 1<<16) }, whole},
		{"an edit of no duration, as in fragments", func(c *clip) { c.edits = words(0, 1, 0, 0, 1<<16) }, whole},
		{"a truncated edit list", func(c *clip) { c.edits = words(0, 7, 2000, 0) }, whole},
		{"a movie without a timescale", func(c *clip) { c.movieTimescale, c.edits = 0, words(0, 1, 1, 0, 1<<16) }, whole},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := plainClip()
			c.change(&m)
			if got, err := facts(m.bytes()); err != nil || got != c.want {
				t.Errorf("%+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestImpossibleClips(t *testing.T) {
	const most = 1<<32 - 1
	for _, c := range []struct {
		name   string
		change func(*clip)
		says   string
	}{
		{"no timescale", func(c *clip) { c.timescale = 0 }, "length is none"},
		{"no frames", func(c *clip) { c.stts = words(0, 0) }, "no frames"},
		{"a truncated table of frames", func(c *clip) { c.stts = words(0) }, "no frames"},
		{"frames without a duration", func(c *clip) { c.stts, c.length = words(0, 1, 48, 0), 0 }, "length is none"},
		{"no width", func(c *clip) { c.width = 0 }, "no size"},
		{"no height", func(c *clip) { c.height = 0 }, "no size"},
		{"no picture", func(c *clip) { c.handler = "soun" }, "no picture track"},
		{"a track of subtitles", func(c *clip) { c.handler = "subt" }, "no picture track"},
		{"an edit that shows less than a tick", func(c *clip) { c.timescale, c.edits = 1, words(0, 1, 1, 0, 1<<16) }, "length is none"},
		{"a frame that is too long", func(c *clip) { c.timescale, c.stts = 1, words(0, 1, 1, most) }, "longer than 1000h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := plainClip()
			c.change(&m)
			if got, err := facts(m.bytes()); !errors.Is(err, media.ErrNotVideo) || !strings.Contains(err.Error(), c.says) || got != (media.VideoFacts{}) {
				t.Errorf("%+v, %v, want %q", got, err, c.says)
			}
		})
	}
}

// sized returns a box that gives the wrong size.
func sized(kind string, size uint32, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, size), append([]byte(kind), body...)...)
}

// wide64 is like sized, with a size of 64 bits.
func wide64(kind string, size uint64, body []byte) []byte {
	return append(sized(kind, 1, binary.BigEndian.AppendUint64(nil, size)), body...)
}

func TestBoxSizes(t *testing.T) {
	clip := plainClip().bytes()
	moov := clip[16:]
	zeros := make([]byte, 40)
	for _, c := range []struct {
		name string
		b    []byte
		err  error // nil = its facts are read
	}{
		{"to the end", append(bytes.Clone(clip), sized("mdat", 0, zeros)...), nil},
		{"to the end, and so is the header", sized("moov", 0, moov[8:]), nil},
		{"of 64 bits", slices.Concat(wide64("mdat", 56, zeros), clip), nil},
		{"empty ones", slices.Concat(sized("free", 8, nil), sized("skip", 8, nil), wide64("free", 16, nil), clip), nil},
		{"one byte short", append(bytes.Clone(clip), sized("mdat", 49, zeros)...), media.ErrTruncated},
		{"4 GB in a small file", append(bytes.Clone(clip), sized("mdat", 1<<32-1, zeros)...), media.ErrTruncated},
		{"all that 64 bits hold", append(bytes.Clone(clip), wide64("mdat", 1<<63-1, zeros)...), media.ErrTruncated},
		{"a header that is larger than the file", sized("moov", 1<<20, moov[8:]), media.ErrTruncated},
		{"a size that is cut", append(bytes.Clone(clip), 0, 0, 1), media.ErrTruncated},
		{"a size of 64 bits that is cut", append(bytes.Clone(clip), wide64("mdat", 1000, nil)[:12]...), media.ErrTruncated},
		// Bytes that are no box end the file, as for players.
		{"smaller than its header", append(bytes.Clone(clip), sized("mdat", 7, zeros)...), nil},
		{"smaller than its header of 64 bits", append(bytes.Clone(clip), wide64("mdat", 15, zeros)...), nil},
		{"negative", append(bytes.Clone(clip), wide64("mdat", 1<<63, zeros)...), nil},
		{"zeros as padding", append(bytes.Clone(clip), zeros...), nil},
		{"smaller than its header, at the start", slices.Concat(sized("free", 7, nil), clip), media.ErrNotVideo},
		{"a text, which would be a box of a gigabyte", []byte("abcdefgh, and so on"), media.ErrNotVideo},
		{"an unprintable kind", slices.Concat(sized("\x01\x02\x03\x04", 8, nil), clip), media.ErrNotVideo},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := facts(c.b)
			if !errors.Is(err, c.err) || c.err == nil && got.Frames != 48 {
				t.Errorf("%+v, %v, want %v", got, err, c.err)
			}
		})
	}
}

// No prefix of a file causes another kind of error, or hangs.
func TestFileTruncatedAnywhere(t *testing.T) {
	whole := append(plainClip().bytes(), sized("mdat", 48, make([]byte, 40))...)
	header := len(plainClip().bytes())
	for n := range whole {
		got, err := facts(whole[:n])
		switch {
		case n == header:
			if err != nil {
				t.Errorf("%d bytes, between two boxes: %v", n, err)
			}
		case n == 0 || n == 16:
			if !errors.Is(err, media.ErrNotVideo) {
				t.Errorf("%d bytes: %v", n, err)
			}
		case n > header:
			if !errors.Is(err, media.ErrTruncated) || got.Frames != 48 {
				t.Errorf("%d bytes, with a complete header: %+v, %v", n, got, err)
			}
		case !errors.Is(err, media.ErrTruncated) && !(n < 16 && errors.Is(err, media.ErrNotVideo)) || got != (media.VideoFacts{}):
			t.Errorf("%d bytes: %+v, %v", n, got, err)
		}
	}
}

// A read error is returned as it is: the file may be valid.
func TestReadErrorsAreReturned(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, good := range []int64{0, 16, 24} {
		r := failing{bytes.NewReader(plainClip().bytes()), good, broken}
		if _, err := media.Facts(r, r.Size()); !errors.Is(err, broken) || errors.Is(err, media.ErrNotVideo) || errors.Is(err, media.ErrTruncated) {
			t.Errorf("after %d bytes: %v", good, err)
		}
	}
}

type failing struct {
	*bytes.Reader
	good int64
	err  error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.good {
		return 0, f.err
	}
	return f.Reader.ReadAt(p, off)
}

// endless is a file of any size with the same byte everywhere.
type endless struct{ b byte }

func (e endless) ReadAt(p []byte, _ int64) (int, error) {
	for i := range p {
		p[i] = e.b
	}
	return len(p), nil
}

func TestHugeHeaderIsNotRead(t *testing.T) {
	const size = 1 << 40
	head := bytes.NewReader(wide64("moov", size, nil))
	r := io.ReaderAt(readerAt(func(p []byte, off int64) (int, error) {
		if off == 0 {
			return head.ReadAt(p, 0)
		}
		return endless{0}.ReadAt(p, off)
	}))
	if _, err := media.Facts(r, size); !errors.Is(err, media.ErrNotVideo) || !strings.Contains(err.Error(), "a header of") {
		t.Errorf("%v", err)
	}
}

type readerAt func(p []byte, off int64) (int, error)

func (f readerAt) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }
