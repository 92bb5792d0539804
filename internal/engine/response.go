package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	quoteLimit    = 300 // bytes of an answer that an error quotes
	maxRetryAfter = 24 * time.Hour
)

// responseError classifies an answer that is no success.
func (c *Client) responseError(method string, resp *http.Response, body []byte, seen secrets) *Error {
	var e *Error
	if c.Fail != nil {
		e = c.Fail(resp.StatusCode, body, resp.Header)
	}
	if e == nil {
		e = classifyStatus(method, resp)
	}
	if mayCreate(method) && refusesModel(e, resp.StatusCode, body) {
		e.Class, e.Reason = ModelError, ""
	}
	if e.Reason == "" {
		e.Reason = defaultReason(e.Class)
	}
	if e.Detail == "" {
		e.Detail = quoteResponse(resp, seen.maskBytes(body))
	}
	if e.Status = resp.StatusCode; e.Said == "" {
		e.Said = saidIn(seen.maskBytes(body))
	}
	if e.RetryAfter == 0 {
		e.RetryAfter = c.retryAfter(resp.Header)
	}
	if e.Class == Unreachable && mayBeTaken(e.Status, e.Said) {
		e.Unconfirmed = mayCreate(method)
	}
	return seen.maskError(e)
}

// classifyStatus classifies an answer only by its status, as documented at Client.Do.
func classifyStatus(method string, resp *http.Response) *Error {
	e := &Error{Class: Refused}
	switch s := resp.StatusCode; {
	case s < 400:
		e.Class = InvalidResponse
		if to, err := resp.Location(); err == nil {
			e.Detail = fmt.Sprintf("answered %d, a redirect to %s://%s%s", s, to.Scheme, to.Host, to.Path)
		}
	case s == http.StatusUnauthorized, s == http.StatusPaymentRequired, s == http.StatusForbidden:
		e.Class = AuthError
	case (s == http.StatusNotFound || s == http.StatusGone) && method != http.MethodPost:
		e.Class = NotFound
	case s == http.StatusNotFound, s == http.StatusGone, s == http.StatusMethodNotAllowed:
		e.Class = ModelError
	case s == http.StatusTooManyRequests, s == 529,
		s == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		e.Class = Overloaded
	case s == http.StatusRequestTimeout, s >= 500:
		e.Class = Unreachable
	}
	return e
}

// defaultReason returns the reason for a class if the vendor's answer says no more.
func defaultReason(c Class) task.Reason {
	switch c {
	case AuthError, ModelError, Refused:
		return task.VendorRefused
	default:
		return task.VendorUnavailable
	}
}

// retryAfter returns how long the vendor asks to wait: in milliseconds, in seconds or as a date.
func (c *Client) retryAfter(h http.Header) time.Duration {
	var d time.Duration
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		d = clampDuration(ms, time.Millisecond)
	} else if s, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		d = clampDuration(s, time.Second)
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		now := time.Now
		if c.Now != nil {
			now = c.Now
		}
		d = at.Sub(now())
	}
	return min(max(d, 0), maxRetryAfter)
}

// clampDuration returns n units, limited to maxRetryAfter; 0 if n is not a number.
func clampDuration(n float64, unit time.Duration) time.Duration {
	if math.IsNaN(n) {
		return 0
	}
	return time.Duration(min(max(n, 0), float64(maxRetryAfter/unit)) * float64(unit))
}

// decodeJSON decodes the single JSON value that the answer must be, and returns what is wrong with it, or "".
func decodeJSON(resp *http.Response, body []byte, limit int64, out any) (problem string) {
	if int64(len(body)) > limit {
		return fmt.Sprintf("more than %d bytes", limit)
	}
	if kind := mediaType(resp.Header); kind != "" && kind != "text/plain" && !strings.Contains(kind, "json") {
		return "not JSON"
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(out); err != nil {
		return err.Error()
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "more after the JSON"
	}
	return ""
}

// DecodeObject decodes an error's body for a Client's Fail, and reports whether it was JSON of that shape.
func DecodeObject(body []byte, into any) bool { return json.Unmarshal(body, into) == nil }

func mediaType(h http.Header) string {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return strings.ToLower(h.Get("Content-Type"))
	}
	return kind
}

// invalidResponse returns the error for an answer that makes no sense, with the beginning of its body. A bad result counts
// only against its own job.
func invalidResponse(reason task.Reason, resp *http.Response, body []byte, problem string) *Error {
	return &Error{Class: InvalidResponse, Reason: reason, JobOnly: reason == task.BadOutput, Detail: problem + "; " + quoteResponse(resp, body)}
}

// quoteResponse describes the vendor's answer in one line of limited length.
func quoteResponse(resp *http.Response, body []byte) string {
	more := ""
	if len(body) > quoteLimit {
		body, more = body[:quoteLimit], "…"
	}
	return fmt.Sprintf("answered %d %s %q%s", resp.StatusCode, mediaType(resp.Header), body, more)
}
