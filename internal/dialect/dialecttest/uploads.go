package dialecttest

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// BeginUpload begins an upload. Its id counts up, as the ids of tasks do.
func (g *Gateway) BeginUpload(_ context.Context, who apikey.Key, filename string, parts int) (task.Dataset, error) {
	if g.Fail != nil {
		return task.Dataset{}, g.Fail
	}
	d := task.Dataset{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", len(g.Uploads)+1), Account: who.Account, Created: g.Time,
		Upload: &task.Upload{Filename: filename, Parts: parts}}
	g.Uploads = append(g.Uploads, d)
	return d, nil
}

// PutPart stores the bytes of a part. Its sum is "sum" and its number.
func (g *Gateway) PutPart(_ context.Context, token, id string, n int, body io.Reader) (string, error) {
	if want := g.Token(task.PartKey(id, n), g.Time.Add(task.UploadLife)); token != want {
		return "", &task.Error{Code: task.Forbidden, Detail: "A part is put through the signed URL of its upload."}
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return "", cutOff()
	}
	if g.Parts == nil {
		g.Parts = map[string]string{}
	}
	g.Parts[token] = string(b)
	return fmt.Sprint("sum", n), nil
}

// OwnUpload returns an upload of the account.
func (g *Gateway) OwnUpload(_ context.Context, who apikey.Key, id string) (task.Dataset, error) {
	for _, d := range g.Uploads {
		if d.ID == id && d.Account == who.Account {
			return d, nil
		}
	}
	return task.Dataset{}, &task.Error{Code: task.NotFound, Detail: "There is no upload with this id."}
}

// CompleteUpload makes a picture of an upload, if the sums of its parts are right.
func (g *Gateway) CompleteUpload(ctx context.Context, who apikey.Key, id string, parts []task.Part) (task.Dataset, error) {
	d, err := g.OwnUpload(ctx, who, id)
	if err != nil {
		return d, err
	}
	for _, p := range parts {
		if p.ETag != fmt.Sprintf(`"sum%d"`, p.Number) {
			return d, &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "parts", Detail: fmt.Sprintf("part %d: other bytes", p.Number)}}}
		}
	}
	d.Key = "datasets/" + id + ".jpg"
	for i := range g.Uploads {
		if g.Uploads[i].ID == id {
			g.Uploads[i] = d
		}
	}
	return d, nil
}

// PutUpload stores the bytes of an upload of one part and completes it.
func (g *Gateway) PutUpload(ctx context.Context, token, id string, body io.Reader) error {
	sum, err := g.PutPart(ctx, token, id, 1, body)
	if err != nil {
		return err
	}
	_, err = g.CompleteUpload(ctx, apikey.Key{Account: 7}, id, []task.Part{{Number: 1, ETag: strconv.Quote(sum)}})
	return err
}
