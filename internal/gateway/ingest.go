package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// maxImageBytes is the largest input picture of any caller; the limit that Runway sets for pictures by URL.
const maxImageBytes = 16 << 20

// ingest copies the request's pictures and its video to our storage and names every one that can't be used.
func (g *Gateway) ingest(ctx context.Context, account int64, r *task.Request) error {
	var refused *task.Error
	for _, take := range []func() error{
		func() error { return ingestInput(ctx, account, &r.First, g.ingestInputImage) },
		func() error { return ingestInput(ctx, account, &r.Last, g.ingestInputImage) },
		func() error { return ingestInput(ctx, account, &r.Video, g.ingestInputVideo) },
	} {
		err := g.noSpace(ctx, take())
		var e *task.Error
		switch {
		case errors.As(err, &e):
			if refused == nil {
				refused = &task.Error{Code: e.Code, Detail: e.Detail, RetryAfter: e.RetryAfter}
			}
			refused.Fields = append(refused.Fields, e.Fields...)
		case err != nil:
			return err
		}
	}
	if refused != nil {
		return refused
	}
	return nil
}

// ingestInput puts what take makes of an input in its place, where there is one.
func ingestInput[T any](ctx context.Context, account int64, in **T, take func(context.Context, int64, T) (T, error)) error {
	if *in == nil {
		return nil
	}
	got, err := take(ctx, account, **in)
	if err == nil {
		*in = &got
	}
	return err
}

// ingestInputImage brings one picture in: its bytes are fetched or decoded, checked by content, made upright, stripped of
// metadata, and stored as a dataset. A picture that already is the account's dataset is used as it is.
func (g *Gateway) ingestInputImage(ctx context.Context, account int64, img task.Image) (task.Image, error) {
	if key, token, ok := datasetURL(img.Source); ok {
		if d, err := g.ownDataset(ctx, account, img.Field, key, token); err == nil {
			return imageOf(img.Field, d), checkOwn(img, d)
		} else if !errors.Is(err, store.ErrNotFound) {
			return task.Image{}, err
		} // else it is another server's that has such paths
	}
	limit := int64(maxImageBytes)
	if img.Limits.Bytes > 0 {
		limit = min(limit, img.Limits.Bytes)
	}
	data, err := g.imageBytes(ctx, img, limit)
	if err != nil {
		return task.Image{}, err
	}
	pic, err := g.cfg.Images.Inspect(ctx, account, data, media.ImageLimits{Bytes: limit, MinSide: img.Limits.MinSide, Types: img.Limits.Types})
	if err != nil {
		return task.Image{}, inputError(img.Field, err)
	}
	if err := checkRatio(img, pic.Width, pic.Height); err != nil {
		return task.Image{}, err
	}
	d, err := g.newDataset(account)
	if err != nil {
		return task.Image{}, err
	}
	if d, err = g.storeDataset(ctx, d, pic); err != nil {
		return task.Image{}, err
	}
	return imageOf(img.Field, d), nil
}

// newDataset is a dataset without its picture.
func (g *Gateway) newDataset(account int64) (task.Dataset, error) {
	id, err := g.newID()
	return task.Dataset{ID: id, Account: account, Created: g.now()}, err
}

// storeDataset stores a checked picture as d.
func (g *Gateway) storeDataset(ctx context.Context, d task.Dataset, pic media.Picture) (task.Dataset, error) {
	d.Key, d.Type, d.Size = "datasets/"+d.ID+extension(pic.Type), pic.Type, int64(len(pic.Bytes))
	d.Width, d.Height = pic.Width, pic.Height
	if _, err := g.cfg.Bucket.Put(ctx, d.Key, bytes.NewReader(pic.Bytes), d.Type); err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep picture: %w", err)
	}
	if err := g.cfg.Store.PutDataset(ctx, d); err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep picture: %w", err)
	}
	return d, nil
}

