package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
)

// Generation is what a user asks for.
type Generation struct {
	Prompt, Model string // Model "" = the server's first
	Image         string // picture file that the video starts on; "" = none
	Seconds       int
	Seed          string // "" = the server chooses one
}

// Request is the body of create_runway as this client sends it.
type Request struct {
	Seconds    int     `json:"seconds"`
	Prompt     string  `json:"text_prompt"`
	Enhance    bool    `json:"enhance_prompt"`
	Image      string  `json:"init_image"`
	ImageAsEnd bool    `json:"image_as_end_frame"`
	Seed       *uint32 `json:"seed,omitempty"`
	Model      string  `json:"model,omitempty"`
}

// Request returns the request for g. It checks only what can be checked without the server: the error has a line for
// each flag of generate that is wrong.
func (g Generation) Request() (Request, error) {
	r := Request{Seconds: g.Seconds, Prompt: g.Prompt, Enhance: true, Model: g.Model}
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
		if r.Image, err = dataURI(g.Image); err != nil {
			errs = append(errs, fmt.Errorf("--image: %w", err))
		}
	}
	if len(errs) > 0 {
		return r, errors.Join(errs...)
	}
	return r, nil
}

// dataURI returns a picture file's content as a data URI.
func dataURI(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	kind := http.DetectContentType(content)
	phone := kind == "application/octet-stream" && len(content) > 8 && string(content[4:8]) == "ftyp" // AVIF, HEIC: the server tells them apart
	if !phone && !slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/avif"}, kind) {
		return "", fmt.Errorf("%s is no JPEG, PNG, WebP, AVIF or HEIC picture but %s", file, kind)
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content), nil
}

// Create asks the server for a video and returns the new task's status.
func (c Client) Create(ctx context.Context, r Request) (Status, error) {
	answer, err := c.Call(ctx, http.MethodPost, "/api/v1/create_runway", r)
	if err != nil {
		return Status{}, err
	}
	return runwayStatus(answer)
}

// Created returns the status of a task that [Client.Create] made, with the size of its video.
func (c Client) Created(ctx context.Context, id string) (Status, error) {
	answer, err := c.Call(ctx, http.MethodGet, "/api/v1/get_runway/"+id, nil)
	if err != nil {
		return Status{}, err
	}
	return runwayStatus(answer)
}

// runwayAnswer is what this client reads of the answers of create_runway and get_runway.
type runwayAnswer struct {
	Task struct {
		ID       string  `json:"id"`
		Status   string  `json:"status"`
		Progress *string `json:"progressRatio"`
		Error    *struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"error"`
		Artifacts []struct {
			URL  string `json:"url"`
			Size string `json:"fileSize"`
		} `json:"artifacts"`
	} `json:"task"`
}

// runwayStatus reads a task's status from an answer of create_runway or get_runway.
func runwayStatus(answer []byte) (Status, error) {
	var a runwayAnswer
	if err := Decode(answer, &a); err != nil {
		return Status{}, err
	}
	t := a.Task
	if t.ID == "" || t.Status == "" {
		return Status{}, errors.New("the server's answer holds no task, is it a filmgate?")
	}
	s := Status{ID: t.ID, State: t.Status}
	if t.Progress != nil {
		s.Progress, _ = strconv.ParseFloat(*t.Progress, 64) // shown only
	}
	if t.Error != nil {
		s.Reason = t.Error.Reason + ": " + t.Error.Message
	}
	if len(t.Artifacts) > 0 {
		s.URL = t.Artifacts[0].URL
		s.Size, _ = strconv.ParseInt(t.Artifacts[0].Size, 10, 64) // 0 = unknown
	}
	return s, nil
}
