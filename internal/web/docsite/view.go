package docsite

import (
	"bytes"
	"fmt"
	"html/template"
)

// view is what the template shows.
type view struct {
	Path     string // of the page's URL, without the slash at its begin
	Title    string
	Body     template.HTML
	Headings []heading // of the page's table of contents
	Missing  bool      // there is no such page
	Searched bool      // it is the page of results
	Query    string
	Results  []result

	Style  string
	Groups []viewGroup
}

// viewGroup is a part of the navigation.
type viewGroup struct {
	Title string
	Pages []viewLink
}

// viewLink is a link of the navigation.
type viewLink struct {
	Title, URL string
	Current    bool
}

// To returns the relative URL of a path of this server.
func (v view) To(path string) string { return relative(v.Path, path) }

// html returns the page.
func (s *Site) html(v view) ([]byte, error) {
	v.Style = v.To(s.stylePath)
	for _, g := range navigation() {
		group := viewGroup{Title: g.title}
		for _, p := range g.pages {
			to := urlPath(p.file)
			group.Pages = append(group.Pages, viewLink{p.title, v.To(to), to == v.Path})
		}
		v.Groups = append(v.Groups, group)
	}
	var b bytes.Buffer
	if err := s.page.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("docsite: %w", err)
	}
	return b.Bytes(), nil
}
