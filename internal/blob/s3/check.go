package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
)

// maxSkew is how far S3 lets a caller's clock be off. The SDK corrects its own requests, but not the links that it signs.
const maxSkew = 15 * time.Minute

// errStrange means that a server answers with another content than what was put.
var errStrange = errors.New("the server does not return what was put")

// Check does once all that the server needs to be allowed, for a start and for doctor. Its error is one sentence that says
// what is wrong, without the name of the setting that holds the URL.
func (b *Bucket) Check(ctx context.Context) error {
	if _, err := b.credentials.Retrieve(ctx); err != nil {
		return b.ended(ctx, errors.New("there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role of the AWS SDK"))
	}
	var server time.Time
	for _, step := range []struct {
		right string
		do    func() error
	}{
		{"s3:ListBucket", func() error { return b.tryList(ctx) }},
		{"s3:PutObject", func() error { return b.putPing(ctx) }},
		{"s3:GetObject", func() (err error) { server, err = b.tryGet(ctx); return err }},
		{"s3:AbortMultipartUpload", func() error { return b.tryAbort(ctx) }},
		{"s3:DeleteObject", func() error {
			_, err := b.client.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: &b.name, Key: aws.String(pingKey)})
			return err
		}},
	} {
		if err := step.do(); err != nil {
			return b.ended(ctx, errors.New(b.explain(err, step.right)))
		}
	}
	if skew := b.now().Sub(server).Round(time.Minute); !server.IsZero() && skew.Abs() > maxSkew {
		side := "ahead of"
		if skew < 0 {
			side = "behind"
		}
		return fmt.Errorf("this machine's clock is %v %s that of %s: set it", skew.Abs(), side, b.place)
	}
	return nil
}

// ended returns ctx's error if ctx has ended, else err.
func (b *Bucket) ended(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &faultError{b.late(), ctx.Err()}
	case ctx.Err() != nil:
		return fmt.Errorf("blob: check: %w", ctx.Err())
	}
	return err
}

func (b *Bucket) tryList(ctx context.Context) error {
	_, err := b.client.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: &b.name, MaxKeys: aws.Int32(1)})
	return err
}

// putPing writes the object of Ping. Unlike Put it ends at once with ctx.
func (b *Bucket) putPing(ctx context.Context) error {
	_, err := b.client.PutObject(ctx, &awss3.PutObjectInput{Bucket: &b.name, Key: aws.String(pingKey), Body: strings.NewReader(pingText),
		ContentType: aws.String("text/plain"), ServerSideEncryption: b.encryption, SSEKMSKeyId: b.kmsKey})
	return err
}

// tryGet reads the object of Ping, and returns the time of the server's clock; the zero time if the answer had none.
func (b *Bucket) tryGet(ctx context.Context) (time.Time, error) {
	got, err := b.client.GetObject(ctx, &awss3.GetObjectInput{Bucket: &b.name, Key: aws.String(pingKey)})
	if code(err) == "NoSuchKey" { // another node's Ping has deleted it
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	defer func() { _ = got.Body.Close() }() // it was only read
	server, _ := awsmiddleware.GetServerTime(got.ResultMetadata)
	text, err := io.ReadAll(io.LimitReader(got.Body, int64(len(pingText))+1))
	if err == nil && string(text) != pingText {
		err = errStrange
	}
	return server, err
}

// tryAbort begins an upload in parts and ends it.
func (b *Bucket) tryAbort(ctx context.Context) error {
	begun, err := b.client.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: &b.name, Key: aws.String(pingKey),
		ServerSideEncryption: b.encryption, SSEKMSKeyId: b.kmsKey})
	if err != nil {
		return err
	}
	_, err = b.client.AbortMultipartUpload(ctx, &awss3.AbortMultipartUploadInput{Bucket: &b.name, Key: aws.String(pingKey), UploadId: begun.UploadId})
	return err
}

// headBucket asks the server whether the bucket exists.
func (b *Bucket) headBucket(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := b.client.HeadBucket(ctx, &awss3.HeadBucketInput{Bucket: &b.name})
	return err
}
