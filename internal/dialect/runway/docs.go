package runway

import (
	"fmt"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// shows is an exchange of this package's tests, by what it shows.
func shows(name, what string) []dialect.Example {
	return []dialect.Example{dialect.Shown("runway", "uploads", name, what)}
}

// doc returns what all calls' descriptions share. The relays' form of a call has an ID of its own.
func doc(base, id, summary, text string) dialect.Doc {
	if base == "/runway" {
		id, summary = "relay_"+id, summary+" (relays' path)"
		text = "The same as under `/v1`, where relays have it. " + text
	}
	return dialect.Doc{ID: id, Tag: dialect.Datasets, Summary: summary, Text: text, Scope: apikey.Write, Ignores: true, Form: WebErrorForm()}
}

func uploadID() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The upload's `id`.", Example: "00000000-0000-4000-8000-000000000001"}}
}

func beginDoc(base string) dialect.Doc {
	d := doc(base, "begin_upload", "Begin an upload", "Opens an upload of a picture or a video in parts, as Runway's web app does. PUT each part to its URL, then complete the upload. "+
		"It lives 24 hours; one that no task was asked for with is cleared away after 30 days.")
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeBegin(f) }, Limit: bodyLimit, Texts: [][2]string{
		{"filename", "The file's name. It decides nothing: the content does."},
		{"numberOfParts", "How many parts there will be."},
		{"type", "Both become datasets."},
	}, Examples: shows("two_parts", "an upload in two parts is opened")}
	d.Answers = []dialect.Answer{{Text: "The upload, open for its parts.", Of: upload{}, Examples: shows("two_parts", "an upload in two parts is opened")}}
	return d
}

func partDoc() dialect.Doc {
	return dialect.Doc{
		ID: "put_part", Tag: dialect.Datasets, Summary: "Put a part of an upload", Form: WebErrorForm(),
		Text: fmt.Sprintf("Keeps one part, over what was put there before. The URL is the one that the upload told: it is signed, and no key is needed. All parts together have at most %d MiB.", task.MaxUpload>>20),
		Params: []dialect.Param{
			{In: "path", Name: "part", Text: "Of the URL as it was given: the upload and the part's number.", Example: "00000000-0000-4000-8000-000000000001.1"},
			{In: "query", Name: "_jwt", Text: "The signature that the URL bears."},
		},
		Body: &dialect.Body{Text: "The bytes of the part as they are, not a form; else the `Content-Type` is not looked at.", Limit: task.MaxUpload,
			Media: []dialect.Media{{Type: "application/octet-stream"}, {Type: "image/jpeg"}, {Type: "image/png"}, {Type: "image/webp"}, {Type: "image/avif"}, {Type: "image/heic"}, {Type: "video/mp4"}, {Type: "video/quicktime"}}},
		Answers: []dialect.Answer{{Text: "It is kept. There is no body.", Headers: [][2]string{{"ETag", "The MD5 of the part's bytes in hex, in quotes; completing the upload asks for it."}}}},
		Errors:  []task.Code{task.Forbidden, task.NotFound, task.Conflict, task.Unavailable, task.NoSpace},
	}
}

func completeDoc(base string) dialect.Doc {
	d := doc(base, "complete_upload", "Complete an upload", "Makes a picture or a video of the parts and checks it by its content. The answer's `url` is good as `init_image`, `image_url` or `image`, a video's as `video`. "+
		"Completing twice answers the same.")
	d.Params = uploadID()
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeParts(f) }, Limit: bodyLimit, Texts: [][2]string{
		{"parts", "Every part once, in any order; at most 100."},
		{"parts/PartNumber", "Which part, from 1."},
		{"parts/ETag", "The `ETag` that its PUT answered with, in quotes or bare."},
	}, Examples: shows("two_parts", "completed, its URL is that of a dataset")}
	d.Answers = []dialect.Answer{{Text: "The picture or video.", Of: uploadedPicture{}, Examples: shows("picture", "completed, its URL is that of a dataset")}}
	d.Errors = []task.Code{task.NotFound, task.Conflict, task.Unreadable, task.NoSpace}
	return d
}

func datasetDoc(base string) dialect.Doc {
	d := doc(base, "name_dataset", "Name an upload's dataset", "What Runway's web app calls after an upload. Here a completed upload is a dataset already: the call tells it once more.")
	d.Body = &dialect.Body{Decode: func(f *dialect.Fields) { decodeDataset(f) }, Limit: bodyLimit, Texts: [][2]string{
		{"uploadId", "The upload's `id`. It must be complete."},
		{"name", "A name. It is told back, and not kept."},
		{"fileCount", "How many files there are."},
	}, Examples: shows("named", "the dataset of it, as the web app asks for it")}
	d.Answers = []dialect.Answer{{Text: "The picture or video.", Of: namedDatasetAnswer{}, Examples: shows("named", "the dataset of it, as the web app asks for it")}}
	d.Errors = []task.Code{task.NotFound, task.Conflict}
	return d
}