// ownDataset finds a picture or a video that was uploaded before. Its URL must bear a token in force, and be the account's
// own. store.ErrNotFound where no dataset of this server has the URL's id.
func (g *Gateway) ownDataset(ctx context.Context, account int64, field, key, token string) (task.Dataset, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(key, "datasets/"), ".")
	d, err := g.dataset(ctx, id)
	if err != nil {
		return task.Dataset{}, err
	}
	if d.Account != account || d.Key != key {
		return task.Dataset{}, fieldError(task.NotFound, field, "there is no such dataset")
	}
	if g.cfg.Signer.Verify(token, key) != nil {
		return task.Dataset{}, fieldError(task.Invalid, field, "the signed URL has expired or was altered")
	}
	return d, nil
}

// checkOwn holds a dataset against what the caller's API allows of a picture.
func checkOwn(img task.Image, d task.Dataset) error {
	switch l := img.Limits; {
	case d.IsVideo():
		return fieldError(task.Unsupported, img.Field, "the dataset is a video; a picture is needed")
	case l.Bytes > 0 && d.Size > l.Bytes:
		return fieldError(task.TooLarge, img.Field, fmt.Sprintf("%d bytes; at most %d", d.Size, l.Bytes))
	case min(d.Width, d.Height) < l.MinSide:
		return fieldError(task.Unreadable, img.Field, fmt.Sprintf("%dx%d pixels; each side must have at least %d", d.Width, d.Height, l.MinSide))
	case len(l.Types) > 0 && !slices.Contains(l.Types, d.Type):
		return fieldError(task.Unsupported, img.Field, fmt.Sprintf("%s; allowed: %s", d.Type, strings.Join(l.Types, ", ")))
	}
	return checkRatio(img, d.Width, d.Height)
}

// checkRatio refuses a picture that is longer than the caller's API allows.
func checkRatio(img task.Image, width, height int) error {
	long, short := max(width, height), min(width, height)
	if most := img.Limits.MaxRatio; most > 0 && float64(long) > most*float64(short) {
		return fieldError(task.Unreadable, img.Field, fmt.Sprintf("%dx%d pixels; the longer side may be at most %v times the shorter", width, height, most))
	}
	return nil
}

// dataset reads one dataset. store.ErrNotFound where there is none.
func (g *Gateway) dataset(ctx context.Context, id string) (task.Dataset, error) {
	if id == "" {
		return task.Dataset{}, store.ErrNotFound
	}
	found, err := g.cfg.Store.Datasets(ctx, task.DatasetQuery{ID: id, Limit: 1})
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return task.Dataset{}, err
	}
	return found[0], nil
}

// datasetURL takes a URL such as ours apart. Whether it is ours, the store knows: the host may be any name that we are
// reached by, with any path before ours.
func datasetURL(source string) (key, token string, ok bool) {
	u, err := url.Parse(source)
	if err != nil || u.Query().Get("_jwt") == "" {
		return "", "", false
	}
	at := strings.LastIndex(u.Path, "/datasets/") // what stands before it is a prefix that a proxy may remove
	if at < 0 {
		return "", "", false
	}
	return u.Path[at+1:], u.Query().Get("_jwt"), true
}

func imageOf(field string, d task.Dataset) task.Image {
	return task.Image{Field: field, Dataset: d.ID, Key: d.Key, Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height}
}

// imageBytes gets the picture's bytes from where the caller says they are.
func (g *Gateway) imageBytes(ctx context.Context, img task.Image, limit int64) ([]byte, error) {
	if strings.HasPrefix(img.Source, "http://") || strings.HasPrefix(img.Source, "https://") {
		resp, err := g.cfg.Fetch.Get(ctx, img.Source, limit)
		if err != nil {
			return nil, g.fetchError(ctx, img.Field, err)
		}
		return resp.Bytes, nil
	}
	data := img.Source
	if strings.HasPrefix(data, "data:") {
		head, body, ok := strings.Cut(data, ",")
		if !ok || !strings.HasSuffix(head, ";base64") {
			return nil, fieldError(task.Invalid, img.Field, "a data URI must be data:<media type>;base64,<data>")
		}
		data = body
	}
	if int64(base64.StdEncoding.DecodedLen(len(data))) > limit+2 {
		return nil, fieldError(task.TooLarge, img.Field, fmt.Sprintf("the picture is larger than %d bytes", limit))
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, fieldError(task.Invalid, img.Field, "must be an http(s) URL, a data URI, or Base64: "+err.Error())
	}
	return raw, nil
}

