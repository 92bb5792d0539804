package replicate

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// pageSize is how many predictions a page has, as at Replicate.
const pageSize = 100

// predictionPage is a page of the list.
type predictionPage struct {
	Previous *string      `json:"previous" format:"uri" doc:"The page of newer predictions; null if there are none."`
	Next     *string      `json:"next" format:"uri" doc:"The page of older predictions; null if there are none."`
	Results  []prediction `json:"results" doc:"The predictions, newest first."`
}

// cursor is a place in the list, and where a page goes from there.
type cursor struct {
	task.Cursor
	newer bool // the page holds what is newer, not older
}

// text writes a cursor so that callers hand it back and read nothing into it.
func (c cursor) text() string {
	way := "n"
	if c.newer {
		way = "p"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(way + strconv.FormatInt(c.Created.UnixMilli(), 36) + "." + c.ID))
}

// parseCursor reads what text wrote; ok is false for anything else.
func parseCursor(s string) (c cursor, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) < 2 || raw[0] != 'n' && raw[0] != 'p' {
		return cursor{}, false
	}
	ms, id, ok := strings.Cut(string(raw[1:]), ".")
	n, err := strconv.ParseInt(ms, 36, 64)
	if !ok || err != nil || id == "" {
		return cursor{}, false
	}
	return cursor{Cursor: task.Cursor{Created: time.UnixMilli(n).UTC(), ID: id}, newer: raw[0] == 'p'}, true
}

func (c calls) list(w http.ResponseWriter, r *http.Request, who apikey.Key) error {
	var at cursor
	if text := r.URL.Query().Get("cursor"); text != "" {
		var ok bool
		if at, ok = parseCursor(text); !ok {
			return &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "?cursor", Detail: "is no cursor of this list; take the URL of next or previous as it is"}}}
		}
	}
	found, err := c.gw.List(r.Context(), who, task.Query{After: at.Cursor, OldestFirst: at.newer, Limit: pageSize + 1})
	if err != nil {
		return err
	}
	more := len(found) > pageSize
	found = found[:min(len(found), pageSize)]
	if at.newer {
		slices.Reverse(found)
	}
	page := predictionPage{Results: []prediction{}}
	for _, t := range found {
		page.Results = append(page.Results, c.prediction(r, t))
	}
	if len(found) > 0 {
		newest, oldest := found[0], found[len(found)-1]
		if at.ID != "" && (more || !at.newer) {
			page.Previous = c.page(r, newest, true)
		}
		if more || at.newer {
			page.Next = c.page(r, oldest, false)
		}
	}
	dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(page))
	return nil
}

// page returns the URL of the page next to a task.
func (c calls) page(r *http.Request, t task.Task, newer bool) *string {
	at := cursor{task.Cursor{Created: t.Created, ID: t.ID}, newer}
	link := c.api(r) + "/predictions?" + url.Values{"cursor": {at.text()}}.Encode()
	return &link
}
