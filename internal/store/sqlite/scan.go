package sqlite

import (
	"database/sql"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// timeOf returns the time that a column holds in epoch milliseconds.
func timeOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// scanTask reads a task's body.
func scanTask(scan func(...any) error) (task.Task, error) { return scanBody(scan, store.UnmarshalTask) }

// scanDataset reads a dataset's body.
func scanDataset(scan func(...any) error) (task.Dataset, error) {
	return scanBody(scan, store.UnmarshalDataset)
}

// scanKey reads a key's body.
func scanKey(scan func(...any) error) (apikey.Key, error) { return scanBody(scan, store.UnmarshalKey) }

// scanArtifact reads a row of an artifact's id and its task's body.
func scanArtifact(scan func(...any) error) (task.Artifact, error) {
	var (
		id  string
		raw sql.RawBytes
	)
	if err := scan(&id, &raw); err != nil {
		return task.Artifact{}, err
	}
	return store.UnmarshalArtifact(raw, id)
}

func scanEvent(scan func(...any) error) (e task.Event, err error) {
	var at int64
	err = scan(&e.Version, &at, &e.Kind, &e.From, &e.To, &e.Text)
	e.At = timeOf(at)
	return e, err
}

func scanIdempotency(scan func(...any) error) (r task.IdempotencyRecord, err error) {
	var created, wait int64
	err = scan(&r.Account, &r.Key, &r.Fingerprint, &r.Task, &created, &wait)
	r.Created, r.Wait = timeOf(created), time.Duration(wait)*time.Millisecond
	return r, err
}

func scanGroup(scan func(...any) error) (g task.AssetGroup, err error) {
	var created int64
	err = scan(&g.ID, &g.Account, &g.Name, &created)
	g.Created = timeOf(created)
	return g, err
}
