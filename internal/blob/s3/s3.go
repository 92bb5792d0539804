// Package s3 implements [blob.Bucket] on a bucket of Amazon S3 or of a server that speaks its protocol. A key is the name of
// an object, so other programs find what they expect.
//
// Put streams: a body of more than one part is a multipart upload, which S3 shows only once it is complete. Stat returns no
// hash, since the hash is known only after the object's metadata was sent. Link returns a presigned URL if the bucket's URL
// says serve=redirect, else "": the server copies every file itself. Credentials come from the environment variables and
// files of the AWS SDK, never from the bucket's URL.
package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	gocloud "gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/filmgate/filmgate/internal/blob"
)

// amazon is the place of a bucket whose URL and environment name no endpoint.
const amazon = "Amazon S3"

const (
	// pingKey is the object that Ping writes. It is the same on every node, so that no crash leaves more than one.
	pingKey  = ".filmgate/ping"
	pingText = "ping"
	pingLife = 5 * time.Second // of a result of Ping
)

// Bucket implements blob.Bucket and blob.Lister on one S3 bucket. Make one with Open.
type Bucket struct {
	name        string
	place       string // the server, for errors: "http://127.0.0.1:9000", "Amazon S3"
	region      string
	bucket      *gocloud.Bucket
	links       *gocloud.Bucket // signs links; nil = there are none
	linkLife    time.Duration   // of a link, at most
	client      *awss3.Client   // of bucket
	credentials aws.CredentialsProvider
	checksums   aws.RequestChecksumCalculation
	encryption  types.ServerSideEncryption
	kmsKey      *string       // nil = none
	largeFiles  chan struct{} // the uploads in parts of files
	largeOthers chan struct{} // those of other bodies, which may come from slow callers
	now         func() time.Time
	close       func() error
	pinging     chan struct{} // holds one element during a Ping
	lastPing    atomic.Pointer[pinged]
}

var (
	_ blob.Bucket = (*Bucket)(nil)
	_ blob.Lister = (*Bucket)(nil)
)

// Open returns the bucket that address names, for example "s3://films?region=eu-central-1"; see CheckURL. It sends nothing
// to the server, so a bucket that does not exist is found by Check. now is the clock that dates what Put stores, and that
// Check compares with the server's.
func Open(ctx context.Context, address string, now func() time.Time) (*Bucket, error) {
	l, err := parse(address)
	if err != nil {
		return nil, err
	}
	loaded, web, err := load(ctx, l)
	if err != nil {
		return nil, err
	}
	b := &Bucket{name: l.bucket, region: loaded.Region, credentials: loaded.Credentials, checksums: loaded.RequestChecksumCalculation,
		encryption: l.encryption, linkLife: l.linkLife, now: now, pinging: make(chan struct{}, 1),
		largeFiles: make(chan struct{}, largeAtOnce), largeOthers: make(chan struct{}, largeAtOnce)}
	if l.kmsKey != "" {
		b.kmsKey = &l.kmsKey
	}
	b.client = newClient(loaded, l.endpoint, l.pathStyle)
	b.place = cmp.Or(aws.ToString(b.client.Options().BaseEndpoint), amazon)
	options := &s3blob.Options{EncryptionType: l.encryption, KMSEncryptionID: l.kmsKey, RequestChecksumCalculation: b.checksums}
	if b.bucket, err = s3blob.OpenBucket(ctx, b.client, l.bucket, options); err != nil {
		return nil, fmt.Errorf("blob: open the bucket %s: %w", l.bucket, err)
	}
	closers := []func() error{b.bucket.Close}
	if l.redirect {
		public := newClient(loaded, cmp.Or(l.publicEndpoint, l.endpoint), l.pathStyle)
		if b.links, err = s3blob.OpenBucket(ctx, public, l.bucket, options); err != nil {
			return nil, errors.Join(fmt.Errorf("blob: open the bucket %s: %w", l.bucket, err), b.bucket.Close())
		}
		closers = append(closers, b.links.Close)
	}
	b.close = sync.OnceValue(func() error {
		b.lastPing.Store(nil)
		var errs []error
		for _, end := range closers {
			errs = append(errs, end())
		}
		web.CloseIdleConnections()
		return errors.Join(errs...)
	})
	return b, nil
}

