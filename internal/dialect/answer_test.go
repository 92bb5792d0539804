package dialect

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAnswerIsEncodedOnceUntilSomethingChanges(t *testing.T) {
	now := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	ended := task.Task{ID: "a", Version: 3, State: task.Succeeded}
	links := Links{Base: "https://films.example", Now: now}
	for name, c := range map[string]struct {
		form    string
		second  task.Task
		links   Links
		period  time.Duration
		encoded int
	}{
		"the same":                 {"x", ended, links, EveryDay, 1},
		"later on the day":         {"x", ended, Links{Base: links.Base, Now: now.Add(time.Hour)}, EveryDay, 1},
		"within the second":        {"x", ended, Links{Base: links.Base, Now: now.Add(time.Millisecond)}, EverySecond, 1},
		"the next day":             {"x", ended, Links{Base: links.Base, Now: now.Add(EveryDay)}, EveryDay, 2},
		"the next second":          {"x", ended, Links{Base: links.Base, Now: now.Add(time.Second)}, EverySecond, 2},
		"another host":             {"x", ended, Links{Base: "https://other.example", Now: now}, EveryDay, 2},
		"another encoder":          {"y", ended, links, EveryDay, 2},
		"another task":             {"x", task.Task{ID: "b", Version: 3, State: task.Succeeded}, links, EveryDay, 2},
		"a newer version":          {"x", task.Task{ID: "a", Version: 4, State: task.Succeeded}, links, EveryDay, 2},
		"another estimated wait":   {"x", task.Task{ID: "a", Version: 3, State: task.Succeeded, QueueWait: time.Second}, links, EveryDay, 2},
		"a task without a version": {"x", task.Task{ID: "a", State: task.Succeeded}, links, EveryDay, 2},
	} {
		t.Run(name, func(t *testing.T) {
			answers, encoded := NewAnswers(), 0
			encode := func(task.Task, Links) []byte { encoded++; return []byte(`{}`) }
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
			answers.Write(w, r, TaskAnswer{http.StatusOK, "x", ended, links, c.period, true, nil, encode, false})
			answers.Write(w, r, TaskAnswer{http.StatusOK, c.form, c.second, c.links, c.period, true, nil, encode, false})
			if encoded != c.encoded {
				t.Errorf("encoded %d times, want %d", encoded, c.encoded)
			}
		})
	}
}

func TestLargeAnswerIsNotKept(t *testing.T) {
	answers, encoded := NewAnswers(), 0
	encode := func(task.Task, Links) []byte { encoded++; return []byte(strings.Repeat("x", answerBytes+1)) }
	for range 2 {
		answers.Write(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), TaskAnswer{http.StatusOK, "x", task.Task{ID: "a", Version: 1}, Links{}, EveryDay, true, nil, encode, false})
	}
	if encoded != 2 {
		t.Errorf("encoded %d times", encoded)
	}
}

func TestOnlyFinalAnswersHaveATag(t *testing.T) {
	encode := func(task.Task, Links) []byte { return []byte(`{"a":1}`) }
	for name, answers := range map[string]*Answers{"kept": NewAnswers(), "not kept": nil} {
		for _, c := range []struct {
			state  task.State
			final  bool
			tagged bool
		}{{task.Succeeded, true, true}, {task.Running, true, false}, {task.Succeeded, false, false}} {
			for range 2 {
				w := httptest.NewRecorder()
				asked := task.Task{ID: string(c.state) + strconv.FormatBool(c.final), Version: 1, State: c.state}
				answers.Write(w, httptest.NewRequest(http.MethodGet, "/", nil), TaskAnswer{http.StatusAccepted, "x", asked, Links{}, EveryDay, c.final, nil, encode, false})
				if tagged := w.Header().Get("ETag") != ""; w.Code != http.StatusAccepted || w.Body.String() != `{"a":1}` || tagged != c.tagged {
					t.Errorf("%s, %+v: %d %s, tagged: %v", name, c, w.Code, w.Body, tagged)
				}
			}
		}
	}
}

func TestCallerWhoHasTheAnswerGetsNoBody(t *testing.T) {
	answers, ended := NewAnswers(), task.Task{ID: "a", Version: 1, State: task.Failed}
	encode := func(task.Task, Links) []byte { return []byte(`{}`) }
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	answers.Write(w, r, TaskAnswer{http.StatusOK, "x", ended, Links{}, EveryDay, true, nil, encode, false})
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	w = httptest.NewRecorder()
	answers.Write(w, r, TaskAnswer{http.StatusOK, "x", ended, Links{}, EveryDay, true, nil, encode, false})
	if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestCallerWhoKeptAListGetsNoBody(t *testing.T) {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	WriteKept(w, r, []byte(`{"models":[]}`))
	tag := w.Header().Get("ETag")
	if w.Code != http.StatusOK || w.Body.String() != `{"models":[]}` || !strings.HasPrefix(tag, `W/"`) || w.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	r.Header.Set("If-None-Match", tag)
	for body, want := range map[string]int{`{"models":[]}`: http.StatusNotModified, `{"models":[1]}`: http.StatusOK} {
		w = httptest.NewRecorder()
		if WriteKept(w, r, []byte(body)); w.Code != want || (w.Body.Len() == 0) != (want == http.StatusNotModified) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestEveryAnswerNamesItsOwnRequest(t *testing.T) {
	answers, encoded := NewAnswers(), 0
	asked := TaskAnswer{Status: http.StatusOK, Form: "x", Task: task.Task{ID: "a", Version: 1, State: task.Succeeded}, Period: EveryDay, ETag: true, NamesRequest: true,
		Encode: func(task.Task, Links) []byte {
			encoded++
			return []byte(`{"id":"` + RequestMark + `","text":"` + RequestMark + `"}`) // the text of a task may say anything
		}}
	for _, id := range []string{"one", "another"} {
		w := httptest.NewRecorder()
		w.Header().Set("X-Request-Id", id)
		answers.Write(w, httptest.NewRequest(http.MethodGet, "/", nil), asked)
		want := `{"id":"` + id + `","text":"` + RequestMark + `"}`
		if w.Body.String() != want || w.Header().Get("Content-Length") != strconv.Itoa(len(want)) || !strings.HasPrefix(w.Header().Get("ETag"), `W/"`) {
			t.Errorf("%v %s, want %s", w.Header(), w.Body, want)
		}
		again := httptest.NewRequest(http.MethodGet, "/", nil)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		if answers.Write(w, again, asked); w.Code != http.StatusNotModified {
			t.Errorf("a caller that has the answer gets %d", w.Code)
		}
	}
	if encoded != 1 {
		t.Errorf("encoded %d times", encoded)
	}
}
