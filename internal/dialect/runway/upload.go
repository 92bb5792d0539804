package runway

import (
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// nameLimit is the longest name, in characters.
const nameLimit = 255

// upload is the answer of POST /v1/uploads.
type upload struct {
	ID            string        `json:"id" format:"uuid" doc:"Names the upload, and the dataset that it becomes."`
	UploadURLs    []string      `json:"uploadUrls" doc:"Where to PUT each part, in order. Each is signed for its part and for 24 hours."`
	UploadHeaders uploadHeaders `json:"uploadHeaders" doc:"Headers to send with each part."`
}

// uploadHeaders are the headers that callers send with a part. Nothing depends on them.
type uploadHeaders struct {
	ContentType string `json:"Content-Type" doc:"The media type that the file's name stands for. The content decides."`
}

// begin starts an upload: of a developer's one file, or of the web app's parts, whose two types differ only in Runway's own
// storage. All become datasets.
func (c calls) begin(r *http.Request, who apikey.Key, f *dialect.Fields) (any, error) {
	if f.Is("type", ephemeral) || isDeveloper(r) && !f.Has("numberOfParts") {
		return c.beginFile(r, who, f)
	}
	name, parts := decodeBegin(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := c.gw.BeginUpload(r.Context(), who, name, parts)
	if err != nil {
		return nil, err
	}
	out := upload{ID: d.ID, UploadHeaders: uploadHeaders{typeOf(name)}}
	links := c.Origin.Links(r, c.gw)
	for n := range parts {
		out.UploadURLs = append(out.UploadURLs, links.SignedUntil(task.PartKey(d.ID, n+1), d.Created.Add(task.UploadLife)))
	}
	return out, nil
}

func decodeBegin(f *dialect.Fields) (filename string, parts int) {
	f.Require("filename", "numberOfParts", "type")
	filename = f.String("filename", "", nameLimit)
	if f.Has("filename") && strings.TrimSpace(filename) == "" {
		f.AddError("filename", "must not be empty")
	}
	parts = int(f.Int("numberOfParts", 1, 1, task.MaxParts))
	f.OneOf("type", "", "DATASET", "DATASET_PREVIEW")
	return filename, parts
}

// typeOf returns the media type of the name's extension. The caller is asked to send it, but the content decides.
func typeOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".heic":
		return "image/heic"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".mov":
		return "video/quicktime"
	default:
		return "application/octet-stream"
	}
}

// putPart stores the bytes of one part. Its ETag is their MD5, as in S3.
func (c calls) putPart(w http.ResponseWriter, r *http.Request) {
	id, number, _ := strings.Cut(r.PathValue("part"), ".")
	id = dialect.CanonicalID(id)
	n, _ := strconv.Atoi(number) // 0 if it is no number, and no token is valid for part 0
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.HasPrefix(media, "multipart/") {
		c.refuseWeb(w, r, &task.Error{Code: task.Unsupported, Detail: "Send the bytes of the part as they are, not as a form."})
		return
	}
	sum, err := c.gw.PutPart(r.Context(), r.URL.Query().Get("_jwt"), id, n, r.Body)
	if err != nil {
		c.refuseWeb(w, r, err)
		return
	}
	w.Header().Set("ETag", strconv.Quote(sum))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}

// uploadedPicture is the answer of POST /v1/uploads/{id}/complete.
type uploadedPicture struct {
	URL string `json:"url" format:"uri" doc:"A signed link to the picture or video: good as init_image, or as video."`
}

func (c calls) complete(r *http.Request, who apikey.Key, f *dialect.Fields) (any, error) {
	parts := decodeParts(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := c.gw.CompleteUpload(r.Context(), who, dialect.PathID(r), parts)
	if err != nil {
		return nil, err
	}
	return uploadedPicture{c.Origin.Links(r, c.gw).Signed(d.Key)}, nil
}

func decodeParts(f *dialect.Fields) (parts []task.Part) {
	f.Require("parts")
	for _, one := range f.Objects("parts", task.MaxParts) {
		one.Require("PartNumber", "ETag")
		parts = append(parts, task.Part{Number: int(one.Int("PartNumber", 1, 1, task.MaxParts)), ETag: one.String("ETag", "", nameLimit)})
	}
	return parts
}

// namedDatasetAnswer is the answer of POST /v1/datasets.
type namedDatasetAnswer struct {
	Dataset namedDataset `json:"dataset" doc:"The picture or video."`
}

// namedDataset has the known fields of the app's answer: those that its public clients read.
type namedDataset struct {
	ID   string `json:"id" format:"uuid" doc:"Names the dataset; the upload's own id."`
	Name string `json:"name" doc:"The name that was sent, else the file's. It is not kept."`
	URL  string `json:"url" format:"uri" doc:"A signed link to the picture or video: good as init_image, or as video."`
}

// dataset answers with the picture or video of a completed upload, under the name given. In Runway's app it makes an entry of a
// library; here the picture is a dataset already, so that nothing is left to do, and previews are not needed.
func (c calls) dataset(r *http.Request, who apikey.Key, f *dialect.Fields) (any, error) {
	id, name := decodeDataset(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := c.gw.OwnUpload(r.Context(), who, id)
	if err != nil {
		return nil, err
	}
	if d.Uploading() {
		return nil, &task.Error{Code: task.Conflict, Detail: "uploadId: the upload is not complete; POST its list of parts to /v1/uploads/" + d.ID + "/complete first."}
	}
	if name == "" {
		name = d.Upload.Filename
	}
	return namedDatasetAnswer{namedDataset{ID: d.ID, Name: name, URL: c.Origin.Links(r, c.gw).Signed(d.Key)}}, nil
}

func decodeDataset(f *dialect.Fields) (upload, name string) {
	f.Require("uploadId")
	upload = dialect.CanonicalID(f.String("uploadId", "", nameLimit))
	name = f.String("name", "", nameLimit)
	f.Int("fileCount", 1, 1, 1)
	return upload, name
}
