package storyboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/contactsheet"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	sheetsAtOnce  = 2        // each takes some 60 MiB and a second or two of a processor
	maxStillBytes = 16 << 20 // of a still
)

// ContactSheet returns a contact sheet of a storyboard as it is now: the middle preview of each chosen take, with its number, length
// and prompt. format is one of contactsheet.Formats. NotFound as Storyboard.
func (b *Boards) ContactSheet(ctx context.Context, who apikey.Key, id, format string) ([]byte, error) {
	board, err := b.Storyboard(ctx, who, id)
	if err != nil {
		return nil, err
	}
	select {
	case b.sheets <- struct{}{}:
		defer func() { <-b.sheets }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	sheet := contactsheet.Sheet{Title: board.Name}
	for i, s := range board.Shots {
		one, err := b.sheetShot(ctx, who, s, i > 0)
		if err != nil {
			return nil, err
		}
		sheet.Shots = append(sheet.Shots, one)
	}
	var out bytes.Buffer
	write := sheet.JPEG
	if format == "pdf" {
		write = sheet.PDF
	}
	if err := write(&out); err != nil {
		return nil, fmt.Errorf("storyboard: %w", err)
	}
	return out.Bytes(), nil
}

// sheetShot returns what a sheet shows of a shot. follows says that there is a shot before it.
func (b *Boards) sheetShot(ctx context.Context, who apikey.Key, s task.Shot, follows bool) (contactsheet.Shot, error) {
	t, err := b.cfg.Tasks.CachedTask(ctx, s.Take)
	if errors.Is(err, store.ErrNotFound) || err == nil && (t.Deleted || t.Account != who.Account) {
		return contactsheet.Shot{Note: "deleted"}, nil
	}
	if err != nil {
		return contactsheet.Shot{}, err
	}
	out := contactsheet.Shot{Prompt: t.Request.Prompt}
	length := s.Trim.Length(time.Duration(t.Request.Seconds) * time.Second)
	switch a, _, ok := t.FirstFile(task.Video); {
	case ok:
		length = s.Trim.Length(a.Duration)
		if out.Still, err = b.still(ctx, a); err != nil {
			return contactsheet.Shot{}, err
		}
	case t.State == task.Succeeded:
		out.Note = "deleted"
	case t.State == task.Failed:
		out.Note = "failed"
	case t.State == task.Cancelled:
		out.Note = "cancelled"
	default:
		out.Note = "not made yet"
	}
	out.Facts = fmt.Sprintf("%.1f s", length.Seconds())
	if d := s.Transition.Duration; follows && d > 0 {
		out.Facts += fmt.Sprintf(", dissolve %.1f s", d.Seconds())
	}
	if out.Still == nil && out.Note == "" {
		out.Note = "no preview"
	}
	return out, nil
}

// still returns the middle preview of a video; nil if it has none.
func (b *Boards) still(ctx context.Context, a task.Artifact) ([]byte, error) {
	previews := a.FilesOf(task.Preview)
	if len(previews) == 0 || previews[len(previews)/2].Type != "image/jpeg" {
		return nil, nil
	}
	in, err := b.cfg.Files.Open(ctx, previews[len(previews)/2].Key, 0, maxStillBytes)
	if errors.Is(err, blob.ErrNotFound) { // it has just been deleted
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("storyboard: open a preview: %w", err)
	}
	defer func() { _ = in.Close() }()
	still, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("storyboard: read a preview: %w", err)
	}
	return still, nil
}
