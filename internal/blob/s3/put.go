package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	gocloud "gocloud.dev/blob"

	"github.com/filmgate/filmgate/internal/blob"
)

const (
	partSize    = 5 << 20          // bytes of one part of an upload, the least that S3 takes
	partsAtOnce = 2                // of one upload
	abortTime   = 10 * time.Second // to remove the parts of an upload that failed
	graceTime   = 10 * time.Second // for requests that run when the caller gives up
	largeAtOnce = 12               // uploads in parts of each kind; each keeps some 17 MiB in memory
)

// Put implements blob.Bucket. It checks ctx before each read of r, but cannot end a Read that hangs. A body of more than partSize
// is uploaded in parts. Of such bodies largeAtOnce files and as many others are uploaded at once, and the rest wait: so callers who
// send slowly do not delay finished videos.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	if _, _, err := mime.ParseMediaType(mediaType); err != nil {
		mediaType = blob.TypeOf(key)
	}
	hash := sha256.New()
	from := &source{ctx: ctx, r: io.TeeReader(r, hash), large: b.largeOthers}
	if _, ok := r.(*os.File); ok {
		from.large = b.largeFiles
	}
	if err := b.upload(ctx, key, from, mediaType); err != nil {
		return blob.Info{}, b.failed(ctx, "put "+key, err)
	}
	return blob.Info{Size: from.size, Type: mediaType, SHA256: hex.EncodeToString(hash.Sum(nil)), Modified: b.now()}, nil
}

// upload stores what from reads. If ctx ends, it is from that ends the upload; the requests of that moment have graceTime left. One
// that is cut may be carried out by the server after the abort, which would leave a part that nobody finds.
func (b *Bucket) upload(ctx context.Context, key string, from *source, mediaType string) error {
	defer from.release()
	uploading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(graceTime, cancel) })()
	err := b.bucket.Upload(uploading, key, from, &gocloud.WriterOptions{ContentType: mediaType, BeforeWrite: b.limitUpload})
	if from.err != nil { // the reader's own error, not that of the upload it ended
		return ownError{from.err}
	}
	return err
}

// limitUpload replaces the SDK's manager of an upload. Its own one holds up to 64 MiB, and leaves the parts of an upload whose
// ctx has ended.
func (b *Bucket) limitUpload(as func(any) bool) error {
	var manager *transfermanager.Client
	if !as(&manager) {
		return errors.New("the library has no manager of uploads")
	}
	*manager = *transfermanager.New(b.client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold, o.Concurrency = partSize, partSize, partsAtOnce
		o.FailTimeout = abortTime
		o.RequestChecksumCalculation = b.checksums
	})
	return nil
}

// source is a reader that fails once ctx has ended, counts what it reads, and keeps the error of r. After partSize bytes it waits
// for a place in large.
type source struct {
	ctx   context.Context
	r     io.Reader
	large chan struct{} // holds an element for each upload in parts
	holds bool          // one of these elements
	size  int64
	err   error
}

// Read implements io.Reader. It returns ctx's error also instead of the end of r, which would complete the upload.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.size >= partSize && !s.holds {
		select {
		case s.large <- struct{}{}:
			s.holds = true
		case <-s.ctx.Done():
			return 0, s.ctx.Err()
		}
	}
	n, err := s.r.Read(p)
	s.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	if ended := s.ctx.Err(); ended != nil {
		return n, ended
	}
	return n, err
}

// release gives the place in large back.
func (s *source) release() {
	if s.holds {
		<-s.large
		s.holds = false
	}
}

// ownError marks an error of the caller's reader, which says nothing about the storage.
type ownError struct{ error }

// Unwrap returns the reader's error.
func (e ownError) Unwrap() error { return e.error }
