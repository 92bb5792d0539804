// Package vertex is the [engine.Engine] for Google's Veo models at Vertex AI, whose jobs are long-running operations.
//
// It holds the wire types of predictLongRunning, the models (models.yaml), and the exchange of a service account's key for tokens.
// Sources: googleapis/python-genai, google/genai/{models,operations,_api_client}.py, and the page "Veo on Vertex AI API" of
// cloud.google.com. Unconfirmed: whether 1080p and a last frame are possible at every length, how long an operation is
// kept, and prices.
package vertex

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// responseLimit is the size of the largest response, in bytes. Without a bucket, a response contains the video in Base64.
const responseLimit = 256 << 20

// BaseURL is the URL of the API in the region LOCATION; the locations eu, us and global have other hosts.
const BaseURL = "https://LOCATION-aiplatform.googleapis.com/v1"

//go:embed models.yaml
var table []byte

// Options configures an Engine.
type Options struct {
	Project  string
	Location string // a region such as "us-central1", or "eu", "us" or "global"
	// Token returns an OAuth access token for the scope cloud-platform, as Tokens.Get does.
	Token func(context.Context) (string, error)
	// DropToken is called with a token that was refused, so that Token returns another, with which the call is made once more.
	// nil = Token always returns the same.
	DropToken  func(token string)
	Bucket     string // "gs://bucket/folder/", where Vertex AI stores videos; "" = inside answers, which takes memory
	BaseURL    string // "" = URLOf(Location)
	StorageURL string // "" = https://storage.googleapis.com
	HTTP       *http.Client
	Now        func() time.Time // nil = time.Now
}

// Engine makes videos at Vertex AI.
type Engine struct {
	opts       Options
	models     []engine.Model
	submits    *engine.Client
	operations *engine.Client // the same, but a 404 means an unknown operation
	storage    *engine.Client
}

// New returns an Engine.
func New(o Options) *Engine {
	sign := func(r *http.Request) error {
		token, err := o.Token(r.Context())
		r.Header.Set("Authorization", "Bearer "+token)
		return err
	}
	var renew func(*http.Request) bool
	if o.DropToken != nil {
		renew = func(refused *http.Request) bool {
			token, ok := strings.CutPrefix(refused.Header.Get("Authorization"), "Bearer ")
			o.DropToken(token)
			return ok
		}
	}
	client := func(base string, fail func(int, []byte, http.Header) *engine.Error) *engine.Client {
		return &engine.Client{HTTP: o.HTTP, Base: base, Now: o.Now, Sign: sign, Renew: renew, Fail: fail}
	}
	base := cmp.Or(o.BaseURL, URLOf(o.Location))
	return &Engine{
		opts: o, models: engine.ReadModels(table), submits: client(base, errorOf), operations: client(base, operationErrorOf),
		storage: client(cmp.Or(o.StorageURL, "https://storage.googleapis.com"), nil),
	}
}

// URLOf returns the URL of the API in a location: BaseURL, but for three of them (_api_client.py).
func URLOf(location string) string {
	switch location {
	case "global":
		return "https://aiplatform.googleapis.com/v1"
	case "us", "eu":
		return "https://aiplatform." + location + ".rep.googleapis.com/v1"
	default:
		return strings.ReplaceAll(BaseURL, "LOCATION", location)
	}
}

// Capabilities returns what Veo can do. An operation can't be cancelled.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{Lane: task.Remote, PollEvery: 10 * time.Second, ResultLife: 24 * time.Hour, Models: e.models}
}

type prediction struct {
	Instances  []instance `json:"instances"`
	Parameters parameters `json:"parameters"`
}

type instance struct {
	Prompt          string           `json:"prompt,omitempty"`
	Image           *image           `json:"image,omitempty"`
	LastFrame       *image           `json:"lastFrame,omitempty"`
	ReferenceImages []referenceImage `json:"referenceImages,omitempty"`
}

// referenceImage is a picture of someone or something that the video is to show.
type referenceImage struct {
	Image *image `json:"image"`
	Type  string `json:"referenceType"` // "asset"; no model that is still offered takes "style"
}

type image struct {
	Bytes    []byte `json:"bytesBase64Encoded"`
	MimeType string `json:"mimeType"`
}

type parameters struct {
	SampleCount     int     `json:"sampleCount"`
	DurationSeconds int     `json:"durationSeconds,omitempty"`
	AspectRatio     string  `json:"aspectRatio,omitempty"`
	Resolution      string  `json:"resolution,omitempty"`
	NegativePrompt  string  `json:"negativePrompt,omitempty"`
	Seed            *uint32 `json:"seed,omitempty"`
	GenerateAudio   bool    `json:"generateAudio"` // costs more
	StorageURI      string  `json:"storageUri,omitempty"`
}

// operation holds the fields of an operation that are read. It is running until it is done.
type operation struct {
	Name     string   `json:"name"`
	Done     bool     `json:"done"`
	Error    apiError `json:"error"`
	Response struct {
		Videos          []video  `json:"videos"`
		FilteredCount   int      `json:"raiMediaFilteredCount"`
		FilteredReasons []string `json:"raiMediaFilteredReasons"`
	} `json:"response"`
}

