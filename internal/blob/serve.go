package blob

import (
	"errors"
	"fmt"
	"io"
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

// publicPath is every path that Handler serves, as it stands in the request: a percent sign, a second slash or a dot more
// matches nothing, so no spelling of a path reaches another file.
var publicPath = regexp.MustCompile(`^/((?:cdn|sealed)/[0-9]{8}/[0-9A-Za-z]{30}\.(?:mp4|jpg|webp|png)|` +
	`datasets/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-z]{1,8})$`)

const (
	year            = 365 * 24 * time.Hour
	storageLinkLife = time.Hour // of the storage's own URLs that we send callers to
	maxDownloadName = 150       // bytes of a download's name, ending apart
)

// HandlerOptions is how Handler serves. The zero value refuses all datasets, since no token is valid without a secret.
type HandlerOptions struct {
	Signer Signer
	// NeedsToken tells of a key whether it is only for who holds a signed URL; datasets always are. nil: no other is.
	NeedsToken func(key string) bool
	// Withdrawn tells of a key whether its file is as good as gone, though it may still be there for a moment: for who has a
	// signed URL, or for who has none. nil: none is.
	Withdrawn func(key string, signed bool) bool
	Log       *slog.Logger // for faults of the storage; nil: slog.Default()
}

// Handler serves what b holds, to GET and HEAD:
//
//	/{cdn|sealed}/{yyyymmdd}/{30 base62}.{mp4|jpg|webp|png}[?_jwt={token}]
//	/datasets/{uuid}.{ext}?_jwt={token}
//
// with ranges, conditions (ETag, If-Range), and a cache life of a year, or of what is left of the token. With
// ?download={name} the answer is to be saved under that name. Where the storage has links of its own, the answer is a
// 302 there. Errors are problem documents: 403 where a token is needed and not valid, 404, 405, 416, 500, 503. The key
// is the path without its first slash; what is under a served key must never change, only go.
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

// ServeHTTP asks in the order in which the answer gives least away: method, path, token, and only then the storage.
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
	if h.options.Withdrawn(key, r.URL.Query().Has("_jwt")) {
		writeProblem(w, http.StatusNotFound, "There is no such file.")
		return
	}
	cache, err := h.cachePolicy(key, r.URL.Query())
	if err != nil {
		writeProblem(w, http.StatusForbidden, "This file is read through a signed link. The link is missing, altered or has expired.")
		return
	}
	if err := h.serve(w, r, key, cache); errors.Is(err, ErrNotFound) {
		writeProblem(w, http.StatusNotFound, "There is no such file.")
	} else if err != nil {
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
}

// cachePolicy says how the answer may be cached, or ErrToken. A link that bears a token ends with it, even where the file has a
// plain link too.
func (h *handler) cachePolicy(key string, query url.Values) (string, error) {
	if !query.Has("_jwt") && !strings.HasPrefix(key, "datasets/") && !h.options.NeedsToken(key) {
		return cacheFor("public", year) + ", immutable", nil
	}
	until, err := h.options.Signer.expiry(query.Get("_jwt"), key)
	if err != nil {
		return "", err
	}
	return cacheFor("private", min(until.Sub(h.options.Signer.Now()), year)), nil
}

func cacheFor(who string, d time.Duration) string {
	return who + ", max-age=" + strconv.FormatInt(int64(d/time.Second), 10)
}

// serve answers with the file, or returns the error before a byte of the answer is written.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, key, cache string) error {
	info, err := h.bucket.Stat(r.Context(), key)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	content := &bodySeeker{ctx: r.Context(), bucket: h.bucket, key: key, size: info.Size}
	defer func() { _ = content.Close() }() // of a body that was only read
	if r.Method == http.MethodGet {
		// A link is signed for GET alone, and can't name the file.
		if !query.Has("download") {
			link, err := h.bucket.Link(r.Context(), key, storageLinkLife)
			if err != nil {
				return err
			}
			if link != "" {
				w.Header().Set("Cache-Control", "no-store") // the link ends before any cache would
				http.Redirect(w, r, link, http.StatusFound)
				return nil
			}
		}
		if content.body, err = h.bucket.Open(r.Context(), key, 0, -1); err != nil {
			return err
		}
	}
	header := w.Header()
	header.Set("Content-Type", safeType(info.Type, key))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", cache)
	header.Set("ETag", etag(info))
	if query.Has("download") {
		header.Set("Content-Disposition", attachment(query.Get("download"), key))
	}
	if strings.Contains(r.Header.Get("Range"), ",") {
		// Many ranges in one answer: RFC 9110 lets us send the whole, and no player asks. One request can't then
		// make us open the storage a thousand times.
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	// A body that seeks, such as an *os.File, is handed over bare: net/http then lets the kernel copy it.
	var seeker io.ReadSeeker = content
	if file, ok := content.body.(io.ReadSeeker); ok {
		seeker = file
	}
	http.ServeContent(&problemWriter{ResponseWriter: w}, r, "", info.Modified, seeker)
	return nil
}

// etag is strong: of the bytes where the storage keeps their hash, else of size and time, which no two bodies of a key
// share, since a key is written once.
func etag(info Info) string {
	if info.SHA256 != "" {
		return `"` + info.SHA256 + `"`
	}
	return fmt.Sprintf(`"%x-%x"`, info.Size, info.Modified.UnixNano())
}

// safeType is the stored type where it is one that a browser only shows; an upload that says it is HTML or SVG must not
// run on our origin.
func safeType(stored, key string) string {
	base, _, err := mime.ParseMediaType(stored)
	if err == nil && base != "image/svg+xml" && (strings.HasPrefix(base, "image/") || strings.HasPrefix(base, "video/")) {
		return base
	}
	return TypeOf(key)
}

// attachment is the Content-Disposition that saves key under a name a caller asked for: without folders or invisible
// characters, not too long, and with the key's own ending, so that a picture can't be saved as a program.
func attachment(name, key string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`"<>:|?*%`, r) {
			return -1
		}
		return r
	}, name)
	ending := path.Ext(key)
	if strings.EqualFold(path.Ext(name), ending) {
		name = name[:len(name)-len(ending)]
	}
	for len(name) > maxDownloadName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	if name = strings.Trim(name, " ."); name == "" {
		name = strings.TrimSuffix(path.Base(key), ending)
	}
	return mime.FormatMediaType("attachment", map[string]string{"filename": name + ending})
}
