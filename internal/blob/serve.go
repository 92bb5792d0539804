package blob

import (
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// publicPath matches every path that Handler serves, as it is written in the request. A path with a percent sign, a second
// slash or a further dot does not match, so each file has only one spelling of its path, except for the case of a UUID.
var publicPath = regexp.MustCompile(`^/((?:cdn|sealed)/[0-9]{8}/[0-9A-Za-z]{30}\.(?:mp4|jpg|webp|png)|` +
	`datasets/(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[0-9a-z]{1,8})$`)

const (
	year            = 365 * 24 * time.Hour
	maxDownloadName = 150 // bytes of a download's file name, without its extension
)

// HandlerOptions configures Handler. The zero value refuses all datasets, since no token is valid without a secret.
type HandlerOptions struct {
	Signer Signer
	// NeedsToken reports whether a key is served only by a signed URL. Datasets always are. nil means that no other key is.
	NeedsToken func(key string) bool
	// Withdrawn reports whether a key is answered as not found although its file may still exist: by its signed URL, or by
	// its plain one. nil means that no key is.
	Withdrawn func(key string, signed bool) bool
	Log       *slog.Logger // for errors of the storage; nil = slog.Default()
}

// Handler returns a handler that serves the files in b to GET and HEAD:
//
//	/{cdn|sealed}/{yyyymmdd}/{30 base62}.{mp4|jpg|webp|png}[?_jwt={token}]
//	/datasets/{uuid}.{ext}?_jwt={token}
//
// It supports ranges and conditions (ETag, If-Range). Caches may keep an answer for a year, or until the token expires. With
// ?download={name} browsers save the file under that name. If b returns links, GET is answered with a redirect (302) to one
// that expires with the token of the URL, or before.
// Errors are problem documents: 403 if a token is needed and not valid, 404, 405, 416, 500, 503. The key is the path without
// its first slash. The bytes under a served key must never change; the file may only be removed.
func Handler(b Bucket, how HandlerOptions) http.Handler {
	if how.NeedsToken == nil {
		how.NeedsToken = func(string) bool { return false }
	}
	if how.Withdrawn == nil {
		how.Withdrawn = func(string, bool) bool { return false }
	}
	if how.Log == nil {
		how.Log = slog.Default()
	}
	return &handler{b, how}
}

type handler struct {
	bucket  Bucket
	options HandlerOptions
}

// ServeHTTP checks the method, the path and the token before it asks the storage, so that a caller without a valid token
// cannot learn which files exist.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, http.StatusMethodNotAllowed, "Files are read with GET or HEAD.")
		return
	}
	match := publicPath.FindStringSubmatch(r.URL.EscapedPath())
	if match == nil {
		writeProblem(w, http.StatusNotFound, "There is no such file.")
		return
	}
	key := match[1]
	if strings.HasPrefix(key, "datasets/") {
		key = strings.ToLower(key) // a UUID may be written in capitals, as in all other paths (RFC 9562, section 4)
	}
	if h.options.Withdrawn(key, r.URL.Query().Has("_jwt")) {
		writeProblem(w, http.StatusNotFound, "There is no such file.")
		return
	}
	life, cache, err := h.cachePolicy(key, r.URL.Query())
	if err != nil {
		writeProblem(w, http.StatusForbidden, "This file is read through a signed link. The link is missing, altered or has expired.")
		return
	}
	if err := h.serve(w, r, key, life, cache); err != nil {
		h.refuse(w, r, key, err)
	}
}

// refuse answers for a file that can't be read.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, key string, err error) {
	if errors.Is(err, ErrNotFound) {
		writeProblem(w, http.StatusNotFound, "There is no such file.")
		return
	}
	if r.Context().Err() == nil {
		h.options.Log.ErrorContext(r.Context(), "serve file", "key", key, "error", err)
	}
	status := http.StatusInternalServerError
	if errors.Is(err, ErrUnavailable) {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "10")
	}
	writeProblem(w, status, "The file could not be read. Try again later.")
}

