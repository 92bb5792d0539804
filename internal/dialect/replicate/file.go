package replicate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a file's form.
const (
	metadataLimit = 16 << 10 // bytes
	partsLimit    = 8
	formMargin    = 64 << 10 // bytes besides the file
)

// predictionFile is an uploaded file.
type predictionFile struct {
	ID          string                     `json:"id" format:"uuid" doc:"The file's id: that of the picture or video in our other calls."`
	Name        string                     `json:"name" doc:"The name that was sent; later the stored file's."`
	ContentType string                     `json:"content_type" doc:"The media type, as the content says."`
	Size        int64                      `json:"size" doc:"Bytes as stored."`
	ETag        string                     `json:"etag,omitempty" doc:"The SHA-256 of the bytes that were sent; only in the answer to the upload."`
	Checksums   *fileChecksums             `json:"checksums,omitempty" doc:"Of the bytes that were sent; only in the answer to the upload."`
	Metadata    map[string]json.RawMessage `json:"metadata" doc:"The object that was sent; only in the answer to the upload, later empty."`
	CreatedAt   string                     `json:"created_at" format:"date-time" doc:"When it was stored."`
	ExpiresAt   string                     `json:"expires_at" format:"date-time" doc:"When the link in urls.get expires. Get the file again for a new one."`
	URLs        fileURLs                   `json:"urls" doc:"The file's links."`
}

type fileChecksums struct {
	SHA256 string `json:"sha256" doc:"SHA-256 in hexadecimal digits."`
}

type fileURLs struct {
	Get string `json:"get" format:"uri" doc:"The file itself, by a signed link: good as an input."`
}

// upload is what was read of a file's form.
type upload struct {
	dataset  *task.Dataset
	name     string
	sum      string
	metadata map[string]json.RawMessage
}

func (c calls) createFile(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	const most = task.MaxUpload + metadataLimit + formMargin
	if r.ContentLength > most {
		return tooLarge()
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "multipart/form-data" {
		return &task.Error{Code: task.Unsupported, Detail: "The body must be a form: send Content-Type: multipart/form-data with the file as content."}
	}
	form, err := r.MultipartReader()
	if err != nil {
		return broken(err)
	}
	u := upload{metadata: map[string]json.RawMessage{}}
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken(err)
		}
		if n >= partsLimit {
			return &task.Error{Code: task.Invalid, Detail: fmt.Sprintf("The form has more than the %d parts allowed here.", partsLimit)}
		}
		if err := c.readPart(r, who, part, &u); err != nil {
			return err
		}
	}
	if u.dataset == nil {
		return dialect.FieldError(task.Invalid, "content", "is required: send the picture or video as a file")
	}
	out := c.file(r, *u.dataset)
	out.Metadata, out.ETag, out.Checksums = u.metadata, u.sum, &fileChecksums{u.sum}
	if u.name != "" {
		out.Name = u.name
	}
	dialect.WriteJSON(w, http.StatusCreated, dialect.Marshal(out))
	return nil
}

// readPart reads one part of a file's form. The file is stored as it comes; only texts are in memory.
func (c calls) readPart(r *http.Request, who apikey.Key, part *multipart.Part, u *upload) error {
	switch part.FormName() {
	case "content":
		if u.dataset != nil {
			return dialect.FieldError(task.Invalid, "content", "is there twice; send one file")
		}
		sum := sha256.New()
		d, err := c.gw.Upload(r.Context(), who, io.TeeReader(part, sum))
		if err != nil {
			return dialect.Rename(err, map[string]string{"file": "content"})
		}
		u.dataset, u.sum, u.name = &d, hex.EncodeToString(sum.Sum(nil)), strings.ToValidUTF8(part.FileName(), "")
	case "metadata":
		text, err := io.ReadAll(io.LimitReader(part, metadataLimit+1))
		switch {
		case err != nil:
			return broken(err)
		case len(text) > metadataLimit:
			return dialect.FieldError(task.TooLarge, "metadata", fmt.Sprintf("has more than %d bytes", metadataLimit))
		}
		if len(text) == 0 {
			return nil
		}
		f, err := dialect.ParseFields(text)
		if err != nil {
			return dialect.FieldError(task.Invalid, "metadata", "must be a JSON object")
		}
		u.metadata = f.Raw()
	}
	return nil // Replicate ignores other parts
}

func (c calls) getFile(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	d, err := c.gw.OwnDataset(r.Context(), who, dialect.PathID(r))
	if err != nil {
		return err
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(c.file(r, d)))
	return nil
}

func (c calls) deleteFile(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	if err := c.gw.DeleteDataset(r.Context(), who, dialect.PathID(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// file returns a dataset as a file.
func (c calls) file(r *http.Request, d task.Dataset) predictionFile {
	l := c.Origin.Links(r, c.gw)
	y, m, day := l.Now.UTC().Date()
	until := time.Date(y, m, day+2, 0, 0, 0, 0, time.UTC) // as Links.Signed has it
	return predictionFile{ID: d.ID, Name: d.Key[strings.LastIndexByte(d.Key, '/')+1:], ContentType: d.Type, Size: d.Size, Metadata: map[string]json.RawMessage{},
		CreatedAt: dialect.Millis(d.Created), ExpiresAt: dialect.Millis(until), URLs: fileURLs{Get: l.SignedUntil(d.Key, until)}}
}

func tooLarge() error {
	return &task.Error{Code: task.TooLarge, Detail: fmt.Sprintf("The file is larger than the %d bytes allowed here.", task.MaxUpload)}
}

func broken(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge()
	}
	return &task.Error{Code: task.Invalid, Detail: "The form can't be read: it ended early, or its boundary is missing or wrong."}
}
