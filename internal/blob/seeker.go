package blob

import (
	"context"
	"fmt"
	"io"
)

// bodySeeker lets http.ServeContent seek in a body that cannot: it opens the key again at the new offset.
type bodySeeker struct {
	ctx     context.Context
	bucket  Bucket
	key     string
	size    int64
	pos     int64         // offset of the next Read
	body    io.ReadCloser // nil = not open
	bodyPos int64         // offset of the next byte of body
}

// Read reads at the current offset, and opens the key there if needed.
func (s *bodySeeker) Read(p []byte) (int, error) {
	if s.body != nil && s.bodyPos != s.pos {
		if err := s.Close(); err != nil {
			return 0, err
		}
	}
	if s.body == nil {
		body, err := s.bucket.Open(s.ctx, s.key, s.pos, -1)
		if err != nil {
			return 0, err
		}
		s.body, s.bodyPos = body, s.pos
	}
	n, err := s.body.Read(p)
	s.bodyPos += int64(n)
	s.pos = s.bodyPos
	return n, err
}

// Seek only sets the offset: http.ServeContent seeks to the end and back to learn the size.
func (s *bodySeeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.pos
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("blob: seek to %d", offset)
	}
	s.pos = offset
	return offset, nil
}

// Close closes the body if it is open.
func (s *bodySeeker) Close() error {
	if s.body == nil {
		return nil
	}
	body := s.body
	s.body = nil
	return body.Close()
}
