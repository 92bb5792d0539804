package engine

import (
	"context"
	"encoding/base64"
	"io"
	"maps"
	"strconv"

	"github.com/filmgate/filmgate/internal/task"
)

// Inputs says as data how a model wants a job: under which name each part goes. Vendors that serve many makers' models
// need it: each model there has names of its own for the same few parts. A part without a name is not sent.
type Inputs struct {
	Prompt, Negative, Seconds, Aspect, Resolution, Seed, First, Last string

	Video string // see Put

	SecondsAsText bool           // seconds are sent as text, "5"
	SecondsUnit   string         // stands behind them in the text: "s" for "8s"
	SeedMax       uint32         // a larger seed is folded into 0..SeedMax; 0 = every seed will do
	Fixed         map[string]any // sent as it is
}

// InputParts names the parts of a job that an input can be named for, as settings and callers do.
func InputParts() []string {
	return []string{"prompt", "negative_prompt", "seconds", "aspect_ratio", "resolution", "seed", "first_frame", "last_frame", "video"}
}

// Field is the input of a part, to be read or set; nil where InputParts has no such part.
func (in *Inputs) Field(part string) *string {
	return map[string]*string{
		"prompt": &in.Prompt, "negative_prompt": &in.Negative, "seconds": &in.Seconds, "aspect_ratio": &in.Aspect,
		"resolution": &in.Resolution, "seed": &in.Seed, "first_frame": &in.First, "last_frame": &in.Last, "video": &in.Video,
	}[part]
}

// Fields makes the object that the model wants. Parts that the job has not are left out.
func (in Inputs) Fields(j Job) map[string]any {
	out := map[string]any{}
	maps.Copy(out, in.Fixed)
	put := func(name string, value any, has bool) {
		if name != "" && has {
			out[name] = value
		}
	}
	r := j.Request
	put(in.Prompt, j.Prompt(), j.Prompt() != "")
	put(in.Negative, r.NegativePrompt, r.NegativePrompt != "")
	put(in.Aspect, r.AspectRatio, r.AspectRatio != "")
	put(in.Resolution, r.Resolution, r.Resolution != "")
	if in.SecondsAsText {
		put(in.Seconds, strconv.Itoa(r.Seconds)+in.SecondsUnit, r.Seconds > 0)
	} else {
		put(in.Seconds, r.Seconds, r.Seconds > 0)
	}
	if r.Seed != nil {
		put(in.Seed, in.foldSeed(*r.Seed), true)
	}
	if j.First != nil {
		put(in.First, j.First.Link(), true)
	}
	if j.Last != nil {
		put(in.Last, j.Last.Link(), true)
	}
	return out
}

// foldSeed brings a seed into the model's range, the same one always to the same.
func (in Inputs) foldSeed(seed uint32) uint32 {
	if seed <= in.SeedMax || in.SeedMax == 0 {
		return seed
	}
	return seed % (in.SeedMax + 1)
}

// AddVideo adds the job's input video, under the name that the model has for it, to what Of made.
func (in Inputs) AddVideo(ctx context.Context, j Job, out map[string]any) error {
	if j.Video == nil || in.Video == "" {
		return nil
	}
	link, err := j.Video.Link(ctx)
	out[in.Video] = link
	return err
}

// Link is where a vendor gets the picture: its URL, or the picture itself as a data URI where it has none.
func (p *Picture) Link() string {
	if p.URL != "" {
		return p.URL
	}
	return DataURI(p.Type, p.Bytes)
}

// maxInline is the largest video, in bytes, that goes inside a request to a vendor that says nothing of it.
const maxInline = 16 << 20

// Link is where a vendor gets the video: its URL, or the video itself as a data URI where it has none. A large video
// without a URL is the operator's to mend, and another engine's to make.
func (f *InputVideo) Link(ctx context.Context) (string, error) {
	if f.URL != "" {
		return f.URL, nil
	}
	if f.Size > maxInline {
		return "", &Error{Class: AuthError, Reason: task.VendorRefused,
			Detail: "the vendor fetches large videos by URL alone: set FILMGATE_PUBLIC_URL to an address that it can reach"}
	}
	return f.DataURI(ctx)
}

// DataURI is the video itself.
func (f *InputVideo) DataURI(ctx context.Context) (string, error) {
	b, err := f.Bytes(ctx)
	return DataURI(f.Type, b), err
}

// Bytes reads the video. The error says that nothing was begun at the vendor.
func (f *InputVideo) Bytes(ctx context.Context) ([]byte, error) {
	body, err := f.Open(ctx)
	if err != nil {
		return nil, NotSubmitted(err)
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, NotSubmitted(err)
	}
	return b, nil
}

// DataURI is a file of a media type, within a URI (RFC 2397).
func DataURI(kind string, b []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}
