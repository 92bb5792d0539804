package fakevendor

import (
	_ "embed" // the page
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
)

//go:embed page.html
var pageText string

// page shows people the requests, how often each task was submitted, and the fault words.
func (v *Vendor) page(w http.ResponseWriter, _ *http.Request) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	tasks := v.Tasks()
	type row struct {
		Task string
		Count
	}
	var rows []row
	for _, name := range slices.Sorted(maps.Keys(tasks)) {
		rows = append(rows, row{name, tasks[name]})
	}
	seen := v.Seen()
	slices.Reverse(seen)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = t.Execute(w, map[string]any{"Tasks": rows, "Seen": seen, "Wires": Wires(), "Words": Words()})
}

// list serves Tasks to programs.
func (v *Vendor) list(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v.Tasks()) // encoding can't fail; the reader may be gone
}
