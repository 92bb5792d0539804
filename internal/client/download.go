package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// Download writes the file at url to the file name: all of it, or nothing. size is its expected size in bytes, 0 =
// unknown. The key is not sent: a video's URL needs none, and may lead to other storage.
func (c Client) Download(ctx context.Context, url, name string, size int64) (err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("download: the server answered %s", res.Status)
	}
	part, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".part-*")
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("download: %w", err), os.Remove(part.Name()))
		}
	}()
	n, err := io.Copy(part, res.Body)
	if err == nil && size > 0 && n != size {
		err = fmt.Errorf("got %d bytes where the task has %d", n, size)
	}
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Chmod(0o644), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), name)
}
