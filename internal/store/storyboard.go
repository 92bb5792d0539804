package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Storyboards is a database's storyboards. Every method may return ErrUnavailable.
type Storyboards interface {
	// Storyboards lists storyboards, newest first. An empty list is not an error.
	Storyboards(ctx context.Context, q task.StoryboardQuery) ([]task.Storyboard, error)
	// PutStoryboard writes a storyboard and returns the version written. If its Version is 0 it inserts it, and returns ErrExists if
	// the id is taken. Any other version must be the one in the database; otherwise it returns ErrStale and writes nothing. With once it
	// also writes that record, whose Task is the storyboard's id, in the same transaction; then it returns ErrExists, too, if the account
	// used the idempotency key less than the record's Life ago.
	PutStoryboard(ctx context.Context, b task.Storyboard, once *task.IdempotencyRecord) (version int64, err error)
	// DeleteStoryboard removes a storyboard of that version. It returns ErrStale if the database has another version, or none.
	DeleteStoryboard(ctx context.Context, id string, version int64) error
}

type storyboardRecord struct {
	ID        string       `json:"ID"`
	Account   int64        `json:"Account"`
	Version   int64        `json:"Version"`
	Name      string       `json:"Name"`
	Width     int          `json:"Width"`
	Height    int          `json:"Height"`
	FrameRate int          `json:"FrameRate"`
	Shots     []shotRecord `json:"Shots"`
	Created   time.Time    `json:"Created"`
	Updated   time.Time    `json:"Updated"`
}

type shotRecord struct {
	ID         string           `json:"ID"`
	Takes      []string         `json:"Takes"`
	Take       string           `json:"Take"`
	Transition transitionRecord `json:"Transition"`
	Trim       trimRecord       `json:"Trim"`
}

type transitionRecord struct {
	Type     task.TransitionType `json:"Type"`
	Duration time.Duration       `json:"Duration"`
}

type trimRecord struct {
	Start time.Duration `json:"Start"`
	End   time.Duration `json:"End"`
}

type sequenceRecord struct {
	Storyboard string          `json:"Storyboard"`
	Width      int             `json:"Width"`
	Height     int             `json:"Height"`
	FrameRate  int             `json:"FrameRate"`
	Shots      []cutShotRecord `json:"Shots"`
}

type cutShotRecord struct {
	Task       string           `json:"Task"`
	Transition transitionRecord `json:"Transition"`
	Trim       trimRecord       `json:"Trim"`
}

func sequenceToRecord(s task.Sequence) sequenceRecord {
	return sequenceRecord{s.Storyboard, s.Width, s.Height, s.FrameRate, mapSlice(s.Shots, func(c task.CutShot) cutShotRecord {
		return cutShotRecord{c.Task, transitionRecord(c.Transition), trimRecord(c.Trim)}
	})}
}

func (r sequenceRecord) sequence() task.Sequence {
	return task.Sequence{Storyboard: r.Storyboard, Width: r.Width, Height: r.Height, FrameRate: r.FrameRate, Shots: mapSlice(r.Shots, func(c cutShotRecord) task.CutShot {
		return task.CutShot{Task: c.Task, Transition: task.Transition(c.Transition), Trim: task.Trim(c.Trim)}
	})}
}

// MarshalStoryboard returns the stored form of b, as JSON.
func MarshalStoryboard(b task.Storyboard) ([]byte, error) {
	return marshal("storyboard", b.ID, storyboardRecord{
		ID: b.ID, Account: b.Account, Version: b.Version, Name: b.Name, Width: b.Width, Height: b.Height, FrameRate: b.FrameRate,
		Shots: mapSlice(b.Shots, shotToRecord), Created: storedTime(b.Created), Updated: storedTime(b.Updated),
	})
}

// UnmarshalStoryboard returns the storyboard that MarshalStoryboard wrote. It fails if body is not such JSON.
func UnmarshalStoryboard(body []byte) (task.Storyboard, error) {
	var r storyboardRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return task.Storyboard{}, fmt.Errorf("store: read a storyboard: %w", err)
	}
	return task.Storyboard{
		ID: r.ID, Account: r.Account, Version: r.Version, Name: r.Name, Width: r.Width, Height: r.Height, FrameRate: r.FrameRate,
		Shots: mapSlice(r.Shots, shotRecord.shot), Created: r.Created, Updated: r.Updated,
	}, nil
}

func shotToRecord(s task.Shot) shotRecord {
	return shotRecord{ID: s.ID, Takes: s.Takes, Take: s.Take, Transition: transitionRecord(s.Transition), Trim: trimRecord(s.Trim)}
}

func (r shotRecord) shot() task.Shot {
	return task.Shot{ID: r.ID, Takes: r.Takes, Take: r.Take, Transition: task.Transition(r.Transition), Trim: task.Trim(r.Trim)}
}
