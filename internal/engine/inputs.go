package engine

import (
	"context"
	"encoding/base64"
	"io"
	"maps"
	"strconv"

	"github.com/filmgate/filmgate/internal/task"
)

// Inputs describes how a model takes a job: the name of the field for each part. Vendors that serve many makers' models need
// it, since each model has its own names for the same few parts. A part without a name is not sent.
type Inputs struct {
	Prompt, Negative, Seconds, Aspect, Resolution, Seed, First, Last string

	Video string // see AddVideo

	ReferenceImages, ReferenceAudio string // lists; see AddReferences

	Audio string // true or false, whether the caller asked for sound; it is always sent

	ImageMention, AudioMention string // how a prompt mentions a reference by its number: see Job.PromptWith
	MentionFromZero            bool   // the first of each kind has the number 0

	SecondsAsText bool           // seconds are sent as text: "8"
	SecondsUnit   string         // follows the number in that text: "s" for "8s"
	SeedMax       uint32         // a larger seed is reduced to 0..SeedMax; 0 = every seed is allowed
	Fixed         map[string]any // sent unchanged
}

// InputParts lists the parts of a job that can have an input, by the names that settings and callers use.
func InputParts() []string {
	return []string{"prompt", "negative_prompt", "seconds", "aspect_ratio", "resolution", "seed", "first_frame", "last_frame", "reference_images", "reference_audio", "audio", "video"}
}

// Field returns the input of a part, to read or set; nil if InputParts has no such part.
func (in *Inputs) Field(part string) *string {
	return map[string]*string{
		"prompt": &in.Prompt, "negative_prompt": &in.Negative, "seconds": &in.Seconds, "aspect_ratio": &in.Aspect,
		"resolution": &in.Resolution, "seed": &in.Seed, "first_frame": &in.First, "last_frame": &in.Last, "video": &in.Video,
		"reference_images": &in.ReferenceImages, "reference_audio": &in.ReferenceAudio, "audio": &in.Audio,
	}[part]
}

// Fields returns the object that the model takes, without the input video and the references. Parts that the job lacks are left out.
func (in Inputs) Fields(j Job) map[string]any {
	out := map[string]any{}
	maps.Copy(out, in.Fixed)
	put := func(name string, value any, has bool) {
		if name != "" && has {
			out[name] = value
		}
	}
	r := j.Request
	mention := Job.PromptWith
	if in.MentionFromZero {
		mention = Job.PromptFromZero
	}
	put(in.Prompt, mention(j, in.ImageMention, in.AudioMention), j.Prompt() != "")
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
	put(in.Audio, WithSound(r), true)
	if j.First != nil {
		put(in.First, j.First.Link(), true)
	}
	if j.Last != nil {
		put(in.Last, j.Last.Link(), true)
	}
	return out
}

// foldSeed maps a seed to the model's range. The same seed always gives the same result.
func (in Inputs) foldSeed(seed uint32) uint32 {
	if seed <= in.SeedMax || in.SeedMax == 0 {
		return seed
	}
	return seed % (in.SeedMax + 1)
}

// AddVideo adds the job's input video to out, which Fields made.
func (in Inputs) AddVideo(ctx context.Context, j Job, out map[string]any) error {
	if j.Video == nil || in.Video == "" {
		return nil
	}
	link, err := j.Video.Link(ctx)
	out[in.Video] = link
	return err
}

// AddReferences adds the job's references to out, which Fields made, as lists of links.
func (in Inputs) AddReferences(ctx context.Context, j Job, out map[string]any) error {
	images, recordings, err := j.ReferenceLinks(ctx)
	if len(images) > 0 && in.ReferenceImages != "" {
		out[in.ReferenceImages] = images
	}
	if len(recordings) > 0 && in.ReferenceAudio != "" {
		out[in.ReferenceAudio] = recordings
	}
	return err
}

// Link returns the picture's URL, or the picture itself as a data URI if it has none.
func (p *Picture) Link() string {
	if p.URL != "" {
		return p.URL
	}
	return DataURI(p.Type, p.Bytes)
}

// maxInline is the size in bytes of the largest file that is sent inside a request to a vendor that documents no limit.
const maxInline = 16 << 20

// Link returns the file's URL, or the file itself as a data URI if it has none. For a large file without a URL the error is
// of class AuthError: the operator has to set a public URL, and another engine may do until then.
func (f *InputFile) Link(ctx context.Context) (string, error) {
	if f.URL != "" {
		return f.URL, nil
	}
	if f.Size > maxInline {
		return "", &Error{Class: AuthError, Reason: task.VendorRefused,
			Detail: "the vendor fetches large files only by URL: set FILMGATE_PUBLIC_URL to an address that it can reach"}
	}
	return f.DataURI(ctx)
}

// DataURI reads the file and returns it as a data URI.
func (f *InputFile) DataURI(ctx context.Context) (string, error) {
	b, err := f.Bytes(ctx)
	return DataURI(f.Type, b), err
}

// Bytes reads the file. Its error is marked as not submitted.
func (f *InputFile) Bytes(ctx context.Context) ([]byte, error) {
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

// DataURI returns a file of the given media type as a data URI (RFC 2397).
func DataURI(kind string, b []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}
