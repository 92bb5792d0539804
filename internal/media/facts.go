package media

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"time"
)

// ErrNotVideo is returned (wrapped, with the reason) for bytes that are no MP4 or QuickTime file, or that have no picture
// track.
var ErrNotVideo = errors.New("media: not a video")

// ErrTruncated is returned (wrapped) for a video that ends before its headers say it does.
var ErrTruncated = errors.New("media: the video is cut short")

// errNoMP4 ends the reading of a file that begins with no box of an MP4.
var errNoMP4 = errors.New("media: no MP4")

// maxDuration limits the duration in a header; a longer one counts as damage.
const maxDuration = 1000 * time.Hour

// maxTracks limits the tracks that are read.
const maxTracks = 64

// VideoFacts describes the first picture track of a video file. All of it comes from the headers; no frame is decoded.
type VideoFacts struct {
	Width, Height int           // pixels as shown, after a rotation by 90° or 270° that the file asks for
	FrameRate     float64       // frames per second: Frames over Duration, so the mean if the rate varies
	Frames        int           // frames that are shown
	Duration      time.Duration // of the picture track; sound may be longer
	Codec         string        // four-letter code of the sample entry: "avc1", "hvc1", "av01"
	HasAudio      bool
}

// Facts reads the facts of an MP4 or QuickTime file of size bytes: plain, with its header at either end, or fragmented. It
// applies an edit list that trims the track, and ignores other edits. The error wraps ErrNotVideo or ErrTruncated, or is r's
// own. With ErrTruncated the facts are those in the headers, or zero if the header itself is missing.
func Facts(r io.ReaderAt, size int64) (VideoFacts, error) {
	f, _, err := inspect(r, size)
	return f, err
}

// inspect is like Facts, and also returns all that was read.
func inspect(r io.ReaderAt, size int64) (VideoFacts, *movie, error) {
	m := &movie{defaults: map[uint32]sampleDefaults{}}
	cut := false
	switch err := topBoxes(r, size, m.visit); {
	case errors.Is(err, errTruncated):
		cut = true
	case errors.Is(err, errNoMP4):
	case err != nil:
		return VideoFacts{}, nil, err
	}
	switch {
	case !m.isMP4:
		return VideoFacts{}, nil, notVideo("%s", otherFormat(r))
	case !m.header && cut:
		return VideoFacts{}, nil, fmt.Errorf("%w: %w", ErrTruncated, errTruncated)
	case !m.header:
		return VideoFacts{}, nil, notVideo("the file has no movie header")
	}
	facts, err := m.facts()
	if err == nil && cut {
		return facts, m, fmt.Errorf("%w: %w", ErrTruncated, errTruncated)
	}
	return facts, m, err
}

// otherFormat returns the format, in words, of a file that does not begin like an MP4.
func otherFormat(r io.ReaderAt) string {
	head := make([]byte, 1024)
	n, _ := r.ReadAt(head, 0) // what can be read says enough
	if name := sniff(head[:n]).name; name != "an MP4 video" {
		return name
	}
	return "a damaged MP4"
}

// notVideo returns an ErrNotVideo with a reason.
func notVideo(format string, a ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrNotVideo}, a...)...)
}

// movie collects what the boxes of a file say.
type movie struct {
	isMP4         bool // the file begins like an MP4
	header        bool // a movie header was read
	timescale     uint32
	tracks        []*track
	defaults      map[uint32]sampleDefaults // by track: what a frame of a fragment is like if nothing else is said
	tooManyTracks bool                      // the file has more than maxTracks tracks
	compressed    bool                      // the header is compressed, as QuickTime's of old may be
}

// visit reads a box of the top level; body is nil if the box is truncated.
func (m *movie) visit(kind string, body *io.SectionReader) error {
	if !m.isMP4 {
		switch kind {
		case "ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "moof", "pnot":
			m.isMP4 = true
		default:
			return errNoMP4
		}
	}
	if body == nil || kind != "moov" && kind != "moof" {
		return nil
	}
	b, err := readBox(body)
	if err != nil {
		return err
	}
	if kind == "moov" {
		m.readHeader(b)
	} else {
		m.readFragment(b)
	}
	return nil
}

// readHeader reads a moov box.
func (m *movie) readHeader(b []byte) {
	m.header = true
	for kind, body := range children(b) {
		switch kind {
		case "mvhd":
			m.timescale = u32(body, 12)
			if isVersion1(body) {
				m.timescale = u32(body, 20)
			}
		case "trak":
			if m.tooManyTracks = m.tooManyTracks || len(m.tracks) == maxTracks; !m.tooManyTracks {
				m.tracks = append(m.tracks, readTrack(body))
			}
		case "cmov":
			m.compressed = true
		case "mvex":
			for kind, body := range children(body) {
				if kind == "trex" {
					m.defaults[u32(body, 4)] = sampleDefaults{ticks: u32(body, 12), bytes: u32(body, 16)}
				}
			}
		}
	}
}

// facts returns the facts from what was read. It fails with ErrNotVideo if they are incomplete or out of range.
func (m *movie) facts() (VideoFacts, error) {
	var f VideoFacts
	video := m.video()
	for _, t := range m.tracks {
		f.HasAudio = f.HasAudio || t.handler == "soun"
	}
	switch {
	case video == nil:
		return VideoFacts{}, notVideo("the file has no picture track")
	case video.width == 0 || video.height == 0:
		return VideoFacts{}, notVideo("the picture track has no size")
	case video.frames == 0 || video.outOfRange:
		return VideoFacts{}, notVideo("the picture track has no frames, or more than can be")
	}
	frames, ticks := video.shown(m.timescale)
	if video.timescale == 0 || ticks == 0 || ticks/uint64(video.timescale) > uint64(maxDuration/time.Second) {
		return VideoFacts{}, notVideo("the picture track's length is none, or longer than %v", maxDuration)
	}
	hi, lo := bits.Mul64(ticks, uint64(time.Second))
	ns, _ := bits.Div64(hi, lo, uint64(video.timescale))
	f.Width, f.Height, f.Codec = video.width, video.height, video.codec
	f.Frames = int(frames) //nolint:gosec // bounded by maxFrames
	f.Duration = time.Duration(ns)
	f.FrameRate = float64(frames) * float64(video.timescale) / float64(ticks)
	return f, nil
}

// video returns the first picture track, or nil.
func (m *movie) video() *track {
	for _, t := range m.tracks {
		if t.handler == "vide" {
			return t
		}
	}
	return nil
}
