package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAComfyUIWorkflowIsAModelOnceItsFileIsNamed(t *testing.T) {
	t.Parallel()
	graph, err := os.ReadFile(filepath.Join("..", "..", "internal", "node", "testdata", "flows", "wan.json"))
	if err != nil {
		t.Fatal(err)
	}
	v := vendors(t, time.Second, `
engines:
  - name: studio
    type: comfyui
    base_url: "{url}/comfyui"
    {here}
    keys: [{key: "{key}"}]
    workflows:
      - name: wan
        file: wan.json
        modes: [text, first_frame]
        max_seconds: 10
        seed: true
        slots: {prompt: [6.text], seed: [3.seed], frames: [50.length], width: [50.width], height: [50.height], first_frame: [52.image]}
models: {"*": [studio/wan]}
`)
	if err := os.WriteFile(filepath.Join(filepath.Dir(v.path), "wan.json"), graph, 0o600); err != nil {
		t.Fatal(err)
	}
	p := v.run(t)
	id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
	p.until(t, id, hasSucceeded)
	if got := p.whole(t, id); got.Engine != "studio" || got.Attempts[0].Model != "wan" {
		t.Errorf("%+v", got)
	}
}
