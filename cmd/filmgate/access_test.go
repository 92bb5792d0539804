package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// strangerKey makes a key of another account in the server's data folder.
func strangerKey(t *testing.T, data string) string {
	t.Helper()
	made := keyRun(t, data, "create", "--account", "2")
	made.expect(t, 0)
	return strings.TrimSpace(made.out)
}

func TestAnotherAccountFindsNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := run(t, data)
	other := strangerKey(t, data)
	done := p.until(t, p.createShort(t), hasSucceeded)
	var list struct {
		Assets []wireAsset `json:"assets"`
	}
	_, b := p.call(t, http.MethodGet, "/api/v1/assets", "")
	if err := json.Unmarshal(b, &list); err != nil || len(list.Assets) != 1 {
		t.Fatalf("%s", b)
	}
	asset := list.Assets[0]
	var upload struct {
		ID   string   `json:"id"`
		URLs []string `json:"uploadUrls"`
	}
	_, b = p.call(t, http.MethodPost, "/v1/uploads", `{"filename":"a.png","numberOfParts":1,"type":"DATASET"}`)
	if err := json.Unmarshal(b, &upload); err != nil {
		t.Fatal(err)
	}
	_, etag := putPart(t, upload.URLs[0], string(pngOf(t, 64, 48, 0)))
	parts := `{"parts":[{"PartNumber":1,"ETag":` + string(mustJSON(t, etag)) + `}]}`
	var picture struct {
		URL string `json:"url"`
	}
	_, b = p.call(t, http.MethodPost, "/api/v1/datasets", string(pngOf(t, 64, 48, 0)))
	if err := json.Unmarshal(b, &picture); err != nil {
		t.Fatal(err)
	}
	task := done.Task.ID
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/api/v1/get_runway/" + task, ""},
		{"GET", "/api/v1/tasks/" + task, ""},
		{"DELETE", "/api/v1/tasks/" + task, ""},
		{"POST", "/api/v1/tasks/" + task + "/cancel", ""},
		{"POST", "/api/v1/tasks/" + task + "/retry", ""},
		{"GET", "/api/v1/assets/" + asset.ID, ""},
		{"PATCH", "/api/v1/assets/" + asset.ID, `{"favorite":true}`},
		{"DELETE", "/api/v1/assets/" + asset.ID, ""},
		{"POST", "/api/v1/assets/" + asset.ID + "/share", ""},
		{"DELETE", "/api/v1/assets/" + asset.ID + "/share", ""},
		{"PATCH", "/api/v1/asset_groups/" + asset.Group, `{"name":"mine"}`},
		{"POST", "/v1/uploads/" + upload.ID + "/complete", parts},
		{"POST", "/v1/datasets", `{"uploadId":"` + upload.ID + `"}`},
		{"POST", "/api/v1/create_runway", `{"seconds":5,"init_image":"` + picture.URL + `"}`},
		{"POST", "/api/v1/create_luma", `{"user_prompt":"x","expand_prompt":false,"image_end_url":"` + picture.URL + `"}`},
		{"POST", "/api/v1/kling/image2video/create_kling", `{"image":"` + picture.URL + `"}`},
	} {
		code, b := p.call(t, c.method, c.path, c.body, "Authorization", "Bearer "+other)
		if code != http.StatusNotFound || strings.Contains(string(b), "another") {
			t.Errorf("%s %s: %d %s, want 404", c.method, c.path, code, b)
		}
	}
	for _, list := range []string{"/api/v1/tasks", "/api/v1/assets?task_id=" + task, "/api/v1/asset_groups"} {
		if code, b := p.call(t, http.MethodGet, list, "", "Authorization", "Bearer "+other); code != http.StatusOK || !strings.Contains(string(b), ":[]") {
			t.Errorf("%s: %d %s, want nothing in it", list, code, b)
		}
	}
	p.wantCall(t, http.MethodPost, "/v1/uploads/"+upload.ID+"/complete", parts, http.StatusOK, `{"url":"`+p.base+"/datasets/"+upload.ID)
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// forged returns the token with another header.
func forged(token, header string) string {
	_, rest, _ := strings.Cut(token, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + rest
}

func TestASignedLinkOpensOnlyItsFile(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	upload := func() (path, token string) {
		_, b := p.call(t, http.MethodPost, "/api/v1/datasets", string(pngOf(t, 64, 48, 0)))
		var d struct {
			URL string `json:"url"`
		}
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatalf("%s", b)
		}
		path, token, _ = strings.Cut(strings.TrimPrefix(d.URL, p.base), "?_jwt=")
		return path, token
	}
	path, token := upload()
	otherPath, otherToken := upload()
	var begun struct {
		URLs []string `json:"uploadUrls"`
	}
	_, b := p.call(t, http.MethodPost, "/v1/uploads", `{"filename":"a.png","numberOfParts":2,"type":"DATASET"}`)
	if err := json.Unmarshal(b, &begun); err != nil {
		t.Fatal(err)
	}
	first, partToken, _ := strings.Cut(begun.URLs[0], "?_jwt=")
	second, _, _ := strings.Cut(begun.URLs[1], "?_jwt=")
	head, _, _ := strings.Cut(token, ".")
	for _, c := range []struct {
		name, url string
		want      int
	}{
		{"its own", p.base + path + "?_jwt=" + token, 200},
		{"no token", p.base + path, 403},
		{"an empty one", p.base + path + "?_jwt=", 403},
		{"another file's", p.base + path + "?_jwt=" + otherToken, 403},
		{"its own at another file", p.base + otherPath + "?_jwt=" + token, 403},
		{"of another bucket", p.base + path + "?_jwt=" + partToken, 403},
		{"alg none", p.base + path + "?_jwt=" + forged(token, `{"alg":"none","typ":"JWT"}`), 403},
		{"alg none, unsigned", p.base + path + "?_jwt=" + forged(token[:strings.LastIndex(token, ".")+1], `{"alg":"none","typ":"JWT"}`), 403},
		{"another alg", p.base + path + "?_jwt=" + forged(token, `{"alg":"HS512","typ":"JWT"}`), 403},
		{"cut short", p.base + path + "?_jwt=" + token[:len(token)-1], 403},
		{"its head alone", p.base + path + "?_jwt=" + head, 403},
		{"a path trick", p.base + "/datasets/%2e%2e" + path + "?_jwt=" + token, 404},
		{"another trick", p.base + "/cdn/..%2f" + path[1:] + "?_jwt=" + token, 404},
	} {
		wantStatus(t, c.name, c.url, c.want)
	}
	for _, c := range []struct {
		name, url string
		want      int
	}{
		{"another part's", second + "?_jwt=" + partToken, 403},
		{"a dataset's", first + "?_jwt=" + token, 403},
		{"none", first, 403},
		{"a dataset's, by a path trick", p.base + "/uploads/%2e%2e%2f" + path[1:] + "?_jwt=" + token, 404},
		{"a dataset's, at the dataset", p.base + path + "?_jwt=" + token, 405},
		{"its own", first + "?_jwt=" + partToken, 200},
	} {
		if code, _ := putPart(t, c.url, "x"); code != c.want {
			t.Errorf("putting a part with the token %s: %d, want %d", c.name, code, c.want)
		}
	}
	for _, url := range []string{p.base + path + "?_jwt=" + otherToken, p.base + path + "?_jwt=" + forged(token, `{"alg":"none"}`)} {
		p.wantCall(t, http.MethodPost, "/api/v1/create_runway", `{"seconds":5,"init_image":"`+url+`"}`, http.StatusBadRequest, "the signed URL has expired or was altered")
	}
}
