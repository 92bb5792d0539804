package gateway

import (
	"context"
	"crypto/md5" //nolint:gosec // an S3 ETag is an MD5: it tells parts apart, and guards nothing
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Upload keeps an input picture or video of the account's, checked as those of requests are. TooLarge, Unsupported or
// Unreadable where it can't be used; Invalid where body breaks off.
func (g *Gateway) Upload(ctx context.Context, who apikey.Key, body io.Reader) (task.Dataset, error) {
	d, err := g.upload(ctx, who, body)
	return d, g.noSpace(ctx, err)
}

func (g *Gateway) upload(ctx context.Context, who apikey.Key, body io.Reader) (task.Dataset, error) {
	tooLarge := fieldError(task.TooLarge, "file", fmt.Sprintf("the file is larger than %d bytes", maxInputVideoBytes))
	given, err := g.saveTemp(func(f io.Writer) error {
		_, err := io.Copy(f, &bounded{from: body, left: maxInputVideoBytes, over: tooLarge})
		return err
	})
	defer given.remove()
	if err != nil {
		return task.Dataset{}, err
	}
	d, err := g.newDataset(who.Account)
	if err != nil {
		return task.Dataset{}, err
	}
	return g.storeFile(ctx, d, "file", given.path)
}

// storeFile stores the file at path as d: a video, or else a picture.
func (g *Gateway) storeFile(ctx context.Context, d task.Dataset, field, path string) (task.Dataset, error) {
	f, err := os.Open(path) //nolint:gosec // a file of our own temp folder
	if err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep an upload: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep an upload: %w", err)
	}
	head, err := io.ReadAll(io.NewSectionReader(f, 0, 512))
	if err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep an upload: %w", err)
	}
	if media.LooksLikeVideo(head) {
		return g.storeInputVideo(ctx, d, field, path)
	}
	if n := info.Size(); n > maxImageBytes {
		return task.Dataset{}, fieldError(task.TooLarge, field,
			fmt.Sprintf("%d bytes; a picture may have at most %d, and this is no MP4 or QuickTime video", n, maxImageBytes))
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: keep an upload: %w", err)
	}
	pic, err := g.cfg.Images.Inspect(ctx, d.Account, data, media.ImageLimits{Bytes: maxImageBytes})
	if errors.Is(err, media.ErrUnsupported) {
		return task.Dataset{}, fieldError(task.Unsupported, field, err.Error()+", MP4, QuickTime")
	}
	if err != nil {
		return task.Dataset{}, inputError(field, err)
	}
	return g.storeDataset(ctx, d, pic)
}

// BeginUpload opens an upload of up to task.MaxParts parts: a dataset that has no picture yet. Each part is put by
// PutPart, under a token for its task.PartKey; CompleteUpload makes the picture of them.
func (g *Gateway) BeginUpload(ctx context.Context, who apikey.Key, filename string, parts int) (task.Dataset, error) {
	if parts < 1 || parts > task.MaxParts {
		return task.Dataset{}, fieldError(task.Invalid, "parts", fmt.Sprintf("must be from 1 to %d", task.MaxParts))
	}
	d, err := g.newDataset(who.Account)
	if err != nil {
		return task.Dataset{}, err
	}
	d.Upload = &task.Upload{Filename: filename, Parts: parts}
	err = g.cfg.Store.PutDataset(ctx, d)
	if errors.Is(err, store.ErrLimit) { // parts of each lie in the storage for a day
		return task.Dataset{}, &task.Error{Code: task.RateLimited, Detail: fmt.Sprintf(
			"%d uploads are open. Complete some of them; one that is not completed goes after %d hours.", task.MaxUploads, int(task.UploadLife.Hours()))}
	}
	if err != nil {
		return task.Dataset{}, fmt.Errorf("gateway: begin upload: %w", err)
	}
	return d, nil
}

