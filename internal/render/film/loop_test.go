package film

import (
	"bytes"
	"strings"
	"testing"
)

func TestALoopEndsOnItsFirstFrame(t *testing.T) {
	t.Parallel()
	for _, s := range []Spec{
		{Prompt: "zoom in on a boat in the rain", Seed: 3},
		{Prompt: "pan right", First: testPicture(320, 192)},
	} {
		s.Width, s.Height, s.Frames, s.FrameRate, s.Loop = 320, 192, 25, 24, true
		all := frames(s, 0, 1, 12, 23, 24)
		for _, pair := range [][2]int{{0, 4}, {1, 3}} {
			if a, b := all[pair[0]], all[pair[1]]; !bytes.Equal(a.Pix, b.Pix) {
				t.Errorf("%q: frames %d and %d from the two ends differ", s.Prompt, pair[0], pair[0])
			}
		}
		if bytes.Equal(all[0].Pix, all[2].Pix) {
			t.Errorf("%q: the camera does not move", s.Prompt)
		}
	}
}

func TestALoopHasNoLastPicture(t *testing.T) {
	s := Spec{Width: 320, Height: 192, Frames: 25, FrameRate: 24, Loop: true, Last: testPicture(4, 4)}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "Loop is given with Last") {
		t.Errorf("%v", err)
	}
}
