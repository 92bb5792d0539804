package engine

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// maxRedirects is the number of redirects that a download follows if the given client has no rule of its own.
const maxRedirects = 3

// Download opens the video that link returns, from byte offset on. If the link has expired, it calls link once more: vendors
// make new links whenever they are asked for the task.
func (c *Client) Download(ctx context.Context, offset int64, link func(context.Context) (string, error)) (Content, error) {
	first, err := link(ctx)
	if err != nil {
		return Content{}, err
	}
	content, err := c.Open(ctx, first, offset)
	if e := (*Error)(nil); !errors.As(err, &e) || e.Class != NotFound {
		return content, err
	}
	second, again := link(ctx)
	if again != nil || second == first {
		return content, err
	}
	return c.Open(ctx, second, offset)
}

// Open opens the video at a URL, or at a path under Base, from byte offset on. If the server ignores the offset, it reads up
// to it. An expired link (401, 403, 404, 410) is NotFound. A body that is a page or JSON, that is longer than Limit or that
// starts at another offset is InvalidResponse with the reason BadOutput. If no byte comes for Timeout, reading ends with an
// error of class Unreachable. The caller closes Body.
func (c *Client) Open(ctx context.Context, link string, offset int64) (content Content, err error) {
	watched, guard := withStallTimer(ctx, cmp.Or(c.Timeout, callTimeout))
	defer func() {
		if err != nil {
			guard.stop()
		}
	}()
	headers := http.Header{"Accept-Encoding": {"identity"}} // lengths must be those of the file
	if offset > 0 {
		headers.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	call := Call{Method: http.MethodGet, Path: link, Header: headers}
	resp, seen, err := c.send(ctx, watched, call, func(signed http.Header) redirectRule {
		return redirectPolicy(c.HTTP.CheckRedirect, signed)
	})
	if err != nil {
		return Content{}, err
	}
	content, err = c.contentOf(resp, offset, guard)
	if err != nil {
		_ = resp.Body.Close()
		if e := (*Error)(nil); errors.As(err, &e) {
			return Content{}, seen.maskError(e)
		}
		return Content{}, c.unreachable(ctx, call.Method, seen, err)
	}
	return content, nil
}

// redirectPolicy follows redirects by the given rule, and removes credentials if the host changes.
func redirectPolicy(rule redirectRule, signed http.Header) redirectRule {
	return func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != via[0].URL.Host {
			for name := range signed {
				if isCredentialHeader(name) {
					r.Header.Del(name)
				}
			}
		}
		if rule != nil {
			return rule(r, via)
		}
		if len(via) > maxRedirects {
			return fmt.Errorf("stopped after %d redirects", maxRedirects)
		}
		return nil
	}
}

// contentOf returns the Content of the answer to a download, after checking that it is a video.
func (c *Client) contentOf(resp *http.Response, offset int64, guard *stallTimer) (Content, error) {
	body := bufio.NewReaderSize(resp.Body, 32<<10)
	start, size := int64(0), resp.ContentLength
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusPartialContent:
		var err error
		if start, size, err = contentRange(resp.Header); err != nil || start < 0 || start > offset || size >= 0 && size <= start {
			return Content{}, invalidResponse(task.BadOutput, resp, nil, fmt.Sprintf("Content-Range %q for offset %d", resp.Header.Get("Content-Range"), offset))
		}
	case http.StatusRequestedRangeNotSatisfiable:
		if _, size, err := contentRange(resp.Header); err == nil && size == offset && offset > 0 {
			return Content{Body: &videoBody{r: body, c: resp.Body, stall: guard}, Size: size, Version: fileVersion(resp.Header)}, discard(body)
		}
		return Content{}, invalidResponse(task.BadOutput, resp, nil, fmt.Sprintf("no byte at offset %d", offset))
	default:
		return Content{}, c.downloadError(resp, body)
	}
	if limit := cmp.Or(c.Limit, videoLimit); size > limit {
		return Content{}, invalidResponse(task.BadOutput, resp, nil, fmt.Sprintf("a video of %d bytes; at most %d are taken", size, limit))
	}
	if err := isVideo(resp, body, start); err != nil {
		return Content{}, err
	}
	video := &videoBody{r: body, c: resp.Body, left: cmp.Or(c.Limit, videoLimit) - start, stall: guard}
	if _, err := io.CopyN(io.Discard, video, offset-start); err != nil {
		return Content{}, fmt.Errorf("read up to offset %d: %w", offset, err)
	}
	return Content{Body: video, Type: mediaType(resp.Header), Size: size, Version: fileVersion(resp.Header)}, nil
}

// fileVersion returns what differs between one file at an address and the next.
func fileVersion(h http.Header) string { return cmp.Or(h.Get("ETag"), h.Get("Last-Modified")) }

// discard reads the rest of a short answer, so that it is empty.
func discard(r io.Reader) error {
	_, err := io.Copy(io.Discard, io.LimitReader(r, responseLimit))
	return err
}