// PutPart keeps the n-th part of an upload, from 1, over what was put there before, and returns the MD5 of its bytes in
// hex. The token is the caller's right to it, no key is needed: Forbidden where it is not in force for this very part.
// NotFound where the upload is gone, Conflict where it is complete, TooLarge where its parts have more than task.MaxUpload
// together, Invalid where there are no bytes or body breaks off.
func (g *Gateway) PutPart(ctx context.Context, token, id string, n int, body io.Reader) (sum string, err error) {
	key := task.PartKey(id, n)
	if g.cfg.Signer.Verify(token, key) != nil {
		return "", &task.Error{Code: task.Forbidden, Detail: "A part is put through the signed URL of its upload. The URL is altered or has expired."}
	}
	if _, err := g.wantedFiles(ctx, id); err != nil {
		return "", err
	}
	hash := md5.New() //nolint:gosec // as above
	info, err := g.cfg.Bucket.Put(ctx, key, io.TeeReader(&bounded{from: body, left: task.MaxUpload, over: partTooLarge()}, hash), "application/octet-stream")
	if err != nil {
		return "", g.noSpace(ctx, fmt.Errorf("gateway: keep part %d: %w", n, err))
	}
	if err := g.partFits(ctx, id, n, info.Size); err != nil {
		return "", errors.Join(err, g.cfg.Bucket.Delete(context.WithoutCancel(ctx), key))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// partFits looks once the part is kept, so that of parts that come at once the last to be kept sees all others, and of a
// part and a completion one sees the other.
func (g *Gateway) partFits(ctx context.Context, id string, n int, size int64) error {
	d, err := g.wantedFiles(ctx, id)
	if err != nil {
		return err
	}
	if size == 0 {
		return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("Part %d has no bytes.", n)}
	}
	var all int64
	for i := range d.Upload.Parts {
		info, err := g.cfg.Bucket.Stat(ctx, task.PartKey(id, i+1))
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return fmt.Errorf("gateway: look at part %d: %w", i+1, err)
		}
		all += info.Size
	}
	if all > task.MaxUpload {
		return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The parts have %d bytes together; at most %d.", all, task.MaxUpload)}
	}
	return nil
}

// wantedFiles finds an upload that takes parts.
func (g *Gateway) wantedFiles(ctx context.Context, id string) (task.Dataset, error) {
	d, err := g.uploadOf(ctx, id)
	if err == nil && !d.Uploading() {
		err = &task.Error{Code: task.Conflict, Detail: "The upload is complete; its parts can't be replaced any more."}
	}
	return d, err
}

