package postgres

import (
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

// scanBytes reads a row whose only column is bytes.
func scanBytes(scan func(...any) error) (v []byte, err error) {
	err = scan(&v)
	return v, err
}

// scanArtifact reads a row of an artifact's id and its task's body.
func scanArtifact(scan func(...any) error) (task.Artifact, error) {
	var (
		id  string
		raw []byte
	)
	if err := scan(&id, &raw); err != nil {
		return task.Artifact{}, err
	}
	return store.UnmarshalArtifact(raw, id)
}

func scanEvent(scan func(...any) error) (e task.Event, err error) {
	var at int64
	var detail []byte
	err = scan(&e.Version, &at, &e.Kind, &e.From, &e.To, &detail)
	e.At, e.Text = timeOf(at), string(detail)
	return e, err
}

func scanIdempotency(scan func(...any) error) (r task.IdempotencyRecord, err error) {
	var created, wait int64
	var key, fingerprint []byte
	err = scan(&r.Account, &key, &fingerprint, &r.Task, &created, &wait)
	r.Key, r.Fingerprint = string(key), string(fingerprint)
	r.Created, r.Wait = timeOf(created), time.Duration(wait)*time.Millisecond
	return r, err
}

func scanGroup(scan func(...any) error) (g task.AssetGroup, err error) {
	var created int64
	var name []byte
	err = scan(&g.ID, &g.Account, &name, &created)
	g.Name, g.Created = string(name), timeOf(created)
	return g, err
}
