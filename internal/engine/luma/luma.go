// Package luma is the [engine.Engine] for Luma: its Agents API, which has ray-3.2, and as flavor "dream-machine-v1" the Dream Machine
// API, v1, which Luma switched off on 2026-10-24 and relays go on serving.
//
// It holds the wire types of both and, in agents.yaml and dream-machine-v1.yaml, their models. Sources of the Agents API:
// github.com/lumalabs/luma-agents-typescript @1ec841b src/resources/generations.ts, docs.agents.lumalabs.ai/guides/videos and
// /guides/error-handling; of the Dream Machine API: github.com/lumalabs/lumaai-api @2520034 openapi.yaml, lumalabs/lumaai-python @c00ac17
// types, docs.lumalabs.ai/docs/errors and /docs/video-generation. Not confirmed by the vendor's docs: how large an input may be, how long a
// generation is kept, and prices.
package luma

import (
	"cmp"
	_ "embed"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// The addresses of the APIs.
const (
	BaseURL         = "https://agents.lumalabs.ai"
	DreamMachineURL = "https://api.lumalabs.ai/dream-machine/v1"
)

// dreamMachineV1 is the flavor of relays.
const dreamMachineV1 = "dream-machine-v1"

//go:embed agents.yaml
var agentsTable []byte

//go:embed dream-machine-v1.yaml
var dreamMachineTable []byte

// Options configures an engine.
type Options struct {
	Flavor  string // "" = the Agents API; one of Flavors
	Key     string // "luma-…"
	BaseURL string // "" = the flavor's own
	HTTP    *http.Client
	Now     func() time.Time
}

// Flavors returns the other APIs that the engine speaks.
func Flavors() []string { return []string{dreamMachineV1} }

// New returns an engine that makes videos at Luma, or at a relay.
func New(o Options) engine.Engine {
	c := &engine.Client{
		HTTP: o.HTTP, Base: cmp.Or(o.BaseURL, BaseURL), Now: o.Now, Secrets: []string{o.Key}, Sign: engine.Bearer(o.Key), Fail: errorOf,
	}
	if o.Flavor == dreamMachineV1 {
		c.Base = cmp.Or(o.BaseURL, DreamMachineURL)
		return &dreamMachine{client: c, models: engine.ReadModels(dreamMachineTable)}
	}
	return &agents{client: c, models: engine.ReadModels(agentsTable)}
}

// reasonOf classifies Luma's error message, "" if it says no reason. Luma has no error codes.
func reasonOf(message string) task.Reason {
	lower := strings.ToLower(message)
	for _, x := range []struct {
		words  string
		reason task.Reason
	}{
		{"frame moderation", task.SafetyInputImage},
		{"moderation", task.SafetyInputText},
		{"blacklisted words", task.SafetyInputText},
		{"input frames", task.AssetInvalid},
		{"prompt processing", task.PreprocessFailed},
		{"prompt is too", task.VendorRefused},
		{"prompt is required", task.VendorRefused},
	} {
		if strings.Contains(lower, x.words) {
			return x.reason
		}
	}
	return ""
}

// errorOf classifies a 400 by its message: Luma uses 400 for content, images and lack of credits.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp apiError
	if status != http.StatusBadRequest || !engine.DecodeObject(body, &resp) {
		return nil
	}
	if strings.Contains(strings.ToLower(resp.Detail), "credits") {
		return &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused}
	}
	e := &engine.Error{Class: engine.Refused, Reason: reasonOf(resp.Detail)}
	if lower := strings.ToLower(resp.Detail); strings.Contains(lower, "prompt is too") || strings.Contains(lower, "prompt is required") {
		e.Text = "It takes prompts of 3 to 5000 characters. Change the prompt."
	}
	return e
}