type video struct {
	GCSURI string `json:"gcsUri"`
	Bytes  []byte `json:"bytesBase64Encoded"`
}

// Submit starts an operation. The handle is its name.
func (e *Engine) Submit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	r := job.Request
	references, err := referencesOf(ctx, job)
	if err != nil {
		return engine.Submission{}, err
	}
	in := prediction{
		Instances: []instance{{Prompt: job.Prompt(), Image: imageOf(job.First), LastFrame: imageOf(job.Last), ReferenceImages: references}},
		Parameters: parameters{
			SampleCount: 1, DurationSeconds: r.Seconds, AspectRatio: r.AspectRatio, Resolution: r.Resolution, NegativePrompt: r.NegativePrompt,
			Seed: r.Seed, GenerateAudio: engine.WithSound(r), StorageURI: e.opts.Bucket,
		},
	}
	path := fmt.Sprintf("/projects/%s/locations/%s/publishers/google/models/%s:predictLongRunning", e.opts.Project, e.opts.Location, url.PathEscape(job.Model))
	var out operation
	_, err = e.submits.Do(ctx, engine.Call{Method: http.MethodPost, Path: path, In: in, Out: &out})
	return engine.SubmitResult("", out.Name, err)
}

// referencesOf returns the job's reference images.
func referencesOf(ctx context.Context, job engine.Job) ([]referenceImage, error) {
	var out []referenceImage
	for i := range job.ReferenceImages {
		r := &job.ReferenceImages[i]
		b, err := r.Bytes(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, referenceImage{Image: &image{Bytes: b, MimeType: r.Type}, Type: "asset"})
	}
	return out, nil
}

func imageOf(p *engine.Picture) *image {
	if p == nil {
		return nil
	}
	return &image{Bytes: p.Bytes, MimeType: p.Type}
}

// fetchOperation fetches the operation from the model that its name begins with.
func (e *Engine) fetchOperation(ctx context.Context, handle string) (op operation, err error) {
	model, id, ok := strings.Cut(handle, "/operations/")
	if !ok || !strings.HasPrefix(model, "projects/") {
		return op, &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no operation " + handle}
	}
	_, err = e.operations.Do(ctx, engine.Call{
		Method: http.MethodPost, Path: "/" + model + ":fetchPredictOperation", In: map[string]string{"operationName": handle},
		Out: &op, Limit: responseLimit,
	})
	if err == nil && !strings.HasSuffix(op.Name, "/"+id) {
		err = engine.InvalidResponseError("asked for operation %s, got %q", id, op.Name)
	}
	return op, err
}

// status returns the operation's status. If the safety filters removed the video, the operation succeeds without videos.
func (op operation) status() engine.Status {
	switch {
	case !op.Done:
		return engine.Status{State: task.Running}
	case op.Error.Code != 0:
		return engine.Status{State: task.Failed, Failure: op.Error.engineError().JobFailure()}
	case len(op.Response.Videos) == 0 && op.Response.FilteredCount > 0:
		bad := filterError(strings.Join(op.Response.FilteredReasons, "; "))
		return engine.Status{State: task.Failed, Failure: bad.Failure()}
	default:
		return engine.Status{State: task.Succeeded, Progress: 1}
	}
}

// status fetches the operation and returns its status and the path of its video in the bucket.
func (e *Engine) status(ctx context.Context, handle string) (engine.Status, string, error) {
	op, err := e.fetchOperation(ctx, handle)
	if err != nil || len(op.Response.Videos) == 0 {
		return op.status(), "", err
	}
	v := op.Response.Videos[0]
	if len(v.Bytes) > 0 {
		return op.status(), "inline:", nil
	}
	bucket, object, _ := strings.Cut(strings.TrimPrefix(v.GCSURI, "gs://"), "/")
	if object == "" {
		return op.status(), "", nil
	}
	return op.status(), "/storage/v1/b/" + url.PathEscape(bucket) + "/o/" + url.PathEscape(object) + "?alt=media", nil
}

// Poll returns the status of the operation.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	return engine.StatusFunc(e.status).Poll(ctx, handle)
}

// Open opens the operation's video, in the bucket or in the answer itself.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	if e.opts.Bucket != "" {
		return engine.StatusFunc(e.status).Open(ctx, e.storage, handle, offset)
	}
	op, err := e.fetchOperation(ctx, handle)
	if err != nil {
		return engine.Content{}, err
	}
	if st := op.status(); st.State != task.Succeeded {
		return engine.Content{}, &engine.Error{Class: engine.NotReady, Reason: task.VendorUnavailable, Detail: "the operation is " + string(st.State)}
	}
	if len(op.Response.Videos) == 0 {
		return engine.Content{}, engine.NoVideo("an operation without a video")
	}
	return engine.InlineContent("video/mp4", op.Response.Videos[0].Bytes, offset)
}

// Cancel does nothing: operations cannot be cancelled.
func (e *Engine) Cancel(ctx context.Context, _ string) error { return ctx.Err() }