// inputLife is how long a vendor may fetch a picture or a video from us: it may queue the work for long.
const inputLife = 48 * time.Hour

// presignedURL is where a vendor may fetch a file for a while; "" where nobody reaches this server.
func (g *Gateway) presignedURL(key string) string {
	if g.cfg.PublicURL == "" {
		return ""
	}
	return g.cfg.PublicURL + "/" + key + "?_jwt=" + g.Token(key, g.now().Add(inputLife))
}

// missingInputError is an input of a task that is no longer in the storage.
type missingInputError struct {
	field string // the caller's own name of it
	err   error
}

// Error implements error.
func (l *missingInputError) Error() string { return "gateway: input " + l.field + ": " + l.err.Error() }

// Unwrap implements the errors package's interface.
func (l *missingInputError) Unwrap() error { return l.err }

// inputFault is an error of opening an input: a *missingInputError where it is gone.
func inputFault(field string, err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return &missingInputError{field, err}
	}
	return fmt.Errorf("gateway: open input %s: %w", field, err)
}

// job gathers what the engine gets: the request, the bytes of its pictures, and a way to its video. The error is a
// *missingInputError where one of them is gone.
func (g *Gateway) job(ctx context.Context, t task.Task, n ConfiguredEngine) (engine.Job, error) {
	j := engine.Job{Task: t.ID, Model: t.EngineModel, Request: t.Request, CallbackURL: g.callbackURL(t, n), Video: g.jobVideo(t.Request.Video)}
	if v := t.Request.Video; v != nil {
		if _, err := g.cfg.Bucket.Stat(ctx, v.Key); err != nil {
			return engine.Job{}, inputFault(v.Field, err)
		}
	}
	for _, in := range []struct {
		img *task.Image
		pic **engine.Picture
	}{{t.Request.First, &j.First}, {t.Request.Last, &j.Last}} {
		if in.img == nil {
			continue
		}
		body, err := g.cfg.Bucket.Open(ctx, in.img.Key, 0, -1)
		if err != nil {
			return engine.Job{}, inputFault(in.img.Field, err)
		}
		data, err := io.ReadAll(body)
		_ = body.Close()
		if err != nil {
			return engine.Job{}, fmt.Errorf("gateway: read picture: %w", err)
		}
		*in.pic = &engine.Picture{Type: in.img.Type, Bytes: data, Width: in.img.Width, Height: in.img.Height, URL: g.presignedURL(in.img.Key)}
	}
	return j, nil
}

func fieldError(c task.Code, field, detail string) *task.Error {
	return &task.Error{Code: c, Detail: field + ": " + detail, Fields: []task.FieldError{{Field: field, Detail: detail}}}
}

// inputError says what is wrong with a picture's or a video's content.
func inputError(field string, err error) error {
	switch {
	case errors.Is(err, media.ErrTooLarge):
		return fieldError(task.TooLarge, field, err.Error())
	case errors.Is(err, media.ErrUnsupported):
		return fieldError(task.Unsupported, field, err.Error())
	case errors.Is(err, media.ErrUnreadable), errors.Is(err, media.ErrTooSmall):
		return fieldError(task.Unreadable, field, err.Error())
	default:
		return err
	}
}

// fetchError says why a URL gave nothing. Whose network said no is not told: a caller must not learn by it
// what stands in ours; the log has it.
func (g *Gateway) fetchError(ctx context.Context, field string, err error) error {
	g.cfg.Log.InfoContext(ctx, "a caller's URL gave nothing", "field", field, "reason", outbound.LogText(err))
	switch {
	case errors.Is(err, outbound.ErrTooLarge):
		return fieldError(task.TooLarge, field, err.Error())
	case errors.Is(err, context.Canceled):
		return err
	default:
		return fieldError(task.Unreadable, field, "the URL could not be fetched: "+err.Error())
	}
}

func extension(mediaType string) string {
	switch mediaType {
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	case "video/mp4":
		return ".mp4"
	case "video/quicktime":
		return ".mov"
	default:
		return ".jpg"
	}
}
