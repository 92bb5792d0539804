package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// Generation is what a user asks for.
type Generation struct {
	Prompt, Model string // Model "" = the server's default
	Image         string // picture file, or URL, that the video starts on; "" = none
	Seconds       int
	Seed          string // "" = the server chooses one
	Audio         *bool  // whether there is to be sound; nil = not said

	// References, each "SOURCE[:ROLE][:NAME]": a file or URL, of a picture its role (general, subject or style), and the name by which the
	// prompt mentions it.
	ReferenceImages, ReferenceAudio []string
}

// Request is the body of POST /api/v1/tasks as this client sends it.
type Request struct {
	Model           string      `json:"model,omitempty"`
	Prompt          string      `json:"prompt"`
	Expand          bool        `json:"expand_prompt"`
	Seconds         int         `json:"seconds"`
	FirstFrame      string      `json:"first_frame,omitempty"`
	ReferenceImages []Reference `json:"reference_images,omitempty"`
	ReferenceAudio  []Reference `json:"reference_audio,omitempty"`
	Audio           *bool       `json:"audio,omitempty"`
	Seed            *uint32     `json:"seed,omitempty"`
}

// Request returns the request for g, with the files in it. It checks only what can be checked without the server: the error has a
// line for each flag of generate that is wrong.
func (g Generation) Request() (Request, error) {
	r := Request{Seconds: g.Seconds, Prompt: g.Prompt, Expand: true, Model: g.Model, Audio: g.Audio}
	var errs []error
	if g.Prompt == "" && g.Image == "" {
		errs = append(errs, errors.New("--prompt: say what the video is to show, or give a picture with --image"))
	}
	if g.Seed != "" {
		n, err := strconv.ParseUint(g.Seed, 10, 32)
		if err != nil {
			errs = append(errs, fmt.Errorf("--seed: %q is no whole number from 0 to 4294967295", g.Seed))
		}
		seed := uint32(n)
		r.Seed = &seed
	}
	if g.Image != "" {
		var err error
		if r.FirstFrame, err = pictureSource(g.Image); err != nil {
			errs = append(errs, fmt.Errorf("--image: %w", err))
		}
	}
	for _, list := range []struct {
		flag  string
		given []string
		kind  referenceKind
		into  *[]Reference
	}{
		{"--reference-image", g.ReferenceImages, referenceImage(), &r.ReferenceImages},
		{"--reference-audio", g.ReferenceAudio, referenceAudio(), &r.ReferenceAudio},
	} {
		for _, text := range list.given {
			ref, err := list.kind.parse(text)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", list.flag, err))
			}
			*list.into = append(*list.into, ref)
		}
	}
	return r, errors.Join(errs...)
}

// Create asks the server for a video and returns the new task's status.
func (c Client) Create(ctx context.Context, r Request) (Status, error) {
	t, err := read[Task](ctx, c, http.MethodPost, "/api/v1/tasks", r)
	if err == nil && (t.ID == "" || t.State == "") {
		err = errors.New("the server's answer holds no task, is it a filmgate?")
	}
	return t.Status(), err
}
