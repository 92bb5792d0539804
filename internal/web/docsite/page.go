package docsite

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// document is a page of Markdown, rendered.
type document struct {
	file     string // its path in the repository: "docs/engines.md"
	path     string // that of its URL, without the slash at its begin: "docs/engines"
	title    string // its first heading
	body     []byte // HTML
	headings []heading
	sections []section
}

// heading is an entry of the table of contents of a page.
type heading struct{ Title, Anchor string }

// section is what the search finds: a heading with the text below it, up to the next heading.
type section struct {
	anchor, heading string
	text            string
}

// urlPath returns the path of a file's URL, without the slash at its begin.
func urlPath(file string) string {
	name, markdown := strings.CutSuffix(file, ".md")
	switch {
	case markdown && strings.HasPrefix(name, "docs/problems/"):
		return strings.TrimPrefix(name, "docs/")
	case markdown && strings.HasSuffix(name, "/README"):
		return strings.TrimSuffix(name, "/README")
	case markdown && !strings.Contains(name, "/"): // CHANGELOG
		return "docs/" + strings.ToLower(name)
	case !strings.HasPrefix(name, "docs/"): // an example
		return "docs/" + name
	}
	return name
}

// relative returns the URL of a path as seen from another, so that pages work below any prefix of a proxy.
func relative(from, to string) string {
	up := strings.Repeat("../", strings.Count(from, "/"))
	if up+to == "" {
		return "./"
	}
	return up + to
}

// render renders a page. has reports whether a file is part of the site.
func render(file string, source []byte, has func(string) bool) (document, error) {
	d := document{file: file, path: urlPath(file)}
	md := goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))), // the policy allows no styles in the page
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	)
	root := md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{map[string]bool{}}))))
	if err := rewriteLinks(root, d, has); err != nil {
		return d, err
	}
	d.divide(root, source)
	if d.title == "" {
		return d, fmt.Errorf("%s: no heading at its begin", file)
	}
	var body bytes.Buffer
	if err := md.Renderer().Render(&body, source, root); err != nil {
		return d, fmt.Errorf("%s: %w", file, err)
	}
	d.body = body.Bytes()
	return d, nil
}

// rewriteLinks turns links to files of the repository into those to their pages. A link to a file that is no part of the site becomes
// its text.
func rewriteLinks(root ast.Node, d document, has func(string) bool) error {
	var gone []*ast.Link
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			if to, fragment, ok := target(d.file, string(n.Destination)); ok && has(to) {
				n.Destination = []byte(relative(d.path, urlPath(to)) + fragment)
			} else if ok {
				gone = append(gone, n)
			}
		case *ast.Image:
			to, _, ok := target(d.file, string(n.Destination))
			if !ok || !has(to) {
				return ast.WalkStop, fmt.Errorf("%s: the picture %s is no file of the site", d.file, n.Destination)
			}
			n.Destination = []byte(relative(d.path, urlPath(to)))
		}
		return ast.WalkContinue, nil
	})
	for _, n := range gone {
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			n.Parent().InsertBefore(n.Parent(), n, c)
		}
		n.Parent().RemoveChild(n.Parent(), n)
	}
	return err
}

// target returns the file of the repository to which a link of a file leads, and the link's fragment with its "#". ok is false for a link
// to another host, and for one within the page.
func target(file, link string) (to, fragment string, ok bool) {
	link, fragment, found := strings.Cut(link, "#")
	if found {
		fragment = "#" + fragment
	}
	if link == "" || strings.Contains(link, ":") {
		return "", "", false
	}
	return path.Join(path.Dir(file), link), fragment, true
}

// divide sets the title, the headings and the sections.
func (d *document) divide(root ast.Node, source []byte) {
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			d.begin(h, source)
		} else if len(d.sections) > 0 {
			last := &d.sections[len(d.sections)-1]
			last.text = strings.TrimSpace(last.text + " " + plain(n, source))
		}
	}
}

// begin begins the section of a heading.
func (d *document) begin(h *ast.Heading, source []byte) {
	title := plain(h, source)
	id, _ := h.AttributeString("id")
	name, _ := id.([]byte)
	if h.Level == 1 && d.title == "" {
		d.title, name = title, nil
	}
	if h.Level == 2 {
		d.headings = append(d.headings, heading{title, string(name)})
	}
	d.sections = append(d.sections, section{anchor: string(name), heading: title})
}

// plain returns the text of a node without its marks, with one space between words.
func plain(root ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		case *ast.HTMLBlock, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		default:
			if entering && n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
				if n.IsRaw() {
					b.Write(n.Lines().Value(source))
				}
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(b.String()), " ")
}