// uploadOf finds an upload of any account that is not older than it may be.
func (g *Gateway) uploadOf(ctx context.Context, id string) (task.Dataset, error) {
	d, err := g.dataset(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (d.Upload == nil || g.now().Sub(d.Created) >= task.UploadLife) {
		return task.Dataset{}, noUpload()
	}
	return d, err
}

func noUpload() error {
	return &task.Error{Code: task.NotFound, Detail: "There is no upload with this id. An upload lives for 24 hours."}
}

// OwnUpload reads an upload of the account's, complete or not. NotFound for an unknown id, one that is older than
// task.UploadLife, and another account's alike.
func (g *Gateway) OwnUpload(ctx context.Context, who apikey.Key, id string) (task.Dataset, error) {
	d, err := g.uploadOf(ctx, id)
	if err == nil && d.Account != who.Account {
		return task.Dataset{}, noUpload()
	}
	return d, err
}

// CompleteUpload makes a picture or a video of the parts, each named once with its ETag, and checks it as Upload does. Once it is
// complete, the same call returns the same dataset again. NotFound as OwnUpload; Invalid, naming every part at fault,
// where one is missing, was never put, or has other bytes than its ETag says; Conflict while another call completes it.
// Where that can't be used the upload stays open, so that parts may be put anew.
func (g *Gateway) CompleteUpload(ctx context.Context, who apikey.Key, id string, parts []task.Part) (task.Dataset, error) {
	one := inFlightKey{who.Account, "\x00upload " + id} // no idempotency key holds a NUL
	if !g.inFlight.begin(one) {
		return task.Dataset{}, &task.Error{Code: task.Conflict, Detail: "This upload is just being completed. Repeat the call in a moment."}
	}
	defer g.inFlight.end(one)
	d, err := g.OwnUpload(ctx, who, id)
	if err != nil {
		return task.Dataset{}, err
	}
	sums := d.Upload.Sums
	var whole tempFile
	if d.Uploading() {
		whole, err = g.saveTemp(func(f io.Writer) (err error) {
			sums, err = g.parts(ctx, d, f)
			return err
		})
		defer whole.remove()
		if err != nil {
			return task.Dataset{}, err
		}
	}
	if faults := partFaults(sums, parts); len(faults) > 0 {
		return task.Dataset{}, &task.Error{Code: task.Invalid, Detail: "The parts are not what was uploaded.", Fields: faults}
	}
	if d.Uploading() {
		d.Upload = &task.Upload{Filename: d.Upload.Filename, Parts: d.Upload.Parts, Sums: sums}
		if d, err = g.storeFile(ctx, d, "parts", whole.path); err != nil {
			return task.Dataset{}, err
		}
	}
	return d, g.removeParts(ctx, d) // a first call may have been cut off before it did
}

// parts reads what was put: the MD5 of each part, "" where there is none, and all bytes in order into all.
func (g *Gateway) parts(ctx context.Context, d task.Dataset, all io.Writer) (sums []string, err error) {
	for i := range d.Upload.Parts {
		body, err := g.cfg.Bucket.Open(ctx, task.PartKey(d.ID, i+1), 0, -1)
		if errors.Is(err, blob.ErrNotFound) {
			sums = append(sums, "")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("gateway: open part %d: %w", i+1, err)
		}
		hash := md5.New() //nolint:gosec // as above
		_, err = io.Copy(io.MultiWriter(all, hash), io.LimitReader(body, task.MaxUpload))
		_ = body.Close()
		if err != nil {
			return nil, fmt.Errorf("gateway: read part %d: %w", i+1, err)
		}
		sums = append(sums, hex.EncodeToString(hash.Sum(nil)))
	}
	return sums, nil
}

// partFaults names every part that the caller's list has wrong.
func partFaults(sums []string, parts []task.Part) []task.FieldError {
	var faults []task.FieldError
	fault := func(format string, a ...any) {
		faults = append(faults, task.FieldError{Field: "parts", Detail: fmt.Sprintf(format, a...)})
	}
	named := make([]int, len(sums))
	for _, p := range parts {
		if p.Number < 1 || p.Number > len(sums) {
			fault("there is no part %d; the upload has parts 1 to %d", p.Number, len(sums))
			continue
		}
		named[p.Number-1]++
		sum := sums[p.Number-1]
		if given := strings.ToLower(strings.Trim(p.ETag, `"`)); sum != "" && given != sum {
			fault("part %d: its bytes have the ETag \"%s\", not %q", p.Number, sum, truncate(given))
		}
	}
	for i, n := range named {
		switch {
		case sums[i] == "":
			fault("part %d was never uploaded; PUT it to its upload URL first", i+1)
		case n == 0:
			fault("part %d is missing in the list; all of 1 to %d are needed", i+1, len(sums))
		case n > 1:
			fault("part %d is named %d times", i+1, n)
		}
	}
	return faults
}

// truncate keeps what is quoted back to the caller short.
func truncate(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// removeParts deletes the parts of an upload.
func (g *Gateway) removeParts(ctx context.Context, d task.Dataset) error {
	if d.Upload == nil {
		return nil
	}
	for i := range d.Upload.Parts {
		if err := g.cfg.Bucket.Delete(ctx, task.PartKey(d.ID, i+1)); err != nil {
			return fmt.Errorf("gateway: remove part %d: %w", i+1, err)
		}
	}
	return nil
}

// bounded reads a body as it comes, and says in public words why it can't be read on.
type bounded struct {
	from io.Reader
	left int64
	over error // what is said where it goes on beyond left bytes
}

func partTooLarge() error {
	return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The part is larger than the %d bytes that all parts may have.", task.MaxUpload)}
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.left -= int64(n)
	switch {
	case b.left < 0:
		return 0, b.over
	case err != nil && !errors.Is(err, io.EOF):
		return n, &task.Error{Code: task.Invalid, Detail: "The body ended early or came too slowly."}
	}
	return n, err
}
