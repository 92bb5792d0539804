package client

import (
	"context"
	"net/http"
)

// Model is what this client reads of a model.
type Model struct {
	Name    string  `json:"name"`
	Engines []Offer `json:"engines"`
}

// Offer is what one engine can do with a model.
type Offer struct {
	Engine        string   `json:"engine"`
	Model         string   `json:"model"`
	Weight        int      `json:"weight"`
	Modes         []string `json:"modes"`
	Seconds       []int    `json:"seconds"`
	MaxSeconds    int      `json:"max_seconds"`
	AspectRatios  []string `json:"aspect_ratios"`
	Resolutions   []string `json:"resolutions"`
	ResultSeconds int      `json:"result_seconds"`
	Price         *struct {
		PerSecond float64 `json:"per_second"`
		PerClip   float64 `json:"per_clip"`
		Currency  string  `json:"currency"`
	} `json:"price"`
}

// Models returns the server's answer about its models: JSON.
func (c Client) Models(ctx context.Context) ([]byte, error) {
	return c.Call(ctx, http.MethodGet, "/api/v1/models", nil)
}
