package config

import (
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/engine"
)

// maxBlocked is how many bytes a file of blocked words may have.
const maxBlocked = 1 << 20

// setBlocked reads the file of blocked words. An empty path leaves the renderer's own list.
func setBlocked(v *values, text string) error {
	if text == "" {
		return nil
	}
	f, err := os.Open(text) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	list, err := io.ReadAll(io.LimitReader(f, maxBlocked+1))
	switch {
	case err != nil:
		return err
	case len(list) > maxBlocked:
		return errors.New("the file is larger than 1 MiB")
	case !utf8.Valid(list):
		return errors.New("the file is not in UTF-8")
	}
	v.Blocked = engine.ParseBlocklist(string(list))
	return nil
}
