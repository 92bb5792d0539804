package filmgate

import (
	"errors"
	"io"
	"net/http"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// callbackLimit is the largest callback that is read, in bytes. Vendors send a task as in the answer to a poll.
const callbackLimit = 1 << 20

// wireHeard is an answer that a vendor expects.
type wireHeard struct {
	Challenge string `json:"challenge,omitempty" doc:"What a vendor sent to try the URL, said again."`
}

func (c calls) callbackRoutes() []dialect.Route {
	example := func(name, text string) []dialect.Example {
		return []dialect.Example{dialect.Shown("filmgate", "callbacks", name, text)}
	}
	return []dialect.Route{{
		Pattern: "POST /callbacks/{engine}/{token}", Handler: http.HandlerFunc(c.callback), QuietLog: true,
		Doc: dialect.Doc{
			ID: "receive_callback", Tag: dialect.Callbacks, Summary: "Take a vendor's callback",
			Text: "A vendor calls the URL that it was given with a task. Whatever the body says, the task is polled soon; of most vendors a signature is " +
				"checked first. The body is the vendor's own, of 1 MiB at most. The answer is what the vendor wants to hear, else an empty object.",
			Params: []dialect.Param{
				{In: "path", Name: "engine", Text: "The engine's configured name.", Example: "team"},
				{In: "path", Name: "token", Text: "What makes the URL one that nobody can guess.", Example: "good-token"},
				{In: "header", Name: "Webhook-Signature", Text: "Of a vendor that signs as Standard Webhooks has it, beside `Webhook-Id` and `Webhook-Timestamp`."},
				{In: "header", Name: "X-Fal-Webhook-Signature", Text: "Of fal, beside `X-Fal-Webhook-Request-Id`, `X-Fal-Webhook-User-Id` and `X-Fal-Webhook-Timestamp`."},
			},
			Answers: []dialect.Answer{{Text: "The callback was taken. Whether there still is such a task is not told.", Of: wireHeard{},
				Examples: example("silent", "a vendor that wants to hear nothing gets an empty object")}},
			Errors: []task.Code{task.Invalid, task.Unauthorized, task.NotFound, task.TooLarge, task.Unavailable},
		},
	}}
}

// callback receives a vendor's callback. It needs no key: the token in its URL serves as one.
func (c calls) callback(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, callbackLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = &task.Error{Code: task.TooLarge, Detail: "A callback may have 1 MiB."}
	} else if err != nil {
		err = &task.Error{Code: task.Invalid, Detail: "The body could not be read to its end."}
	}
	var answer []byte
	if err == nil {
		answer, err = c.gw.ReceiveCallback(r.Context(), r.PathValue("engine"), r.PathValue("token"), r.Header, body)
	}
	if err != nil {
		dialect.WriteProblem(w, r, c.Log, err)
		return
	}
	if answer == nil {
		answer = []byte("{}")
	}
	dialect.WriteJSON(w, http.StatusOK, answer) // Luma accepts only 200
}
