package media_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// fragmented returns a movie with no frames in its header and the given fragments; trex gives a frame 2 ticks of 48.
func fragmented(moofs ...[]byte) []byte {
	c := plainClip()
	c.stts, c.length = words(0, 0), 0
	c.moreTracks = mp4Box("mvex", slices.Concat(mp4Box("trex", words(0, 2, 1, 99, 0, 0)), mp4Box("trex", words(0, 1, 1, 2, 0, 0))))
	c.moreMovies = slices.Concat(moofs...)
	return c.bytes()
}

// moof returns a fragment of one track with its runs.
func moof(tfhd []byte, truns ...[]byte) []byte {
	traf := mp4Box("tfhd", tfhd)
	for _, run := range truns {
		traf = append(traf, mp4Box("trun", run)...)
	}
	return mp4Box("moof", append(mp4Box("mfhd", words(0, 1)), mp4Box("traf", traf)...))
}

func TestFactsOfHandMadeFragments(t *testing.T) {
	const (
		baseOffset, description, duration, size = 0x01, 0x02, 0x08, 0x10
		runOffset, runFirst                     = 0x001, 0x004
		runDuration, runSize, runFlags, runTime = 0x100, 0x200, 0x400, 0x800
	)
	plain := words(0, 1)
	for _, c := range []struct {
		name   string
		moofs  [][]byte
		frames int
		ticks  int // of 48 a second
	}{
		{"durations of the movie", [][]byte{moof(plain, words(0, 5))}, 5, 10},
		{"durations of the fragment", [][]byte{moof(words(duration, 1, 3), words(0, 5))}, 5, 15},
		{"after all other fields of a fragment", [][]byte{moof(words(baseOffset|description|duration|size, 1, 0, 0, 7, 3, 9), words(0, 5))}, 5, 15},
		{"durations of each frame", [][]byte{moof(plain, words(runDuration, 3, 1, 2, 4))}, 3, 7},
		{"among all other fields of a frame", [][]byte{moof(plain, words(runOffset|runFirst|runDuration|runSize|runFlags|runTime, 2, 77, 88, 5, 0, 0, 0, 6, 0, 0, 0))}, 2, 11},
		{"only sizes", [][]byte{moof(plain, words(runSize, 2, 1000, 1000))}, 2, 4},
		{"two runs", [][]byte{moof(plain, words(0, 5), words(runDuration, 1, 9))}, 6, 19},
		{"many fragments", [][]byte{moof(plain, words(0, 5)), moof(words(duration, 1, 3), words(0, 2)), moof(plain, words(0, 1))}, 8, 18},
		{"of a missing track", [][]byte{moof(words(0, 2), words(0, 1000)), moof(plain, words(0, 5))}, 5, 10},
		{"a run before its track is named", [][]byte{mp4Box("moof", mp4Box("traf", append(mp4Box("trun", words(0, 1000)), mp4Box("tfhd", plain)...))), moof(plain, words(0, 5))}, 5, 10},
		{"fewer frames than the count", [][]byte{moof(plain, words(runDuration, 1000, 1, 2))}, 2, 3},
		{"a truncated frame", [][]byte{moof(plain, words(runDuration|runSize, 2, 1, 100, 2))}, 1, 1},
		{"media between them", [][]byte{moof(plain, words(0, 5)), mp4Box("mdat", make([]byte, 9)), mp4Box("sidx", nil), moof(plain, words(0, 5)), mp4Box("mfra", nil)}, 10, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := media.VideoFacts{Width: 64, Height: 32, Codec: "avc1", Frames: c.frames, Duration: time.Duration(c.ticks) * time.Second / 48,
				FrameRate: float64(c.frames) * 48 / float64(c.ticks)}
			if got, err := facts(fragmented(c.moofs...)); err != nil || got != want {
				t.Errorf("%+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

func TestInvalidFragments(t *testing.T) {
	const most = 1<<32 - 1
	for name, b := range map[string][]byte{
		"none":                                 fragmented(),
		"of no frames":                         fragmented(moof(words(0, 1), words(0, 0))),
		"too many frames":                      fragmented(moof(words(0, 1), words(0, most))),
		"too many frames in several fragments": fragmented(slices.Repeat([][]byte{moof(words(0, 1), words(0, 1<<30))}, 3)...),
		"too long":                             fragmented(moof(words(8, 1, most), words(0, 1<<20))),
		"lengths that overflow":                fragmented(slices.Repeat([][]byte{moof(words(8, 1, most), words(0, 1<<29))}, 4)...),
		"before the movie header":              append(moof(words(0, 1), words(0, 5)), fragmented()...),
		"without a movie":                      moof(words(0, 1), words(0, 5)),
		"without durations":                    fragmented(moof(words(8, 1, 0), words(0, 5))),
		"with truncated boxes":                 fragmented(mp4Box("moof", sized("traf", 100, mp4Box("tfhd", words(0, 1))))),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := facts(b); !errors.Is(err, media.ErrNotVideo) || got != (media.VideoFacts{}) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestTruncatedFragment(t *testing.T) {
	b := fragmented(moof(words(0, 1), words(0, 5)), moof(words(0, 1), words(0, 5)))
	got, err := facts(b[:len(b)-1])
	if !errors.Is(err, media.ErrTruncated) || got.Frames != 5 {
		t.Errorf("%+v, %v, want the frames of the complete one", got, err)
	}
}
