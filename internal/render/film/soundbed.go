package film

import (
	"fmt"
	"os"

	"github.com/filmgate/filmgate/internal/render/scene"
	"github.com/filmgate/filmgate/internal/render/sound"
)

// writeSoundBed writes the sound of the video to the soundtrack's file.
func (s Spec) writeSoundBed() error {
	f, err := os.Create(s.soundtrack)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	defer func() { _ = f.Close() }()
	if _, err := s.soundBed().WriteTo(f); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return f.Close()
}

// soundBed returns the sound of what the video shows: of the scene that is drawn, or of what the words name if there is a picture.
func (s Spec) soundBed() sound.Bed {
	heard := sound.Scene{Prompt: s.Prompt, Settings: scene.Named(s.Prompt)}
	if s.First == nil && s.Last == nil {
		heard.Settings = scene.Settings(s.Prompt, s.Without, s.Seed)
	}
	without := sound.Scene{Prompt: s.Without, Settings: scene.Named(s.Without)}
	return sound.Bed{Sources: sound.Of(heard, without), Samples: int(s.samplesIn(s.Frames)), Seed: s.Seed, Loop: s.Loop}
}
