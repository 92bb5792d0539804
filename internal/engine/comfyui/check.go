package comfyui

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
)

// Check implements [engine.Checker]: it asks for the server's version and devices.
func (e *Engine) Check(ctx context.Context) (string, error) {
	var out struct {
		System struct {
			Version string `json:"comfyui_version"`
		} `json:"system"`
		Devices []struct {
			Name string `json:"name"`
			Free int64  `json:"vram_free"` // bytes
		} `json:"devices"`
	}
	if _, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/system_stats", Out: &out, Limit: responseLimit}); err != nil {
		return "", err
	}
	learned := strings.TrimSpace("ComfyUI " + out.System.Version)
	for _, d := range out.Devices {
		learned += fmt.Sprintf(", %s with %.1f GiB free", d.Name, float64(d.Free)/(1<<30))
	}
	return learned, nil
}
