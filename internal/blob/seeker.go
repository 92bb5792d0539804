package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// bodySeeker lets http.ServeContent seek in a body that cannot. ServeContent seeks first, writes the head of the answer, and
// then reads; the key is opened when the head is written, at the offset that was sought.
type bodySeeker struct {
	ctx    context.Context
	bucket Bucket
	key    string
	size   int64
	pos    int64
	body   io.ReadCloser // nil = not open
}

// errNotOpen is returned by a read before the head of the answer was written, which ServeContent does only if it has to guess
// the media type.
var errNotOpen = errors.New("blob: the content is not open")

// open opens n bytes at the current offset.
func (s *bodySeeker) open(n int64) error {
	if n == s.size-s.pos {
		n = -1
	}
	body, err := s.bucket.Open(s.ctx, s.key, s.pos, n)
	if err == nil {
		s.body = body
	}
	return err
}

// Read reads what was opened.
func (s *bodySeeker) Read(p []byte) (int, error) {
	if s.body == nil {
		return 0, errNotOpen
	}
	return s.body.Read(p)
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

// file returns the file that the body is read from, at its current offset. It returns nil if the body is none.
func (s *bodySeeker) file() *os.File {
	switch body := s.body.(type) {
	case *os.File:
		return body
	case interface{ File() *os.File }:
		return body.File()
	}
	return nil
}

// Close closes the body if it is open.
func (s *bodySeeker) Close() error {
	if s.body == nil {
		return nil
	}
	return s.body.Close()
}
