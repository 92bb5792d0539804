package dialect

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// Call answers a request whose key was found good, or returns an error without an answer.
type Call func(w http.ResponseWriter, r *http.Request, who apikey.Key) error

// ForKey returns the handler of a call whose bearer token must be a key with the scope. refuse answers for an error: that of the
// key, or of the call.
func ForKey(gw Gateway, scope apikey.Scope, call Call, refuse func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := gw.Admit(r.Context(), Bearer(r), scope)
		if err == nil {
			err = call(w, r, who)
		}
		if err != nil {
			refuse(w, r, err)
		}
	})
}

// Creation says how the request of a create is read.
type Creation struct {
	Limit  int64                      // of the body, in bytes
	Decode func(*Fields) task.Request // what is wrong is noted in the fields
	Check  func(*task.Request) error  // looks up what a valid request refers to; nil = nothing
	Names  map[string]string          // our names of fields to the wire's, for the gateway's errors: see Rename
}

// Create reads a request from a body of JSON and submits it, under the caller's Idempotency-Key if there is one. It names the
// fields that were ignored in a header. Errors: those of ReadFields, Fields.Err, c.Check and Submit, with the wire's names of
// fields.
func Create(w http.ResponseWriter, r *http.Request, gw Gateway, who apikey.Key, c Creation) (task.Task, error) {
	f, err := ReadFields(w, r, c.Limit)
	if err != nil {
		return task.Task{}, err
	}
	req := c.Decode(f)
	ReportIgnored(w, r, f)
	if err = f.Err(); err == nil && c.Check != nil {
		err = c.Check(&req)
	}
	if err != nil {
		return task.Task{}, err
	}
	t, err := Submit(w, r, gw, who, f, req)
	return t, Rename(err, c.Names)
}
