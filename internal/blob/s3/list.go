package s3

import (
	"context"
	"errors"
	"fmt"
	"io"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	gocloud "gocloud.dev/blob"

	"github.com/filmgate/filmgate/internal/blob"
)

// maxPage is the largest number of keys in one answer of S3.
const maxPage = 1000

// List implements blob.Lister. It skips objects whose names are not valid keys, such as markers of folders.
func (b *Bucket) List(ctx context.Context, folder, after string, limit int) ([]blob.Entry, error) {
	if err := blob.CheckFolder(folder); err != nil {
		return nil, err
	}
	options := &gocloud.ListOptions{Prefix: folder, BeforeList: startAfter(after)}
	var found []blob.Entry
	for token := gocloud.FirstPageToken; len(found) < limit; {
		calling, cancel := context.WithTimeout(ctx, callTime)
		page, next, err := b.bucket.ListPage(calling, token, min(limit-len(found), maxPage), options)
		cancel()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, b.failed(ctx, fmt.Sprintf("list %q", folder), err)
		}
		for _, object := range page {
			if object.Key > after && blob.CheckKey(object.Key) == nil {
				found = append(found, blob.Entry{Key: object.Key, Modified: object.ModTime})
			}
		}
		if len(next) == 0 {
			break
		}
		token = next
	}
	return found, nil
}

// startAfter makes the first page of a list begin after a key. S3 ignores it on later pages.
func startAfter(after string) func(as func(any) bool) error {
	return func(as func(any) bool) error {
		var in *awss3.ListObjectsV2Input
		if after != "" && as(&in) {
			in.StartAfter = &after
		}
		return nil
	}
}
