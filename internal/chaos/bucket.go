package chaos

import (
	"context"
	"os"
	"path/filepath"

	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
	"github.com/filmgate/filmgate/internal/datafolder"
)

// bucketName is that of the bucket. The audit reads its folder as the storage of a data folder, which has its files in a folder of this
// name. So what is proven is what was stored, and not what an S3 server says of it.
const bucketName = "files"

// bucket is an S3 server of the run's own, with the files of several servers.
type bucket struct{ server *s3test.Server }

func startBucket(ctx context.Context, dir string) (*bucket, error) {
	s, err := s3test.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	return &bucket{s}, os.Mkdir(s.Folder(bucketName), 0o750)
}

// env returns the settings with which a server keeps its files in the bucket; nil = in its data folder.
func (b *bucket) env() []string {
	if b == nil {
		return []string{"FILMGATE_BLOB_URL="}
	}
	return append(s3test.Environment(), "FILMGATE_BLOB_URL="+b.server.URL(bucketName))
}

// folder returns the folder of the storage, of the bucket or else of the data folder given.
func (b *bucket) folder(data string) string {
	if b == nil {
		return datafolder.Folder(data).Files()
	}
	return filepath.Dir(b.server.Folder(bucketName))
}

func (b *bucket) kill()                           { b.server.Stop() }
func (b *bucket) start(ctx context.Context) error { return b.server.Reopen(ctx) }
