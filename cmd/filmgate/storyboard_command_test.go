package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const boardID = "50000000-0000-4000-8000-000000000001"

func TestStoryboardCommands(t *testing.T) {
	const path = "/api/v1/storyboards/" + boardID
	s := newScript(t, map[string][]answer{
		"POST /api/v1/storyboards": {{201, `{"id":"` + boardID + `"}`}},
		"GET /api/v1/storyboards":  bodies(`{"storyboards":[{"id":"` + boardID + `","name":"Harbour","shot_count":3,"created_at":"2026-11-24T12:00:00.000Z"}],"next":null}`),
		"GET " + path: bodies(`{"id":"` + boardID + `","ready":false,"seconds":null,"shots":[
			{"id":"s1","take":"t2","seconds":3.5,"takes":[{"task":"t1","status":"FAILED"},{"task":"t2","status":"SUCCEEDED","prompt":"a lake"}],"transition":{"type":"cut","seconds":0}},
			{"id":"s2","take":"t3","seconds":null,"takes":[{"task":"t3","status":"RUNNING","progress":0.256,"prompt":"a boat"}],"transition":{"type":"dissolve","seconds":0.5}},
			{"id":"s3","take":"t4","seconds":null,"takes":[{"task":"t4","status":"FAILED","failure":"no such picture"}],"transition":{"type":"cut","seconds":0}},
			{"id":"s4","take":"t5","seconds":null,"takes":[{"task":"t5","status":null}],"transition":{"type":"cut","seconds":0}}]}`),
		"POST " + path + "/renders":      {{201, row(taskID, "QUEUED", 0, "")}},
		"GET " + path + "/renders":       bodies(`{"tasks":[],"next":"c1"}`, `{"tasks":[`+row(taskID, "RUNNING", 0.5, "")+`],"next":null}`),
		one:                              bodies(row(taskID, "SUCCEEDED", 1, `,"artifacts":[{"url":"{url}/film.mp4"}]`)),
		"GET /film.mp4":                  bodies("the film"),
		"GET " + path + "/contact_sheet": bodies("the sheet"),
	})
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, content string) string {
		if err := os.WriteFile(in(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return in(name)
	}
	run := func(args ...string) *session { return s.session().run(t, append([]string{"storyboard"}, args...)...) }

	write("lake.png", "\x89PNG\r\n\x1a\n")
	run("create", write("board.json", `{"name":"Harbour","shots":[{"request":{"prompt":"a lake","seconds":4.50,"first_frame":"./lake.png"}},{"task":"t1"}]}`)).expect(t, 0, boardID)
	if got, want := s.bodies["POST /api/v1/storyboards"], `{"name":"Harbour","shots":[{"request":{"first_frame":"data:image/png;base64,iVBORw0KGgo=","prompt":"a lake","seconds":4.50}},{"task":"t1"}]}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	write("voice.mp3", "ID3")
	run("create", write("references.json", `{"shots":[{"request":{"reference_images":["./lake.png",{"url":"./lake.png","name":"hero"},"https://a.example/a.png",7],"reference_audio":[{"url":"./voice.mp3"}]}}]}`)).expect(t, 0, boardID)
	if got, want := s.bodies["POST /api/v1/storyboards"], `{"shots":[{"request":{"reference_audio":[{"url":"data:audio/mpeg;base64,SUQz"}],"reference_images":[{"url":"data:image/png;base64,iVBORw0KGgo="},`+
		`{"name":"hero","url":"data:image/png;base64,iVBORw0KGgo="},{"url":"https://a.example/a.png"},7]}}]}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	run("create", write("odd.json", `{"shots":[{"request":{"reference_audio":["./lake.png"]}}]}`)).expect(t, exitUsage, "odd.json: shots/0/request/reference_audio/0: ", "is no WAV")
	run("create", write("gone.json", `{"shots":[{},{"request":{"last_frame":"./gone.png"}}]}`)).expect(t, exitUsage, "gone.json: shots/1/request/last_frame: ", "gone.png")
	run("create", write("text.json", `no JSON`)).expect(t, exitUsage, "text.json: is no JSON object")
	run("create", in("none.json")).expect(t, exitUsage, "none.json")
	run("list").expect(t, 0, "ID", "SHOTS", boardID, "3      Harbour")
	run("list", "--limit", "0").expect(t, exitUsage, "--limit: 0 is not 1 or more")
	run("show", boardID).expect(t, 0, "1     cut            3.5      2      t2    SUCCEEDED", "a lake", "2     dissolve 0.5s  -        1      t3    RUNNING 26%", "FAILED: no such picture", "gone", "4 shots, not all shots have a video yet")
	run("show", boardID, "--json").expect(t, 0, "{\n  \"id\": \""+boardID+"\"")
	run("render", boardID, "--name", "cut 1").expect(t, 0, taskID)
	if got := s.bodies["POST "+path+"/renders"]; got != `{"name":"cut 1"}` {
		t.Errorf("sent %s", got)
	}
	run("wait", boardID).expect(t, 0, s.URL+"/film.mp4")
	run("download", boardID, "-o", in("film.mp4")).expect(t, 0, in("film.mp4"))
	run("download", boardID, "-o", in("no/film.mp4")).expect(t, exitUsage, "--output: there is no folder")
	run("sheet", boardID, "-o", in("sheet.PDF")).expect(t, 0, in("sheet.PDF"))
	if _, ok := s.keys["GET "+path+"/contact_sheet?format=pdf"]; !ok {
		t.Errorf("no PDF was asked for: %v", s.keys)
	}
	for name, want := range map[string]string{"film.mp4": "the film", "sheet.PDF": "the sheet"} {
		if got, err := os.ReadFile(in(name)); err != nil || string(got) != want {
			t.Errorf("%s has %q, %v", name, got, err)
		}
	}
}

func TestAStoryboardThatWasNotRenderedHasNoVideo(t *testing.T) {
	s := newScript(t, map[string][]answer{"GET /api/v1/storyboards/" + boardID + "/renders": bodies(`{"tasks":[],"next":null}`)})
	s.session().run(t, "storyboard", "download", boardID).expect(t, exitFailure, "was not rendered yet", "filmgate storyboard render")
	if got := s.session().run(t, "storyboard", "wait", boardID); !strings.Contains(got.err, "was not rendered yet") {
		t.Errorf("%s", got.err)
	}
}