// downloadError classifies an answer that refuses a download.
func (c *Client) downloadError(resp *http.Response, body io.Reader) error {
	seen, _ := io.ReadAll(io.LimitReader(body, responseLimit)) // fewer bytes are fine: the status says enough
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return &Error{Class: NotFound, Reason: task.VendorUnavailable, Detail: "the link to the video has expired: " + quoteResponse(resp, secrets(c.Secrets).maskBytes(seen))}
	}
	return c.responseError(http.MethodGet, resp, seen, c.Secrets)
}

// InlineContent returns the Content of a video that came within an answer, from byte offset on. Bytes that are text, or none,
// are InvalidResponse with the reason BadOutput.
func InlineContent(kind string, video []byte, offset int64) (Content, error) {
	if len(video) == 0 || isText(video[:min(len(video), 16)]) {
		return Content{}, &Error{Class: InvalidResponse, Reason: task.BadOutput, JobOnly: true, Detail: fmt.Sprintf("no video but %q", video[:min(len(video), quoteLimit)])}
	}
	rest := video[min(offset, int64(len(video))):]
	return Content{Body: io.NopCloser(bytes.NewReader(rest)), Type: kind, Size: int64(len(video))}, nil
}

// isText reports whether a file that begins so is a page or JSON.
func isText(head []byte) bool {
	text := bytes.TrimLeft(head, " \t\r\n\ufeff")
	return bytes.HasPrefix(text, []byte("<")) || bytes.HasPrefix(text, []byte("{"))
}

// isVideo checks the media type and, if the answer begins at the file's first byte, the first bytes: they show a page that
// claims to be a video.
func isVideo(resp *http.Response, body *bufio.Reader, start int64) error {
	kind := mediaType(resp.Header)
	switch {
	case kind == "", kind == "image/webp", strings.HasPrefix(kind, "video/"), strings.HasSuffix(kind, "/octet-stream"), kind == "application/mp4",
		kind == "application/binary":
	default:
		head, _ := body.Peek(quoteLimit) // fewer bytes are fine: the type says enough
		return invalidResponse(task.BadOutput, resp, head, "not a video")
	}
	if start > 0 {
		return nil
	}
	enough := 16
	if kind == "image/webp" {
		enough = 32
	}
	head, err := body.Peek(enough)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(head) == 0 && resp.ContentLength <= 0 {
		return invalidResponse(task.BadOutput, resp, nil, "empty")
	}
	if isText(head) {
		return invalidResponse(task.BadOutput, resp, head, "text under the media type of a video")
	}
	if kind == "image/webp" && !isAnimation(head) {
		return invalidResponse(task.BadOutput, resp, head, "a still picture")
	}
	return nil
}

// isAnimation reports whether a WebP that begins so is an animated one: its extended header says so.
func isAnimation(head []byte) bool {
	const flags, animation = 20, 0x02
	return len(head) > flags && bytes.HasPrefix(head[8:], []byte("WEBPVP8X")) && head[flags]&animation != 0
}

// contentRange parses "bytes 5-9/10" and "bytes */10"; a * is returned as -1.
func contentRange(h http.Header) (start, size int64, err error) {
	text, ok := strings.CutPrefix(h.Get("Content-Range"), "bytes ")
	span, total, slash := strings.Cut(text, "/")
	if !ok || !slash {
		return 0, 0, errors.New("no Content-Range")
	}
	size = -1
	if total != "*" {
		if size, err = strconv.ParseInt(total, 10, 64); err != nil {
			return 0, 0, err
		}
	}
	if span == "*" {
		return -1, size, nil
	}
	from, _, _ := strings.Cut(span, "-")
	start, err = strconv.ParseInt(from, 10, 64)
	return start, size, err
}

// stallTimer ends a download that receives no bytes for its limit. A total limit would not do: a large video may take any
// time.
type stallTimer struct {
	limit time.Duration
	timer *time.Timer
	end   context.CancelFunc
	fired atomic.Bool
}

// withStallTimer returns the context of a download, which ends if no byte comes for limit.
func withStallTimer(ctx context.Context, most time.Duration) (context.Context, *stallTimer) {
	ctx, end := context.WithCancel(ctx)
	g := &stallTimer{limit: most, end: end}
	g.timer = time.AfterFunc(most, func() { g.fired.Store(true); end() })
	return ctx, g
}

func (g *stallTimer) stop() {
	g.timer.Stop()
	g.end()
}

// videoBody is a video's body. Reading ends with an error if it is too long or stalls.
type videoBody struct {
	r     io.Reader
	c     io.Closer
	left  int64
	stall *stallTimer
}

// Read reads from the video and restarts the stall timer.
func (v *videoBody) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.stall.timer.Reset(v.stall.limit)
	switch v.left -= int64(n); {
	case v.left < 0:
		return 0, &Error{Class: InvalidResponse, Reason: task.BadOutput, Detail: "the video is larger than the limit"}
	case err != nil && v.stall.fired.Load():
		return n, &Error{Class: Unreachable, Reason: task.VendorUnavailable, Detail: fmt.Sprintf("no byte of the video received for %v", v.stall.limit)}
	}
	return n, err
}

// Close closes the connection.
func (v *videoBody) Close() error {
	v.stall.stop()
	return v.c.Close()
}
