package node

import (
	"context"
	"io"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/filmgate/filmgate/internal/blob"
)

// countedStorage is a storage that counts what is written to it.
type countedStorage struct {
	blob.Storage
	bytes *prometheus.CounterVec // by the kind of file
}

// Put stores the bytes of r, and counts them if they are stored.
func (s countedStorage) Put(ctx context.Context, key string, r io.Reader, mediaType string) (blob.Info, error) {
	info, err := s.Storage.Put(ctx, key, r, mediaType)
	if err == nil {
		s.bytes.WithLabelValues(fileKind(info.Type)).Add(float64(info.Size))
	}
	return info, err
}

// fileKind returns the first part of a media type if it is that of a medium, else "other".
func fileKind(mediaType string) string {
	switch kind, _, _ := strings.Cut(mediaType, "/"); kind {
	case "video", "image", "audio":
		return kind
	default:
		return "other"
	}
}
