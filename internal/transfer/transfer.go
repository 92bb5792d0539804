// Package transfer moves a server's rows, and its files if that is wanted, from one database and storage to another: SQLite to
// PostgreSQL and back. [Move.Run] is the whole of that. [CopyFile], [Named] and [Mark] are the parts of it from which a backup is
// made and restored.
//
// It knows databases only as [store.Portable] and storages only as [blob.Bucket], and changes nothing at the source. The rows are
// moved as they are, in pages. Each page is written in one transaction with the position after it, so a move that was ended at
// any moment is continued by another call, and [Unfinished] says that the destination is not complete. Locks, URLs, flags and
// the tables of the queue belong to the caller.
package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
)

// Errors that callers act on. They are returned wrapped.
var (
	// ErrOccupied means that the destination has rows that are not those of the source.
	ErrOccupied = errors.New("it has rows of its own")
	// ErrChanged means that the two databases differ after the rows were copied, so somebody wrote to one of them meanwhile.
	ErrChanged = errors.New("the rows differ from those of the source after the move")
)

// Move describes a move.
type Move struct {
	From, To Side
	// Command continues the move if it was interrupted, as people type it. It holds no secret.
	Command string
	// PageRows is how many rows are written in one transaction at most; 0 = 1000.
	PageRows int
	// Jobs moves the jobs of the queue, and returns how many. It is called after the rows and files, and again if the move is
	// continued. nil = none are moved.
	Jobs func(ctx context.Context) (int64, error)
	// Progress is called after every step. It may be nil.
	Progress func(Progress)
	// Skip reports whether a file is not to be moved. nil = all files are moved.
	Skip func(key string) bool
	// Problem is called for each file that could not be moved as it should be. It may be nil.
	Problem func(FileError)
}

// Side is one end of a move.
type Side struct {
	Rows  store.Portable
	Files blob.Storage // nil = files are not moved
	// Name is for people, and tells this database from others: a move is continued only from the source with the same name. It
	// holds no secret.
	Name string
	// Setting and FilesSetting name the settings or flags that chose the database and the storage. Errors begin with them.
	Setting, FilesSetting string
}

// Progress says how far a step of a move is.
type Progress struct {
	Step        string // "copying tasks"
	Done, Total int64  // rows or files; Total is negative if it is not known
}

// Report is the result of a move.
type Report struct {
	Tables    []Table
	Files     Files
	Jobs      int64
	Continued bool // an earlier call had begun the move
	Again     bool // the source had changed since then, so all rows were copied again
	Already   bool // the rows had been moved before, and only compared
}

// Table is what was found equal in a table at both sides.
type Table struct {
	Name string
	Rows int64
	Hash string // 64 hex digits, made from all rows; the order of the rows has no effect
}

// state is what the destination records of a move that is under way.
type state struct {
	Source  string
	Command string
	Table   string   // rows of this table are being copied; those before it in store.Tables are complete
	After   [][]byte // key of the last row that was copied; nil = none of this table
}

// Unfinished returns an error if a move into the database is not complete. It says which command completes it.
func Unfinished(ctx context.Context, db store.Portable) error {
	s, err := readState(ctx, db)
	if err != nil || s == nil {
		return err
	}
	return fmt.Errorf("the move from %s into it is not complete; complete it with: %s", s.Source, s.Command)
}

// Mark records in a database that data is on its way into it from source, so that no server starts on it. command completes it.
// It deletes all rows.
func Mark(ctx context.Context, db store.Portable, source, command string) error {
	raw, err := json.Marshal(state{Source: source, Command: command})
	if err != nil {
		return fmt.Errorf("record where the data comes from: %w", err)
	}
	return db.Begin(ctx, raw)
}

// MarkedSource returns the source that Mark, or a move, has recorded; "" if no data is on its way into the database.
func MarkedSource(ctx context.Context, db store.Portable) (string, error) {
	s, err := readState(ctx, db)
	if err != nil || s == nil {
		return "", err
	}
	return s.Source, nil
}

