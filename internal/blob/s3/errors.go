package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"gocloud.dev/gcerrors"

	"github.com/filmgate/filmgate/internal/blob"
)

// faultError is an error of the storage: ErrUnavailable, with a sentence for the operator.
type faultError struct {
	text string
	err  error // of the library
}

// Error returns the sentence.
func (f *faultError) Error() string { return f.text }

// Unwrap returns ErrUnavailable and the library's error.
func (f *faultError) Unwrap() []error { return []error{blob.ErrUnavailable, f.err} }

// failed describes the error of one call. It is ErrNotFound if the server says that the object is absent, ctx's own error if
// ctx has ended, and the reader's if a Put's reader failed. Any other error is ErrUnavailable, because the bytes are behind a
// network and an account that may both be mended: a refused or lost connection, a timeout, 5xx, missing rights, no bucket.
func (b *Bucket) failed(ctx context.Context, what string, err error) error {
	var own ownError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("blob: %s: %w", what, ctx.Err())
	case errors.As(err, &own):
		return fmt.Errorf("blob: %s: %w", what, own.error)
	case b.isAbsent(ctx, &err):
		return fmt.Errorf("blob: %s: %w", what, blob.ErrNotFound)
	default:
		return fmt.Errorf("blob: %s: %w", what, &faultError{b.explain(err, ""), err})
	}
}

// isAbsent reports whether err says that an object is absent. gocloud.dev says the same of an absent bucket and of one in
// another region, which are faults of the storage. An answer to HEAD has no body that could tell an absent bucket from an
// absent object, so the server is asked for the bucket; if that fails, err becomes its error.
func (b *Bucket) isAbsent(ctx context.Context, err *error) bool {
	if gcerrors.Code(*err) != gcerrors.NotFound || code(*err) == "NoSuchBucket" || status(*err) == http.StatusMovedPermanently {
		return false
	}
	if code(*err) == "NoSuchKey" {
		return true
	}
	fault := b.headBucket(ctx)
	if fault != nil {
		*err = fault
	}
	return fault == nil
}

// isPastEnd reports whether err says that a range begins at or after the end of an object.
func isPastEnd(err error) bool {
	return err != nil && status(err) == http.StatusRequestedRangeNotSatisfiable
}

// explain returns a sentence that says what is wrong with the storage, and what to correct. right is the right that the
// request needed; "" = it is not known.
func (b *Bucket) explain(err error, right string) string {
	switch code(err) {
	case "NoSuchBucket":
		return fmt.Sprintf("there is no bucket %q at %s: make it, or correct the name after s3://", b.name, b.place)
	case "NotFound": // an answer without a body, or that of another kind of server
		return fmt.Sprintf("there is no bucket %q at %s: make it, or correct the name after s3:// or the parameter endpoint", b.name, b.place)
	case "InvalidAccessKeyId":
		return b.place + " does not know the access key: correct AWS_ACCESS_KEY_ID"
	case "SignatureDoesNotMatch":
		return "the secret key is not that of the access key: correct AWS_SECRET_ACCESS_KEY"
	case "ExpiredToken", "InvalidToken":
		return "the credentials have expired, or are not valid: renew AWS_SESSION_TOKEN and the keys with it"
	case "RequestTimeTooSkewed":
		return "the clocks of this machine and of " + b.place + " differ by more than 15 minutes: set this machine's clock"
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
		return b.explainRegion(err)
	}
	switch status(err) {
	case http.StatusForbidden, http.StatusUnauthorized:
		if right == "" {
			right = "all that docs/s3.md lists"
		}
		return fmt.Sprintf("the access key lacks a right in the bucket %q at %s: give it %s", b.name, b.place, right)
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect:
		return b.explainRegion(err)
	}
	return b.explainOther(err)
}

// explainRegion explains an error of a bucket in another region.
func (b *Bucket) explainRegion(err error) string {
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		if region := response.Response.Header.Get("X-Amz-Bucket-Region"); region != "" {
			return fmt.Sprintf("the bucket %q is not in the region %s: set the parameter region=%s", b.name, b.region, region)
		}
	}
	return fmt.Sprintf("%s takes no requests for the region %s: correct the parameter region (%s)", b.place, b.region, message(err))
}

// explainOther explains an error that has no sentence of its own.
func (b *Bucket) explainOther(err error) string {
	var strange *smithy.DeserializationError
	var sent *url.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded) || isTimeout(err):
		return b.late()
	case status(err) == 0 && errors.As(err, &sent):
		return fmt.Sprintf("%s can't be reached: %s (%v)", b.place, b.remedy(), sent.Err)
	case status(err) >= http.StatusInternalServerError:
		return fmt.Sprintf("%s has an error of its own (%s)", b.place, message(err))
	case errors.Is(err, errStrange) || errors.As(err, &strange) || status(err) != 0 && (code(err) == "" || code(err) == "UnknownError"):
		return fmt.Sprintf("what answers at %s is no S3 server: correct the parameter endpoint", b.place)
	case code(err) != "":
		return fmt.Sprintf("%s refuses: %s", b.place, message(err))
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// late returns the sentence about a server that does not answer.
func (b *Bucket) late() string {
	return fmt.Sprintf("%s does not answer in time: %s", b.place, b.remedy())
}

// remedy returns what to do about a server that is not there.
func (b *Bucket) remedy() string {
	if b.place == amazon {
		return "check this machine's network"
	}
	return "start it, or correct the parameter endpoint"
}

// isTimeout reports whether err is a timeout of the network. A url.Error does not say so if its cause is a wrapped one.
func isTimeout(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

// message returns S3's code and text of an error.
func message(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return fmt.Sprintf("status %d", status(err))
}

// code returns S3's code of an error, such as "NoSuchBucket", or "".
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// status returns the HTTP status of the answer behind an error, or 0.
func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}
