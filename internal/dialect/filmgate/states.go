package filmgate

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wireState is a state of a task, with its time.
type wireState struct {
	Status task.State `json:"status" doc:"The state."`
	At     wireTime   `json:"at" doc:"When the task came into it."`
}

// stateList is all states of a task, on one page.
type stateList struct {
	States []wireState `json:"states" doc:"In their order: the first is QUEUED, the last one that of now."`
	Next   *string     `json:"next" doc:"Always null: all states are on one page."`
}

func (c calls) listStates(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	id, ok := dialect.ParseID(r.PathValue("id"))
	if !ok {
		return nil, task.NoSuchTask()
	}
	all, err := c.gw.States(r.Context(), who, id)
	if err != nil {
		return nil, err
	}
	out := stateList{States: []wireState{}}
	for _, s := range all {
		out.States = append(out.States, wireState{s.State, wireTime(s.At)})
	}
	return out, nil
}

func (c calls) statesRoute() dialect.Route {
	return c.route("GET /api/v1/tasks/{id}/states", c.listStates, dialect.Doc{
		ID: "list_task_states", Tag: dialect.Tasks, Summary: "List a task's states", Scope: apikey.Read, Params: taskID(),
		Text: "The states that the task has been through, each with its time. It may be in THROTTLED and QUEUED by turns. " +
			"If the server keeps the task's history no longer, only QUEUED, RUNNING and the end are known.",
		Answers: []dialect.Answer{{Text: "The states.", Of: stateList{}, Examples: []dialect.Example{dialect.Shown("filmgate", "states", "all_states", "the states of a task, each with its time")}}},
		Errors:  []task.Code{task.NotFound},
	})
}
