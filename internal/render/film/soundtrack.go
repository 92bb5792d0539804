package film

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/sound"
)

// Sound is stereo of 16 bits, as package sound makes it.
const (
	sampleRate  = sound.Rate
	sampleBytes = sound.SampleBytes

	shotAudioTime  = 5 * time.Minute // to decode the sound of a shot
	maxShotSeconds = 11 * 60         // of decoded sound
)

// samplesIn returns how many samples as many frames take.
func (s Spec) samplesIn(frames int) int64 {
	return int64(frames) * sampleRate / int64(s.FrameRate)
}

// mixAudio writes the sound of the joined video to the soundtrack's file. Where one shot dissolves into the next, so does the
// sound; at a cut each is faded for a few milliseconds, so that nothing clicks. A shot without sound has room tone, and one whose
// sound ends early is silent from there.
func (c *joinCut) mixAudio(ctx context.Context) error {
	f, err := os.Create(c.spec.soundtrack)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	defer func() { _ = f.Close() }()
	out := bufio.NewWriter(f)
	tone := &roomTone{}
	var tail []byte // what is left of the shot before
	for i := range c.shots {
		if tail, err = c.mixShot(ctx, out, &c.shots[i], tone, tail); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("render: write the sound: %w", err)
	}
	return f.Close()
}

// mixShot writes the sound of a shot, mixed with the end of the shot before, and returns its own end, which the next one is mixed
// with. tone is the sound of shots that have none.
func (c *joinCut) mixShot(ctx context.Context, out io.Writer, s *cutShot, tone io.Reader, before []byte) (tail []byte, err error) {
	in, remove := tone, func() {}
	if s.facts.HasAudio {
		if in, remove, err = c.shotAudio(ctx, s); err != nil {
			return nil, err
		}
	}
	defer remove()
	in = &cutFader{in: in, left: c.spec.samplesIn(s.frames), fadeIn: s.dissolve == 0, fadeOut: s.leaves == 0}
	head := make([]byte, len(before))
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, fmt.Errorf("render: read the sound: %w", err)
	}
	crossFade(head, before)
	if _, err := out.Write(head); err != nil {
		return nil, fmt.Errorf("render: write the sound: %w", err)
	}
	tail = make([]byte, c.spec.samplesIn(s.leaves)*sampleBytes)
	if _, err := io.CopyN(out, in, c.spec.samplesIn(s.frames)*sampleBytes-int64(len(head)+len(tail))); err != nil {
		return nil, fmt.Errorf("render: write the sound: %w", err)
	}
	_, err = io.ReadFull(in, tail)
	return tail, err
}

// crossFade mixes the sound of a shot with that of the shot before, which becomes silent meanwhile. The sum of their powers stays,
// so that the middle is as loud as the ends.
func crossFade(now, before []byte) {
	for i := 0; i < len(before); i += 2 {
		share := float64(i/sampleBytes) / float64(len(before)/sampleBytes)
		scaled := fp.MulAdd(sampleAt(now, i), math.Sqrt(share), float64(sampleAt(before, i)*math.Sqrt(1-share)))
		putSample(now, i, scaled)
	}
}

func sampleAt(b []byte, i int) float64 { return float64(int16(binary.LittleEndian.Uint16(b[i:]))) } //nolint:gosec // its two's complement

// putSample writes a sample, rounded, and limited to 16 bits.
func putSample(b []byte, i int, v float64) {
	v = fp.Clamp(math.Floor(v+0.5), math.MinInt16, math.MaxInt16)
	binary.LittleEndian.PutUint16(b[i:], uint16(int16(v))) //nolint:gosec // within the range
}

// cutFader reads the sound of a shot and fades its begin and its end at cuts.
type cutFader struct {
	in              io.Reader // whole samples, without an end
	at, left        int64     // samples that were read, and that are left of the shot
	fadeIn, fadeOut bool
}

// cutFadeSamples is how long the sound is faded at a cut: 5 ms.
const cutFadeSamples = sampleRate / 200

// Read implements io.Reader. It reads whole samples only; p has room for one.
func (e *cutFader) Read(p []byte) (int, error) {
	p = p[:len(p)/sampleBytes*sampleBytes]
	n, err := io.ReadFull(e.in, p)
	for i := 0; i < n; i += sampleBytes {
		level := cutFadeSamples
		if e.fadeIn {
			level = int(min(int64(level), e.at))
		}
		if e.fadeOut {
			level = int(min(int64(level), max(0, e.left-1)))
		}
		if e.at, e.left = e.at+1, e.left-1; level == cutFadeSamples {
			continue
		}
		for _, side := range []int{i, i + 2} {
			putSample(p, side, sampleAt(p, side)*float64(level)/cutFadeSamples)
		}
	}
	return n, err
}

// roomTone is the sound of shots without sound: that of a quiet room, so that the video never falls silent. It has no end.
type roomTone struct {
	loop []byte // made when it is first read
	at   int
}

const (
	roomToneSeconds = 10
	roomToneQuieter = 17 // decibels below a sound bed: -40 LUFS
)

// Read implements io.Reader.
func (r *roomTone) Read(p []byte) (int, error) {
	if r.loop == nil {
		var loop bytes.Buffer
		bed := sound.Bed{Sources: sound.Of(sound.Scene{}, sound.Scene{}), Samples: roomToneSeconds * sampleRate, Loop: true, Quieter: roomToneQuieter}
		if _, err := bed.WriteTo(&loop); err != nil {
			return 0, err
		}
		r.loop = loop.Bytes()
	}
	n := copy(p, r.loop[r.at:])
	r.at = (r.at + n) % len(r.loop)
	return n, nil
}

// shotAudio decodes the sound of a shot to a file, and returns a reader of it that never ends: silence follows.
func (c *joinCut) shotAudio(ctx context.Context, s *cutShot) (in io.Reader, remove func(), err error) {
	path := c.spec.soundtrack + ".shot"
	args := append([]string{"-nostdin", "-v", "error", "-y"}, s.input()...)
	args = append(args, "-map", "0:a:0", "-vn", "-af", fmt.Sprintf("atrim=start=%f,asetpts=PTS-STARTPTS,aresample=%d:async=1", s.Start.Seconds(), sampleRate),
		"-ac", "2", "-t", fmt.Sprintf("%f", float64(s.frames)/float64(c.spec.FrameRate)), "-f", "s16le", "file:"+path)
	child := media.Child{Name: "ffmpeg", Args: args, Time: shotAudioTime, Writes: path, Bytes: maxShotSeconds * sampleRate * sampleBytes}
	if _, words, err := child.Run(ctx); err != nil {
		_ = os.Remove(path)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, nil, &ShotError{s.number, "has sound that can't be read", fmt.Errorf("%w: %s", err, words)}
	}
	f, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return nil, nil, fmt.Errorf("render: read the sound: %w", err)
	}
	remove = func() {
		_ = f.Close()
		_ = os.Remove(path)
	}
	return io.MultiReader(bufio.NewReader(f), silence{}), remove, nil
}

// silence is a reader of zeros without an end.
type silence struct{}

// Read implements io.Reader.
func (silence) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
