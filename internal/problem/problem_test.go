package problem_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"testing"

	"github.com/filmgate/filmgate/internal/problem"
)

func TestEncode(t *testing.T) {
	tests := []struct {
		name     string
		document problem.Document
		want     string
	}{
		{"a code of ours", problem.New("conflict", "Conflict", 409, "The task has ended.", "r1"),
			`{"type":"/problems/conflict","title":"Conflict","status":409,"detail":"The task has ended.","request_id":"r1"}`},
		{"the status says it all", problem.Blank(404, "There is no such file.", ""),
			`{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such file."}`},
		{"signs of HTML are not escaped", problem.Blank(400, "a < b & c", ""),
			`{"type":"about:blank","title":"Bad Request","status":400,"detail":"a < b & c"}`},
		{"a field and a parameter", problem.Document{Status: 400, Errors: []problem.FieldError{{Pointer: "#/seconds", Detail: "is required"}, {Parameter: "limit", Detail: "too large"}}},
			`{"type":"","title":"","status":400,"errors":[{"pointer":"#/seconds","detail":"is required"},{"parameter":"limit","detail":"too large"}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(tt.document.Encode()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTheTypeLeadsToThePageThatTheCallerSees(t *testing.T) {
	below := problem.WithPrefix(t.Context(), "/video")
	for _, c := range []struct {
		name     string
		ctx      context.Context
		document problem.Document
		want     string
	}{
		{"no prefix", t.Context(), problem.New("conflict", "", 409, "", ""), "/problems/conflict"},
		{"below a path", below, problem.New("conflict", "", 409, "", ""), "/video/problems/conflict"},
		{"the status says it all", below, problem.Blank(404, "", ""), "about:blank"},
	} {
		if got := c.document.For(c.ctx).Type; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWriteReplacesAnotherBodysHeaders(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("ETag", `"a"`)
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("Content-Range", "bytes */7") // belongs to status 416
	document := problem.Blank(http.StatusRequestedRangeNotSatisfiable, "d", "").Encode()
	if n := problem.Write(w, http.StatusRequestedRangeNotSatisfiable, document); n != len(document) || w.Body.String() != string(document) {
		t.Errorf("wrote %d bytes: %s", n, w.Body)
	}
	want := http.Header{"Content-Type": {problem.MediaType}, "Content-Length": {strconv.Itoa(len(document))}, "Cache-Control": {"no-store"}, "Content-Range": {"bytes */7"}}
	if !reflect.DeepEqual(w.Header(), want) || w.Code != 416 {
		t.Errorf("%d %v, want %v", w.Code, w.Header(), want)
	}
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, body string
		want       problem.Document
		ok         bool
	}{
		{"what was encoded", string(problem.New("invalid", "Invalid", 400, "d", "r").Encode()), problem.New("invalid", "Invalid", 400, "d", "r"), true},
		{"the answer's status wins", `{"title":"T","status":1}`, problem.Document{Title: "T", Status: 400}, true},
		{"a page of a proxy", "<html>", problem.Document{Status: 400}, false},
		{"other JSON", `{"message":"no"}`, problem.Document{Status: 400}, false},
		{"fields of another type", `{"title":7}`, problem.Document{Status: 400}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := problem.Read(400, []byte(tt.body))
			if ok != tt.ok || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
}
