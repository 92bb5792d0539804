package film

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// Sound of a joined video is mixed as stereo of 16 bits.
const (
	sampleRate  = 48000 // a second
	sampleBytes = 4     // of both channels

	shotAudioTime  = 5 * time.Minute // to decode the sound of a shot
	maxShotSeconds = 11 * 60         // of decoded sound
)

// samplesIn returns how many samples as many frames take.
func (c *joinCut) samplesIn(frames int) int64 {
	return int64(frames) * sampleRate / int64(c.spec.FrameRate)
}

// mixAudio writes the sound of the joined video to the soundtrack's file. Where one shot dissolves into the next, so does the
// sound. A shot without sound, or whose sound ends early, is silent.
func (c *joinCut) mixAudio(ctx context.Context) error {
	f, err := os.Create(c.spec.soundtrack)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	defer func() { _ = f.Close() }()
	out := bufio.NewWriter(f)
	var tail []byte // what is left of the shot before
	for i := range c.shots {
		if tail, err = c.mixShot(ctx, out, &c.shots[i], tail); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("render: write the sound: %w", err)
	}
	return f.Close()
}

// mixShot writes the sound of a shot, mixed with the end of the shot before, and returns its own end, which the next one is mixed
// with.
func (c *joinCut) mixShot(ctx context.Context, out io.Writer, s *cutShot, before []byte) (tail []byte, err error) {
	in, remove, err := c.shotAudio(ctx, s)
	if err != nil {
		return nil, err
	}
	defer remove()
	head := make([]byte, len(before))
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, fmt.Errorf("render: read the sound: %w", err)
	}
	fade(head, before)
	if _, err := out.Write(head); err != nil {
		return nil, fmt.Errorf("render: write the sound: %w", err)
	}
	tail = make([]byte, c.samplesIn(s.leaves)*sampleBytes)
	if _, err := io.CopyN(out, in, c.samplesIn(s.frames)*sampleBytes-int64(len(head)+len(tail))); err != nil {
		return nil, fmt.Errorf("render: write the sound: %w", err)
	}
	_, err = io.ReadFull(in, tail)
	return tail, err
}

// fade mixes the sound of a shot with that of the shot before, which becomes silent meanwhile.
func fade(now, before []byte) {
	for i := 0; i < len(before); i += 2 {
		a, b := int64(int16(binary.LittleEndian.Uint16(before[i:]))), int64(int16(binary.LittleEndian.Uint16(now[i:])))
		n, all := int64(i), int64(len(before))
		binary.LittleEndian.PutUint16(now[i:], uint16(int16((a*(all-n)+b*n)/all)))
	}
}

// shotAudio decodes the sound of a shot to a file, and returns a reader of it that never ends: silence follows.
func (c *joinCut) shotAudio(ctx context.Context, s *cutShot) (in io.Reader, remove func(), err error) {
	if !s.facts.HasAudio {
		return silence{}, func() {}, nil
	}
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
