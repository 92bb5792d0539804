package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
)

// post makes one attempt, and returns it and how long the answer asks to wait.
func (s *Sender) post(ctx context.Context, w task.Webhook, d task.Delivery, body []byte) (a task.DeliveryAttempt, wait time.Duration, err error) {
	ctx, stop := context.WithTimeout(ctx, sendLimit)
	defer stop()
	now := s.cfg.Endpoints.now()
	a.At = now
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return a, 0, withoutURL(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if err := sign(r.Header, s.cfg.Endpoints.cfg.Secret, w, d.ID, now, body); err != nil {
		return a, 0, err
	}
	resp, err := s.client.Do(r)
	if err != nil {
		a.Took, a.Error = s.cfg.Endpoints.now().Sub(now), inWords(err)
		return a, 0, nil
	}
	defer func() { _ = resp.Body.Close() }()
	a.Status, a.Answer = resp.StatusCode, readHead(resp.Body)
	a.Took = s.cfg.Endpoints.now().Sub(now)
	switch {
	case resp.StatusCode/100 == 3:
		a.Error = fmt.Sprintf("The server answered with status %d: redirects are not followed.", resp.StatusCode)
	case resp.StatusCode/100 != 2:
		a.Error = fmt.Sprintf("The server answered with status %d.", resp.StatusCode)
	}
	return a, retryAfter(resp.StatusCode, resp.Header, now), nil
}

// readHead reads the first bytes of an answer as text, and a little more, so that the connection can be used again.
func readHead(body io.Reader) string {
	head, _ := io.ReadAll(io.LimitReader(body, answerHead))
	_, _ = io.Copy(io.Discard, io.LimitReader(body, answerLimit))
	return strings.ToValidUTF8(strings.ReplaceAll(string(head), "\x00", "\ufffd"), "\ufffd")
}

// inWords says for the webhook's owner why there was no answer.
func inWords(err error) string {
	var refused *outbound.Error
	var certificate *tls.CertificateVerificationError
	var network interface{ Timeout() bool }
	switch {
	case errors.As(err, &refused):
		return strings.ToUpper(refused.Text[:1]) + refused.Text[1:] + "."
	case errors.As(err, &certificate):
		return "The server's certificate is not valid: " + certificate.Err.Error() + "."
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return fmt.Sprintf("The server did not answer within %d seconds.", sendLimit/time.Second)
	default:
		return "The server could not be reached, or closed the connection." // as for an address that is refused
	}
}
