package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"
)

// TestATaskNamesWhatHasNoEffect holds that a create answers at once, and a read later, with each wish that the engine's model has no
// setting for, and with the shape that a picture takes the place of.
func TestATaskNamesWhatHasNoEffect(t *testing.T) {
	t.Parallel()
	v := vendors(t, 100*time.Millisecond, `
engines: [{name: wan, type: dashscope, base_url: "{url}/dashscope", {here}, keys: [{key: "{key}"}]}]
models: {default: [wan]}
`)
	p := v.run(t)
	picture, err := os.ReadFile("../../demo/first-frame.jpg")
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"prompt":"a boat","seconds":5,"camera":{"zoom":2},"cfg_scale":0.5,"mode":"pro","aspect_ratio":"9:16","first_frame":"data:image/jpeg;base64,%s"}`,
		base64.StdEncoding.EncodeToString(picture))
	made := p.createOwn(t, body)
	_, created := p.call(t, http.MethodPost, "/api/v1/tasks", body)
	_, later := p.call(t, http.MethodGet, "/api/v1/tasks/"+made.ID, "")
	want := map[string]string{
		"aspect_ratio": "model %s gives the video the shape of its picture", "camera": "model %s has no such setting", "cfg_scale": "model %s has no such setting",
		"mode": "model %s has no such setting",
	}
	for _, b := range [][]byte{created, later} {
		var got struct {
			Model   string                           `json:"engine_model"`
			Ignored []struct{ Field, Reason string } `json:"ignored"`
		}
		if err := json.Unmarshal(b, &got); err != nil || len(got.Ignored) != len(want) {
			t.Fatalf("%v: %s", err, b)
		}
		for _, i := range got.Ignored {
			if i.Reason != fmt.Sprintf(want[i.Field], got.Model) {
				t.Errorf("%+v", i)
			}
		}
	}
}
