package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Storyboard is what this client reads of a storyboard.
type Storyboard struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Ready     bool      `json:"ready"`      // not of one in a list
	Seconds   *float64  `json:"seconds"`    // nil until it is ready
	Shots     []Shot    `json:"shots"`      // not of one in a list
	ShotCount int       `json:"shot_count"` // of one in a list
	Created   time.Time `json:"created_at"`
}

// Shot is a shot of a storyboard.
type Shot struct {
	ID      string   `json:"id"`
	Take    string   `json:"take"` // the task of the chosen take
	Seconds *float64 `json:"seconds"`
	Takes   []struct {
		Task     string  `json:"task"`
		State    string  `json:"status"` // "" if the task is gone
		Deleted  bool    `json:"deleted"`
		Prompt   string  `json:"prompt"`
		Progress float64 `json:"progress"`
		Failure  string  `json:"failure"`
	} `json:"takes"`
	Transition struct {
		Type    string  `json:"type"`
		Seconds float64 `json:"seconds"`
	} `json:"transition"`
}

const storyboardsPath = "/api/v1/storyboards"

func storyboardPath(id, rest string) string { return storyboardsPath + "/" + url.PathEscape(id) + rest }

// NewStoryboard reads the body of a storyboard's create from a JSON file. In the request of a shot, a first_frame, a last_frame, and an
// entry of reference_images or reference_audio or its url, is a file if it begins with "./", "../" or "/", relative to the folder of the
// JSON file, and is replaced by the file's content. The error names the file and the field.
func NewStoryboard(file string) (body map[string]any, err error) {
	content, err := os.ReadFile(file) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber() // numbers are sent as they are
	if err := in.Decode(&body); err != nil {
		return nil, fmt.Errorf("%s: is no JSON object: %w", file, err)
	}
	if in.More() {
		return nil, fmt.Errorf("%s: has more than one JSON object", file)
	}
	shots, _ := body["shots"].([]any) // the server says what is wrong with others
	for i, one := range shots {
		shot, _ := one.(map[string]any)
		request, _ := shot["request"].(map[string]any)
		if field, err := readFiles(request, filepath.Dir(file)); err != nil {
			return nil, fmt.Errorf("%s: shots/%d/request/%s: %w", file, i, field, err)
		}
	}
	return body, nil
}

// readFiles replaces the files that a request names by their content. With an error it returns the field.
func readFiles(request map[string]any, folder string) (field string, err error) {
	for _, name := range []string{"first_frame", "last_frame"} {
		if err := readFile(request, name, folder, pictureSource); err != nil {
			return name, err
		}
	}
	for name, source := range map[string]sourceFunc{"reference_images": pictureSource, "reference_audio": recordingSource} {
		list, _ := request[name].([]any)
		for i, one := range list {
			entry, ok := one.(map[string]any)
			if text, short := one.(string); short {
				entry, ok = map[string]any{"url": text}, true
			}
			if !ok {
				continue // the server says what is wrong with it
			}
			if err := readFile(entry, "url", folder, source); err != nil {
				return fmt.Sprintf("%s/%d", name, i), err
			}
			list[i] = entry
		}
	}
	return "", nil
}

// readFile replaces a field by the content of the file that it names, if it names one.
func readFile(holder map[string]any, field, folder string, source sourceFunc) (err error) {
	path, _ := holder[field].(string)
	if !strings.HasPrefix(path, "./") && !strings.HasPrefix(path, "../") && !filepath.IsAbs(path) {
		return nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	holder[field], err = source(path)
	return err
}

// CreateStoryboard makes a storyboard of the body of a create. With a key, a repeat of the same call makes no second one; "" = none.
func (c Client) CreateStoryboard(ctx context.Context, body map[string]any, key string) (Storyboard, error) {
	var made Storyboard
	answer, err := c.call(ctx, http.MethodPost, storyboardsPath, body, idempotency(key))
	if err != nil {
		return made, err
	}
	return made, Decode(answer, &made)
}

// Storyboards returns the newest storyboards, at most limit.
func (c Client) Storyboards(ctx context.Context, limit int) ([]Storyboard, error) {
	return pages(ctx, c, storyboardsPath, limit, func(p storyboardPage) ([]Storyboard, *string) { return p.Storyboards, p.Next })
}

type storyboardPage struct {
	Storyboards []Storyboard `json:"storyboards"`
	Next        *string      `json:"next"`
}

// Storyboard returns the server's answer about a storyboard: JSON.
func (c Client) Storyboard(ctx context.Context, id string) ([]byte, error) {
	return c.Call(ctx, http.MethodGet, storyboardPath(id, ""), nil)
}

// RenderStoryboard asks for the joined video, as a task of that name, or the storyboard's if it is "". It returns the task's status.
func (c Client) RenderStoryboard(ctx context.Context, id, name string) (Status, error) {
	t, err := read[Task](ctx, c, http.MethodPost, storyboardPath(id, "/renders"), map[string]string{"name": name})
	return t.Status(), err
}

// ErrNoRender is returned by LastRender for a storyboard that was never rendered.
var ErrNoRender = errors.New("the storyboard was not rendered yet: run `filmgate storyboard render ID`")

// LastRender returns the status of the newest render of a storyboard, or ErrNoRender.
func (c Client) LastRender(ctx context.Context, id string) (Status, error) {
	path := storyboardPath(id, "/renders?limit=1")
	for {
		page, err := read[taskPage](ctx, c, http.MethodGet, path, nil)
		switch {
		case err != nil:
			return Status{}, err
		case len(page.Tasks) > 0:
			return page.Tasks[0].Status(), nil
		case page.Next == nil:
			return Status{}, ErrNoRender
		}
		path = storyboardPath(id, "/renders?limit=1&cursor="+url.QueryEscape(*page.Next)) // a page may be empty
	}
}

// ContactSheet returns a storyboard's contact sheet, in the format "jpeg" or "pdf".
func (c Client) ContactSheet(ctx context.Context, id, format string) ([]byte, error) {
	return c.Call(ctx, http.MethodGet, storyboardPath(id, "/contact_sheet?format="+url.QueryEscape(format)), nil)
}

// pages returns the rows of a list, at most limit. split returns the rows of a page and its cursor.
func pages[Page, Row any](ctx context.Context, c Client, path string, limit int, split func(Page) ([]Row, *string)) (out []Row, err error) {
	query := url.Values{}
	for {
		query.Set("limit", strconv.Itoa(min(limit-len(out), pageLimit)))
		page, err := read[Page](ctx, c, http.MethodGet, path+"?"+query.Encode(), nil)
		if err != nil {
			return nil, err
		}
		rows, next := split(page)
		out = append(out, rows[:min(limit-len(out), len(rows))]...)
		if next == nil || len(out) == limit || len(rows) == 0 {
			return out, nil
		}
		query.Set("cursor", *next)
	}
}
