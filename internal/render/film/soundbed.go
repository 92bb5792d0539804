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

// soundBed returns the sound of what the video shows: of the scene that is drawn, or of what the words name if there is a
// picture or a plate.
func (s Spec) soundBed() sound.Bed {
	r := s.read()
	heard := sound.Scene{Prompt: r.scene, Settings: scene.Named(r.scene)}
	if !s.hasPicture() && !r.plate {
		heard.Settings = scene.Settings(r.scene, s.Without, s.Seed)
	}
	without := sound.Scene{Prompt: s.Without, Settings: scene.Named(s.Without)}
	return sound.Bed{Sources: sound.Of(heard, without), Samples: int(s.samplesIn(s.Frames)), Seed: s.Seed, Loop: s.Loop}
}