// readState returns the state of a move into the database; nil if none is under way.
func readState(ctx context.Context, db store.Portable) (*state, error) {
	raw, err := db.Move(ctx)
	if err != nil || raw == nil {
		return nil, err
	}
	s := new(state)
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fmt.Errorf("the state of a move into it can't be read: %w", err)
	}
	return s, nil
}

// encode returns the state as the destination records it.
func (s state) encode() ([]byte, error) { return json.Marshal(s) }

// Run moves what is not moved yet, and compares the rows of both sides. If it fails or ctx ends, the destination stays
// unfinished, and another call continues. Files that are missing at the source are no error: the report counts them. If the
// rows were moved before and have not changed, only files are moved.
func (m Move) Run(ctx context.Context) (Report, error) {
	var r Report
	if err := Unfinished(ctx, m.From.Rows); err != nil {
		return r, m.From.Fail(err)
	}
	s, err := readState(ctx, m.To.Rows)
	if err != nil {
		return r, m.To.Fail(err)
	}
	switch {
	case s == nil:
		r.Already, err = m.occupied(ctx, &r)
	case s.Source != m.From.Name:
		err = m.To.Fail(fmt.Errorf("a move from %s into it is not complete; complete it with: %s, or take an empty database", s.Source, s.Command))
	default:
		r.Continued = true
	}
	if err == nil && !r.Already {
		err = m.rows(ctx, s, &r)
	}
	if err == nil {
		r.Files, err = m.files(ctx)
	}
	if err == nil && !r.Already {
		err = m.finish(ctx, &r)
	}
	return r, err
}

// finish moves the jobs, and records that the move is complete.
func (m Move) finish(ctx context.Context, r *Report) (err error) {
	if m.Jobs != nil {
		m.show("copying jobs", 0, -1)
		if r.Jobs, err = m.Jobs(ctx); err != nil {
			return err
		}
	}
	return m.To.Fail(m.To.Rows.End(ctx))
}

// occupied looks at a destination into which no move is under way. It returns ErrOccupied if there are rows, unless they are
// those of the source: already is true then, and the report has the tables.
func (m Move) occupied(ctx context.Context, r *Report) (already bool, err error) {
	rows, same := "", true
	for _, t := range store.Tables() {
		to, err := m.To.Rows.Count(ctx, t)
		if err != nil {
			return false, m.To.Fail(err)
		}
		from, err := m.From.Rows.Count(ctx, t)
		if err != nil {
			return false, m.From.Fail(err)
		}
		if to > 0 {
			rows += fmt.Sprintf(", %d in %s", to, t.Name)
		}
		same = same && from == to
	}
	if rows == "" {
		return false, nil
	}
	if same {
		if r.Tables, err = m.compare(ctx); !errors.Is(err, ErrChanged) {
			return err == nil, err
		}
	}
	return false, m.To.Fail(fmt.Errorf("%w (%s): take an empty one", ErrOccupied, rows[2:]))
}

// rows copies the rows from a state on, and compares all of them. If the source has changed since an earlier call, it begins
// again.
func (m Move) rows(ctx context.Context, s *state, r *Report) error {
	for again := false; ; again = true {
		if s == nil || again {
			s = &state{Source: m.From.Name, Table: store.Tables()[0].Name}
		}
		s.Command = m.Command
		err := m.copyRows(ctx, *s, !r.Continued || again)
		if err == nil {
			r.Tables, err = m.compare(ctx)
		}
		r.Again = again
		changed := errors.Is(err, ErrChanged) || errors.Is(err, store.ErrExists)
		if !changed || !r.Continued || again {
			return err
		}
	}
}

// Fail adds the setting of the database to an error.
func (s Side) Fail(err error) error { return under(s.Setting, err) }

// failFiles adds the setting of the storage to an error.
func (s Side) failFiles(err error) error { return under(s.FilesSetting, err) }

func under(setting string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", setting, err)
}

func (m Move) pageRows() int { return cmp.Or(m.PageRows, defaultPageRows) }

func (m Move) show(step string, done, total int64) {
	if m.Progress != nil {
		m.Progress(Progress{step, done, total})
	}
}
