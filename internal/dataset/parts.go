package dataset

import (
	"context"
	"crypto/md5" //nolint:gosec // an S3 ETag is an MD5: it tells parts apart, and guards nothing
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

// BeginUpload opens an upload of up to task.MaxParts parts: a dataset that has no file yet. PutPart stores each part, under
// a token for its task.PartKey; CompleteUpload joins them. RateLimited if the account has task.MaxUploads open.
func (in *Inputs) BeginUpload(ctx context.Context, who apikey.Key, filename string, parts int) (task.Dataset, error) {
	if parts < 1 || parts > task.MaxParts {
		return task.Dataset{}, fieldError(task.Invalid, "parts", fmt.Sprintf("must be from 1 to %d", task.MaxParts))
	}
	d, err := in.create(who.Account)
	if err != nil {
		return task.Dataset{}, err
	}
	d.Upload = &task.Upload{Filename: filename, Parts: parts}
	err = in.cfg.Store.PutDataset(ctx, d)
	if errors.Is(err, store.ErrLimit) {
		return task.Dataset{}, &task.Error{Code: task.RateLimited, Detail: fmt.Sprintf(
			"%d uploads are open. Complete some of them; one that is not completed goes after %d hours.", task.MaxUploads, int(task.UploadLife.Hours()))}
	}
	if err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: begin upload: %w", err)
	}
	return d, nil
}

// PutPart stores the n-th part of an upload, from 1, over what was stored there before, and returns the MD5 of its bytes in
// hex. The token is the caller's right to do so, no key is needed: Forbidden if it is not in force for this part. NotFound
// if the upload is gone, Conflict if it is complete, TooLarge if its parts have more than task.MaxUpload together, Invalid
// if there are no bytes or body breaks off.
func (in *Inputs) PutPart(ctx context.Context, token, id string, n int, body io.Reader) (sum string, err error) {
	key := task.PartKey(id, n)
	if in.cfg.Signer.Verify(token, key) != nil {
		return "", &task.Error{Code: task.Forbidden, Detail: "A part is put through the signed URL of its upload. The URL is altered or has expired."}
	}
	if _, err := in.openUpload(ctx, id); err != nil {
		return "", err
	}
	hash := md5.New() //nolint:gosec // as above
	info, err := in.cfg.Bucket.Put(ctx, key, io.TeeReader(&bodyReader{from: body, left: task.MaxUpload, over: partTooLarge()}, hash), "application/octet-stream")
	if err != nil {
		return "", in.noSpace(ctx, fmt.Errorf("dataset: store part %d: %w", n, err))
	}
	if err := in.checkPart(ctx, id, n, info.Size); err != nil {
		return "", errors.Join(err, in.cfg.Bucket.Delete(context.WithoutCancel(ctx), key))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// checkPart checks a part once it is stored, so that of parts that come at once the last one sees all others, and of a part
// and a completion one sees the other.
func (in *Inputs) checkPart(ctx context.Context, id string, n int, size int64) error {
	d, err := in.openUpload(ctx, id)
	if err != nil {
		return err
	}
	if size == 0 {
		return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("Part %d has no bytes.", n)}
	}
	var all int64
	for i := range d.Upload.Parts {
		info, err := in.cfg.Bucket.Stat(ctx, task.PartKey(id, i+1))
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return fmt.Errorf("dataset: look at part %d: %w", i+1, err)
		}
		all += info.Size
	}
	if all > task.MaxUpload {
		return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The parts have %d bytes together; at most %d.", all, task.MaxUpload)}
	}
	return nil
}

func partTooLarge() error {
	return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The part is larger than the %d bytes that all parts may have.", task.MaxUpload)}
}

// openUpload returns an upload of any account that takes parts.
func (in *Inputs) openUpload(ctx context.Context, id string) (task.Dataset, error) {
	d, err := in.readUpload(ctx, id)
	if err == nil && !d.Uploading() {
		err = &task.Error{Code: task.Conflict, Detail: "The upload is complete; its parts can't be replaced any more."}
	}
	return d, err
}