// cachePolicy returns for how long the URL is valid and the Cache-Control of the answer, or ErrToken. A URL with a token needs
// a valid one, even if the file has a plain URL too.
func (h *handler) cachePolicy(key string, query url.Values) (life time.Duration, cache string, err error) {
	if !query.Has("_jwt") && !strings.HasPrefix(key, "datasets/") && !h.options.NeedsToken(key) {
		return year, cacheFor("public", year) + ", immutable", nil
	}
	until, err := h.options.Signer.expiry(query.Get("_jwt"), key)
	if err != nil {
		return 0, "", err
	}
	life = min(until.Sub(h.options.Signer.Now()), year)
	return life, cacheFor("private", life), nil
}

func cacheFor(who string, d time.Duration) string {
	return who + ", max-age=" + strconv.FormatInt(int64(d/time.Second), 10)
}

// serve answers with the file. If it returns an error, it has written nothing. life is how long the request's URL is valid.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, key string, life time.Duration, cache string) error {
	info, err := h.bucket.Stat(r.Context(), key)
	if err != nil {
		return err
	}
	mediaType, disposition := safeType(info.Type, key), ""
	if query := r.URL.Query(); query.Has("download") {
		disposition = attachment(query.Get("download"), key)
	}
	if r.Method == http.MethodGet { // a link is signed for GET only
		link, err := h.bucket.Link(r.Context(), key, LinkOptions{life, mediaType, disposition})
		if err != nil {
			return err
		}
		if link != "" {
			w.Header().Set("Cache-Control", "no-store") // the link expires soon
			http.Redirect(w, r, link, http.StatusFound)
			return nil
		}
	}
	header := w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", cache)
	header.Set("ETag", etag(info))
	if disposition != "" {
		header.Set("Content-Disposition", disposition)
	}
	if strings.Contains(r.Header.Get("Range"), ",") {
		// RFC 9110 allows the whole file as the answer to several ranges, and no player requests several. Otherwise one
		// request could open the key a thousand times.
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	content := &bodySeeker{ctx: r.Context(), bucket: h.bucket, key: key, size: info.Size}
	defer func() { _ = content.Close() }() // it was only read
	out := &contentWriter{ResponseWriter: w, content: content, refuse: func(err error) { h.refuse(w, r, key, err) }}
	if r.Method == http.MethodHead {
		out.content = nil
	}
	http.ServeContent(out, r, "", info.Modified, content)
	return nil
}

// etag returns a strong ETag: the storage's own, so that it is the same after a redirect; else the hash if the storage keeps
// it, otherwise size and time. No two bodies of a key share those, since a key is written once.
func etag(info Info) string {
	if info.ETag != "" {
		return info.ETag
	}
	if info.SHA256 != "" {
		return `"` + info.SHA256 + `"`
	}
	return fmt.Sprintf(`"%x-%x"`, info.Size, info.Modified.UnixNano())
}

// safeType returns the stored type if it is an image or video that browsers do not execute, otherwise TypeOf(key). An upload
// that claims to be HTML or SVG must not run scripts on the server's origin.
func safeType(stored, key string) string {
	base, _, err := mime.ParseMediaType(stored)
	if err == nil && base != "image/svg+xml" && (strings.HasPrefix(base, "image/") || strings.HasPrefix(base, "video/")) {
		return base
	}
	return TypeOf(key)
}

// attachment returns the Content-Disposition that saves key under a name that the caller chose. It removes folders and
// invisible characters, shortens the name, and adds the key's own extension, so that a picture cannot be saved as a program.
func attachment(name, key string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`"<>:|?*%`, r) {
			return -1
		}
		return r
	}, name)
	extension := path.Ext(key)
	if strings.EqualFold(path.Ext(name), extension) {
		name = name[:len(name)-len(extension)]
	}
	for len(name) > maxDownloadName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	if name = strings.Trim(name, " ."); name == "" {
		name = strings.TrimSuffix(path.Base(key), extension)
	}
	return mime.FormatMediaType("attachment", map[string]string{"filename": name + extension})
}