// Open implements blob.Bucket.
func (b *Bucket) Open(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := blob.CheckKey(key); err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, fmt.Errorf("blob: open %s: offset %d is below 0", key, offset)
	}
	if length == 0 { // S3 has no range of no bytes
		if _, err := b.Stat(ctx, key); err != nil {
			return nil, err
		}
		return empty(), nil
	}
	r, err := b.bucket.NewRangeReader(ctx, key, offset, length, nil)
	if isPastEnd(err) {
		return empty(), nil
	}
	if err != nil {
		return nil, b.failed(ctx, "open "+key, err)
	}
	return &body{ctx, b, key, r}, nil
}

func empty() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// body classifies the errors of an object's bytes.
type body struct {
	ctx    context.Context
	bucket *Bucket
	key    string
	r      *gocloud.Reader
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.bucket.failed(b.ctx, "read "+b.key, err)
	}
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error { return b.r.Close() }

// Stat implements blob.Bucket. It returns no hash.
func (b *Bucket) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	calling, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	attrs, err := b.bucket.Attributes(calling, key)
	if err != nil {
		return blob.Info{}, b.failed(ctx, "stat "+key, err)
	}
	info := blob.Info{Size: attrs.Size, Type: attrs.ContentType, Modified: attrs.ModTime}
	if strings.HasPrefix(attrs.ETag, `"`) {
		info.ETag = attrs.ETag
	}
	return info, nil
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if err := b.bucket.Delete(calling, key); err != nil {
		if err := b.failed(ctx, "delete "+key, err); !errors.Is(err, blob.ErrNotFound) {
			return err
		}
	}
	return nil
}

// Link implements blob.Bucket. It returns "" unless the bucket's URL says serve=redirect.
func (b *Bucket) Link(ctx context.Context, key string, how blob.LinkOptions) (string, error) {
	if err := blob.CheckKey(key); err != nil || b.links == nil {
		return "", err
	}
	link, err := b.links.SignedURL(ctx, key, &gocloud.SignedURLOptions{Expiry: max(min(how.Life, b.linkLife), time.Second), Method: http.MethodGet,
		BeforeSign: func(as func(any) bool) error {
			var in *awss3.GetObjectInput
			if !as(&in) {
				return errors.New("the library signs another kind of request")
			}
			if how.Type != "" {
				in.ResponseContentType = &how.Type
			}
			if how.Disposition != "" {
				in.ResponseContentDisposition = &how.Disposition
			}
			return nil
		}})
	if err != nil {
		return "", b.failed(ctx, "link to "+key, err)
	}
	return link, nil
}

// pinged is the result of a Ping.
type pinged struct {
	at  time.Time
	err error
}

// Ping implements blob.Bucket. It writes, reads and deletes an object, so it fails if one of the rights is missing. Within
// pingLife it returns the result of the Ping before: each costs three requests, and whoever may ask for readiness may ask often.
func (b *Bucket) Ping(ctx context.Context) error {
	select {
	case b.pinging <- struct{}{}:
		defer func() { <-b.pinging }()
	case <-ctx.Done():
		return fmt.Errorf("blob: ping: %w", ctx.Err())
	}
	if last := b.lastPing.Load(); last != nil && b.now().Sub(last.at).Abs() < pingLife && ctx.Err() == nil {
		return last.err
	}
	err := b.ping(ctx)
	if ctx.Err() == nil {
		b.lastPing.Store(&pinged{b.now(), err})
	}
	return err
}

// ping pings the server. The object may be absent when it is read, because another node may have deleted it.
func (b *Bucket) ping(ctx context.Context) error {
	if err := b.putPing(ctx); err != nil {
		return b.failed(ctx, "ping", err)
	}
	if err := b.readPing(ctx); err != nil && !errors.Is(err, blob.ErrNotFound) {
		return fmt.Errorf("blob: ping: %w", err)
	}
	if err := b.Delete(ctx, pingKey); err != nil {
		return fmt.Errorf("blob: ping: %w", err)
	}
	return nil
}

func (b *Bucket) readPing(ctx context.Context) error {
	r, err := b.Open(ctx, pingKey, 0, -1)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// Close implements blob.Bucket. It may be called twice.
func (b *Bucket) Close() error { return b.close() }
