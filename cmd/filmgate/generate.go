package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
)

// generation is what generate's own flags say.
type generation struct {
	prompt, image, model, output string
	seconds                      int
	seed                         string // "" = the server chooses one
}

func (p program) generateCommand() *cobra.Command {
	var g generation
	c := p.command("generate", "Make a video on a running server and download it", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.generate(ctx, p.client(s), g)
	}, nil, config.PartClient)
	f := c.Flags()
	f.StringVar(&g.prompt, "prompt", "", "what the video shows and how the camera moves")
	f.StringVar(&g.image, "image", "", "picture file (JPEG, PNG, WebP, AVIF or HEIC) that the video starts on")
	f.IntVar(&g.seconds, "seconds", 5, "length; the server says which are possible")
	f.StringVar(&g.model, "model", "", "model; empty takes the server's first")
	f.StringVar(&g.seed, "seed", "", "0 to 4294967295: the same seed makes the same video; empty lets the server choose")
	f.StringVarP(&g.output, "output", "o", "", "file to write (default: the task's id and .mp4)")
	return c
}

// runwayRequest is the body of create_runway as this client sends it.
type runwayRequest struct {
	Seconds    int     `json:"seconds"`
	Prompt     string  `json:"text_prompt"`
	Enhance    bool    `json:"enhance_prompt"`
	Image      string  `json:"init_image"`
	ImageAsEnd bool    `json:"image_as_end_frame"`
	Seed       *uint32 `json:"seed,omitempty"`
	Model      string  `json:"model,omitempty"`
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

func (p program) generate(ctx context.Context, c client, g generation) error {
	request, err := g.request()
	if err != nil {
		return err
	}
	if folder := filepath.Dir(g.output); g.output != "" {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return config.Usage(fmt.Errorf("--output: there is no folder %s", folder))
		}
	}
	answer, err := c.call(ctx, http.MethodPost, "/api/v1/create_runway", request)
	if err != nil {
		return err
	}
	first, err := runwayStatus(answer)
	if err != nil {
		return err
	}
	last, err := p.watch(ctx, first, func(ctx context.Context) (taskStatus, error) {
		answer, err := c.call(ctx, http.MethodGet, "/api/v1/get_runway/"+first.ID, nil)
		if err != nil {
			return taskStatus{}, err
		}
		return runwayStatus(answer)
	})
	if err != nil {
		return err
	}
	if err := last.outcome(); err != nil {
		return err
	}
	if g.output == "" {
		g.output = last.ID + ".mp4"
	}
	if err := c.download(ctx, last.URL, g.output, last.Size); err != nil {
		return fmt.Errorf("the video was made, and is at %s, but: %w", last.URL, err)
	}
	_, err = fmt.Fprintln(p.out, g.output)
	return err
}

// request checks what can be checked here; all else is the server's to judge, which knows its models.
func (g generation) request() (runwayRequest, error) {
	r := runwayRequest{Seconds: g.seconds, Prompt: g.prompt, Enhance: true, Model: g.model}
	var errs []error
	if g.prompt == "" && g.image == "" {
		errs = append(errs, errors.New("--prompt: say what the video shall show, or give a picture with --image"))
	}
	if g.seed != "" {
		n, err := strconv.ParseUint(g.seed, 10, 32)
		if err != nil {
			errs = append(errs, fmt.Errorf("--seed: %q is no whole number from 0 to 4294967295", g.seed))
		}
		seed := uint32(n)
		r.Seed = &seed
	}
	if g.image != "" {
		var err error
		if r.Image, err = dataURI(g.image); err != nil {
			errs = append(errs, fmt.Errorf("--image: %w", err))
		}
	}
	if len(errs) > 0 {
		return r, config.Usage(errors.Join(errs...))
	}
	return r, nil
}

// dataURI is a picture file's content as a data URI.
func dataURI(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	kind := http.DetectContentType(content)
	phones := kind == "application/octet-stream" && len(content) > 8 && string(content[4:8]) == "ftyp" // AVIF, HEIC: the server tells them apart
	if !phones && !slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/avif"}, kind) {
		return "", fmt.Errorf("%s is no JPEG, PNG, WebP, AVIF or HEIC picture but %s", file, kind)
	}
	return engine.DataURI(kind, content), nil
}

// runwayStatus reads how the task of a makevid answer stands.
func runwayStatus(answer []byte) (taskStatus, error) {
	var a runwayAnswer
	if err := decode(answer, &a); err != nil {
		return taskStatus{}, err
	}
	t := a.Task
	if t.ID == "" || t.Status == "" {
		return taskStatus{}, errors.New("the server's answer holds no task, is it a filmgate?")
	}
	s := taskStatus{ID: t.ID, Status: t.Status}
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
