package runway

import (
	"context"
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// versionHeader names the version of the API that a caller wants. Runway requires it.
const (
	versionHeader = "X-Runway-Version"
	version       = "2024-11-06"
)

// isDeveloper reports whether a request is of the developer API. The web app's calls have the same paths, and no version.
func isDeveloper(r *http.Request) bool { return len(r.Header.Values(versionHeader)) > 0 }

// developerRoutes returns the calls of the developer API.
func (c calls) developerRoutes() []dialect.Route {
	return []dialect.Route{
		{Pattern: "POST /v1/text_to_video", Handler: c.create(fromText), Doc: c.createDoc("text_to_video", fromText)},
		{Pattern: "POST /v1/image_to_video", Handler: c.create(fromImage), Doc: c.createDoc("image_to_video", fromImage)},
		{Pattern: "POST /v1/video_to_video", Handler: c.create(fromVideo), Doc: c.createDoc("video_to_video", fromVideo)},
		{Pattern: "GET /v1/tasks/{id}", Match: isDeveloper, Handler: c.versioned(apikey.Read, c.readTask), QuietLog: true, LongPoll: true, Doc: readTaskDoc()},
		{Pattern: "DELETE /v1/tasks/{id}", Handler: c.versioned(apikey.Write, c.deleteTask), Doc: deleteTaskDoc()},
		{Pattern: "GET /v1/organization", Handler: c.versioned(apikey.Read, c.organization), Doc: organizationDoc()},
		{Pattern: "POST /v1/organization/usage", Handler: c.versioned(apikey.Read, c.usage), Doc: usageDoc()},
		{Pattern: "POST /v1/uploads", Match: isDeveloper, Handler: c.versioned(apikey.Write, c.openUpload), Doc: beginFileDoc()},
		{Pattern: "POST /uploads/{part}", Handler: http.HandlerFunc(c.putFile), Doc: putFileDoc()},
	}
}

// versioned makes a handler of a call of the developer API: it checks the version and the key. do returns the answer's body;
// nil = none.
func (c calls) versioned(scope apikey.Scope, do func(w http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), scope)
		if err == nil {
			err = checkVersion(r)
		}
		var body []byte
		if err == nil {
			body, err = do(w, r, who)
		}
		switch {
		case err != nil:
			c.refuse(w, r, err)
		case body == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			dialect.WriteJSON(w, http.StatusOK, body)
		}
	})
}

func checkVersion(r *http.Request) error {
	switch given := r.Header.Get(versionHeader); given {
	case version:
		return nil
	case "":
		return &task.Error{Code: task.Invalid, Detail: "The header " + versionHeader + " is required; send " + version + "."}
	default:
		return &task.Error{Code: task.Invalid, Detail: "The version \"" + task.Excerpt(given) + "\" in the header " + versionHeader + " is not known; send " + version + "."}
	}
}

// create returns the handler of a create.
func (c calls) create(k kind) http.Handler {
	return c.versioned(apikey.Write, func(w http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
		t, err := dialect.Create(w, r, c.gw, who, dialect.Creation{Limit: videoBodyLimit,
			Names: map[string]string{"prompt": "promptText", "seconds": "duration", "first_frame": "promptImage",
				"last_frame": "promptImage", "video": "videoUri", "aspect_ratio": "ratio", "negative_prompt": "negativePrompt", "reference_images": "references", "reference_audio": "referenceAudio"},
			Decode: func(f *dialect.Fields) task.Request { return decodeVideo(f, k, c.gw.RoutedModels()) },
			Check: func(req *task.Request) error {
				return dialect.LinkUploads(r.Context(), c.gw, who, req, uploadScheme, c.Origin.Links(r, c.gw))
			}})
		if err != nil {
			return nil, err
		}
		w.Header().Set("Filmgate-Task-Id", t.ID)
		return dialect.Marshal(created{ID: t.ID, EstimatedCost: cost{roundCredits(c.estimate(t))}}), nil
	})
}

// estimate returns what the task may cost, in credits.
func (c calls) estimate(t task.Task) float64 {
	return dialect.EstimatedCredits(c.gw.Offers(t.Request.Model), t.Request.Seconds)
}

// read returns the task that the path names, which was not deleted.
func (c calls) read(ctx context.Context, r *http.Request, who apikey.Key) (task.Task, error) {
	return dialect.FindKept(ctx, c.gw, who, r.PathValue("id"), task.NoTask)
}

func (c calls) readTask(w http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
	t, err := c.read(r.Context(), r, who)
	if err != nil {
		return nil, err
	}
	w.Header().Set("Filmgate-Task-Id", t.ID)
	return encodeTask(t, c.Origin.Links(r, c.gw), c.estimate(t)), nil
}

// deleteTask cancels a task that has not ended, and deletes one that has.
func (c calls) deleteTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
	t, err := c.read(r.Context(), r, who)
	if err != nil {
		return nil, err
	}
	if !t.State.Terminal() {
		_, err := c.gw.Cancel(r.Context(), who, t.ID)
		if task.CodeOf(err) != task.Conflict { // otherwise it has ended meanwhile
			return nil, err
		}
	}
	return nil, c.gw.Delete(r.Context(), who, t.ID)
}
