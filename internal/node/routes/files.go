package routes

import (
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/problem"
	"github.com/filmgate/filmgate/internal/task"
)

// fileRoutes returns the routes of stored files, and documents how the blob handler serves them.
func fileRoutes(files http.Handler) []dialect.Route {
	date := dialect.Param{In: "path", Name: "date", Text: "Of the URL as it was given: the day, `yyyymmdd`."}
	name := dialect.Param{In: "path", Name: "name", Text: "Of the URL as it was given."}
	token := dialect.Param{In: "query", Name: "_jwt", Required: true, Text: "The signature that the link bears. It is good for this file until it expires."}
	optional := token
	optional.Required = false
	route := func(pattern string, d dialect.Doc) dialect.Route {
		d.Tag, d.Answers, d.Form = dialect.Files, fileAnswers(), fileErrors()
		d.Errors = append(d.Errors, task.NotFound)
		d.Params = append(d.Params, fileParams()...)
		return dialect.Route{Pattern: pattern, Handler: files, QuietLog: true, Doc: d}
	}
	return []dialect.Route{
		route("/cdn/", dialect.Doc{ID: "read_file", Operation: "GET /cdn/{date}/{name}", Summary: "Read a video or preview", Params: []dialect.Param{date, name, optional},
			Text: "A finished video or one of its stills, to whoever knows the URL; no key is needed, and nobody can guess it. It never changes and may be cached for a year. " +
				"A link that bears a signature, such as Luma's `download_url`, ends with it.", Errors: []task.Code{task.Forbidden}}),
		route("/datasets/", dialect.Doc{ID: "read_dataset", Operation: "GET /datasets/{name}", Summary: "Read an uploaded picture or video", Params: []dialect.Param{name, token},
			Text: "An input picture or video, through a signed link: that of an upload's answer, or of a task that it went into.", Errors: []task.Code{task.Forbidden}}),
		route("/sealed/", dialect.Doc{ID: "read_sealed_file", Operation: "GET /sealed/{date}/{name}", Summary: "Read a sealed video or preview", Params: []dialect.Param{date, name, token},
			Text: "A file of an asset that its owner has set private, through a signed link. Read the asset again for a new one.", Errors: []task.Code{task.Forbidden}}),
	}
}

func fileParams() []dialect.Param {
	return []dialect.Param{
		{In: "query", Name: "download", Text: "Answers with a `Content-Disposition` under which browsers save the file by this name.", Example: "lake at dusk"},
		{In: "header", Name: "Range", Text: "The bytes that are wanted, one range: `bytes=0-1048575`. Players seek by it."},
		{In: "header", Name: "If-None-Match", Text: "The `ETag` of what the caller has: 304 and no body where it is the file."},
		{In: "header", Name: "If-Range", Text: "The `ETag` that a range must belong to; the whole file is sent where it does not."},
	}
}

func fileAnswers() []dialect.Answer {
	var media []dialect.Media
	for _, t := range []string{"video/mp4", "video/quicktime", "image/jpeg", "image/webp", "image/png"} {
		media = append(media, dialect.Media{Type: t})
	}
	headers := [][2]string{
		{"ETag", "The SHA-256 of the file."}, {"Accept-Ranges", "`bytes`."},
		{"Cache-Control", "How long a cache may keep it: a year, or as long as the link's signature is good."},
		{"Last-Modified", "When it was stored."},
	}
	ranged := append(slices.Clone(headers), [2]string{"Content-Range", "Which bytes these are, and how many there are."})
	saved := append(slices.Clone(headers), [2]string{"Content-Disposition", "With `download`: save it, under that name."})
	form := dialect.Problems()
	return []dialect.Answer{
		{Text: "The whole file.", Media: media, Headers: saved},
		{Status: http.StatusPartialContent, Text: "The range that was asked for.", Media: media, Headers: ranged},
		{Status: http.StatusNotModified, Text: "The caller has the file already.", Headers: headers},
		{Status: http.StatusPreconditionFailed, Text: "The file is not the one that `If-Match` or `If-Unmodified-Since` names.", Of: form.Of, Type: form.Type},
		{Status: http.StatusRequestedRangeNotSatisfiable, Text: "The file ends before the range begins.", Of: form.Of, Type: form.Type,
			Headers: [][2]string{{"Content-Range", "How many bytes there are."}}},
	}
}

// fileErrors returns the form of errors of the blob handler: problem documents of the type about:blank.
func fileErrors() *dialect.ErrorForm {
	form := dialect.Problems()
	form.Name = "FileProblem"
	form.Encode = func(e *task.Error, requestID string) []byte {
		status := dialect.Status(e.Code)
		detail := map[task.Code]string{task.NotFound: "There is no such file.", task.InternalError: "The file could not be read. Try again later.",
			task.Forbidden: "This file is read through a signed link. The link is missing, altered or has expired."}[e.Code]
		return dialect.Marshal(problem.Blank(status, detail, requestID))
	}
	return form
}