// readUpload returns an upload of any account that is not older than it may be.
func (in *Inputs) readUpload(ctx context.Context, id string) (task.Dataset, error) {
	d, err := in.read(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (d.Upload == nil || in.now().Sub(d.Created) >= task.UploadLife) {
		return task.Dataset{}, noUpload()
	}
	return d, err
}

func noUpload() error {
	return &task.Error{Code: task.NotFound, Detail: "There is no upload with this id. An upload lives for 24 hours."}
}

// OwnUpload returns an upload of the account's, complete or not. NotFound for an unknown id, one that is older than
// task.UploadLife, and another account's alike.
func (in *Inputs) OwnUpload(ctx context.Context, who apikey.Key, id string) (task.Dataset, error) {
	d, err := in.readUpload(ctx, id)
	if err == nil && d.Account != who.Account {
		return task.Dataset{}, noUpload()
	}
	return d, err
}

// CompleteUpload makes a picture or a video of the parts, each named once with its ETag, and checks it as Upload does. Once it
// is complete, the same call returns the same dataset again. NotFound as OwnUpload; Invalid, naming every part at fault, if
// one is missing, was never put, or has other bytes than its ETag says; Conflict while another call completes it. If the
// file can't be used the upload stays open, so that parts may be put again.
func (in *Inputs) CompleteUpload(ctx context.Context, who apikey.Key, id string, parts []task.Part) (task.Dataset, error) {
	unlock, ok := in.completing.TryLock(uploadKey{who.Account, id})
	if !ok {
		return task.Dataset{}, &task.Error{Code: task.Conflict, Detail: "This upload is just being completed. Repeat the call in a moment."}
	}
	defer unlock()
	ctx, free, err := in.cfg.Lock.Lock(ctx, "upload "+id)
	if err != nil {
		return task.Dataset{}, err
	}
	defer free()
	d, err := in.OwnUpload(ctx, who, id)
	if err != nil {
		return task.Dataset{}, err
	}
	sums := d.Upload.Sums
	var whole tempdir.File
	if d.Uploading() {
		whole, err = in.cfg.Temp.Save(func(f io.Writer) (err error) {
			sums, err = in.joinParts(ctx, d, f)
			return err
		})
		defer whole.Remove()
		if err != nil {
			return task.Dataset{}, err
		}
	}
	if faults := partErrors(sums, parts); len(faults) > 0 {
		return task.Dataset{}, &task.Error{Code: task.Invalid, Detail: "The parts are not what was uploaded.", Fields: faults}
	}
	if d.Uploading() {
		d.Upload = &task.Upload{Filename: d.Upload.Filename, Parts: d.Upload.Parts, Sums: sums}
		if d, err = in.putFile(ctx, d, "parts", whole.Path()); err != nil {
			return task.Dataset{}, err
		}
	}
	return d, in.deleteParts(ctx, d) // a first call may have been cut off before it did
}

// PutUpload stores the whole file of an upload of one part, as PutPart, and completes it, as CompleteUpload does for its owner.
// The token is the caller's right to do both.
func (in *Inputs) PutUpload(ctx context.Context, token, id string, body io.Reader) error {
	sum, err := in.PutPart(ctx, token, id, 1, body)
	if err != nil {
		return err
	}
	d, err := in.readUpload(ctx, id)
	if err != nil {
		return err
	}
	_, err = in.CompleteUpload(ctx, apikey.Key{Account: d.Account}, id, []task.Part{{Number: 1, ETag: sum}})
	return err
}

// joinParts writes the bytes of all parts in order into all, and returns the MD5 of each; "" if it was never put.
func (in *Inputs) joinParts(ctx context.Context, d task.Dataset, all io.Writer) (sums []string, err error) {
	for i := range d.Upload.Parts {
		body, err := in.cfg.Bucket.Open(ctx, task.PartKey(d.ID, i+1), 0, -1)
		if errors.Is(err, blob.ErrNotFound) {
			sums = append(sums, "")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("dataset: open part %d: %w", i+1, err)
		}
		hash := md5.New() //nolint:gosec // as above
		_, err = io.Copy(io.MultiWriter(all, hash), io.LimitReader(body, task.MaxUpload))
		_ = body.Close()
		if err != nil {
			return nil, fmt.Errorf("dataset: read part %d: %w", i+1, err)
		}
		sums = append(sums, hex.EncodeToString(hash.Sum(nil)))
	}
	return sums, nil
}

// partErrors names every part that the caller's list has wrong. sums are those of the parts that were put.
func partErrors(sums []string, parts []task.Part) []task.FieldError {
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
			fault("part %d: its bytes have the ETag \"%s\", not %q", p.Number, sum, task.Excerpt(given))
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

// deleteParts deletes the stored parts of an upload.
func (in *Inputs) deleteParts(ctx context.Context, d task.Dataset) error {
	if d.Upload == nil {
		return nil
	}
	for i := range d.Upload.Parts {
		if err := in.cfg.Bucket.Delete(ctx, task.PartKey(d.ID, i+1)); err != nil {
			return fmt.Errorf("dataset: delete part %d: %w", i+1, err)
		}
	}
	return nil
}
