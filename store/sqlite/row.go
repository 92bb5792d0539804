package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/filmgate/filmgate/task"
)

// encode is the body of a task's row: the task itself as JSON, its times in milliseconds and UTC. The names of the
// fields are those of package task; testdata/task.json keeps a renamed one from being lost unnoticed.
func encode(t task.Task) ([]byte, error) {
	t.Wait = 0
	for _, at := range []*time.Time{&t.Created, &t.Updated, &t.Started, &t.Finished, &t.NotBefore, &t.HeldSince, &t.Deadline} {
		*at = stored(*at)
	}
	t.Attempts = slices.Clone(t.Attempts)
	for i := range t.Attempts {
		a := &t.Attempts[i]
		a.Begun, a.Ended = stored(a.Begun), stored(a.Ended)
	}
	t.Artifacts = slices.Clone(t.Artifacts)
	for i := range t.Artifacts {
		a := &t.Artifacts[i]
		a.Created, a.Updated = stored(a.Created), stored(a.Updated)
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode task %s: %w", t.ID, err)
	}
	return raw, nil
}

// stored is t as it will be read again.
func stored(t time.Time) time.Time { return moment(millis(t)) }

// moment is the time in a column.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// scanTask reads a task's body. Fields that this program does not know, a newer one's, are passed over.
func scanTask(scan func(...any) error) (task.Task, error) { return body[task.Task](scan) }

// scanArtifact reads an artifact's id and the body of its task.
func scanArtifact(scan func(...any) error) (task.Artifact, error) {
	var (
		id  string
		raw sql.RawBytes
		in  struct{ Artifacts []task.Artifact }
	)
	if err := scan(&id, &raw); err != nil {
		return task.Artifact{}, err
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return task.Artifact{}, err
	}
	i := slices.IndexFunc(in.Artifacts, func(a task.Artifact) bool { return a.ID == id })
	if i < 0 {
		return task.Artifact{}, fmt.Errorf("artifact %s is in the index and not in its task", id)
	}
	return in.Artifacts[i], nil
}

func scanEvent(scan func(...any) error) (e task.Event, err error) {
	var at int64
	err = scan(&at, &e.Kind, &e.From, &e.To, &e.Text)
	e.At = moment(at)
	return e, err
}

func scanReplay(scan func(...any) error) (r task.Replay, err error) {
	var created, wait int64
	err = scan(&r.Account, &r.Key, &r.Fingerprint, &r.Task, &created, &wait)
	r.Created, r.Wait = moment(created), time.Duration(wait)*time.Millisecond
	return r, err
}

func scanGroup(scan func(...any) error) (g task.AssetGroup, err error) {
	var created int64
	err = scan(&g.ID, &g.Account, &g.Name, &created)
	g.Created = moment(created)
	return g, err
}
