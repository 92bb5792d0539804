package engine_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestStatusFunc(t *testing.T) {
	withBreaker := errors.New("broken")
	c := vendor(t, serveRanges)
	for _, x := range []struct {
		name       string
		state      task.State
		link       string
		err        error
		poll, open engine.Class // "" = no error
	}{
		{"a success", task.Succeeded, "/v", nil, "", ""},
		{"a success without a video", task.Succeeded, "", nil, engine.InvalidResponse, engine.InvalidResponse},
		{"work that goes on", task.Running, "", nil, "", engine.NotReady},
		{"work that failed", task.Failed, "/v", nil, "", engine.NotReady},
		{"a broken look", "", "", withBreaker, engine.Unreachable, engine.Unreachable},
	} {
		t.Run(x.name, func(t *testing.T) {
			look := engine.StatusFunc(func(context.Context, string) (engine.Status, string, error) {
				return engine.Status{State: x.state}, x.link, x.err
			})
			st, err := look.Poll(t.Context(), "h")
			if st.State != x.state || classOf(err) != x.poll {
				t.Errorf("Poll: %s, %v", st.State, err)
			}
			content, err := look.Open(t.Context(), c, "h", 7)
			if classOf(err) != x.open {
				t.Errorf("Open: %v", err)
			}
			if err == nil {
				defer func() { _ = content.Body.Close() }()
				if b, err := io.ReadAll(content.Body); err != nil || string(b) != videoBytes[7:] {
					t.Errorf("%q, %v", b, err)
				}
			}
		})
	}
}

func classOf(err error) engine.Class {
	if err == nil {
		return ""
	}
	return engine.AsError(err).Class
}

func TestStateOf(t *testing.T) {
	table := map[string]task.State{"dreaming": task.Running}
	if s, err := engine.StateOf("dreaming", table); s != task.Running || err != nil {
		t.Errorf("%s, %v", s, err)
	}
	_, err := engine.StateOf("sleeping", table)
	if e := engine.AsError(err); e.Class != engine.InvalidResponse || e.Detail != `a status "sleeping"` {
		t.Errorf("%v", err)
	}
}

func TestSubmitResult(t *testing.T) {
	if sub, err := engine.SubmitResult("v1/", "a", nil); sub.Handle != "v1/a" || err != nil {
		t.Errorf("%q, %v", sub.Handle, err)
	}
	_, err := engine.SubmitResult("v1/", "", nil)
	if e := engine.AsError(err); e.Class != engine.InvalidResponse || !e.Unconfirmed {
		t.Errorf("%v", err)
	}
	withBreaker := errors.New("broken")
	if _, err := engine.SubmitResult("v1/", "", withBreaker); !errors.Is(err, withBreaker) {
		t.Errorf("%v", err)
	}
}

func TestMultipartFormOrder(t *testing.T) {
	body, kind := engine.MultipartForm(engine.FormPart{Name: "a", Value: "1"}, engine.FormPart{Name: "f", File: "x.png", Type: "image/png", Bytes: []byte("P")})
	_, boundary, _ := strings.Cut(kind, "boundary=")
	want := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--" + boundary +
		"\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\nP\r\n--" + boundary + "--\r\n"
	if string(body) != want {
		t.Errorf("%q, want %q", body, want)
	}
}

func TestIgnoreEndedIgnoresOnlyWhatCannotBeStopped(t *testing.T) {
	for class, ignored := range map[engine.Class]bool{engine.NotFound: true, engine.Refused: true, engine.Unreachable: false, engine.Overloaded: false, engine.AuthError: false} {
		if err := engine.IgnoreEnded(&engine.Error{Class: class}); (err == nil) != ignored {
			t.Errorf("%v: %v", class, err)
		}
	}
	if err := engine.IgnoreEnded(nil); err != nil {
		t.Error(err)
	}
}
