package filmgate

import (
	"errors"
	"io"
	"net/http"

	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/task"
)

// callbackLimit is the largest callback that is read, in bytes. Vendors send a task as they tell it to a poll.
const callbackLimit = 1 << 20

// callback takes a vendor's word that a task has moved on. It needs no key: the token in its URL is one.
func (c calls) callback(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, callbackLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = &task.Error{Code: task.TooLarge, Detail: "A callback may have 1 MiB."}
	} else if err != nil {
		err = &task.Error{Code: task.Invalid, Detail: "The body could not be read to its end."}
	}
	var answer []byte
	if err == nil {
		answer, err = c.gw.CalledBack(r.Context(), r.PathValue("engine"), r.PathValue("token"), r.Header, body)
	}
	if err != nil {
		dialect.WriteProblem(w, r, c.Log, err)
		return
	}
	if answer == nil {
		answer = []byte("{}")
	}
	dialect.WriteJSON(w, r, http.StatusOK, answer, false) // Luma takes 200 alone for an answer
}
