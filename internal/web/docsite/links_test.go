package docsite

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// root is the repository.
const root = "../../.."

// markdown is a document of the repository: where its links lead, and its anchors.
type markdown struct {
	links, anchors []string
}

// TestLinksOfTheDocuments checks that the links in all documents of the repository lead to a file that is there, and to a heading that it
// has. Those to other hosts are not followed.
func TestLinksOfTheDocuments(t *testing.T) {
	documents := map[string]markdown{}
	tree := os.DirFS(root)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		names, err := fs.Glob(tree, pattern)
		if err != nil || names == nil {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			source, err := fs.ReadFile(tree, name)
			if err != nil {
				t.Fatal(err)
			}
			documents[name] = read(source)
		}
	}
	links := 0
	for name, d := range documents {
		for _, link := range d.links {
			links++
			if problem := linkProblem(tree, documents, name, link); problem != "" {
				t.Errorf("%s: the link %s: %s", name, link, problem)
			}
		}
	}
	if links < 200 {
		t.Errorf("only %d links were found", links)
	}
}

// linkProblem says what is wrong with a link of a document; "" if nothing is.
func linkProblem(tree fs.FS, documents map[string]markdown, from, link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host != "" && u.Scheme != "http" && u.Scheme != "https" {
		return "it is no URL"
	}
	if u.IsAbs() {
		return ""
	}
	to := from
	if u.Path != "" {
		to = path.Join(path.Dir(from), u.Path)
	}
	if !fs.ValidPath(to) {
		return "it leads out of the repository"
	}
	if _, err := fs.Stat(tree, to); err != nil {
		return "there is no such file"
	}
	if u.Fragment != "" && !slices.Contains(documents[to].anchors, u.Fragment) {
		return "there is no such heading"
	}
	return ""
}

// read finds the links and the anchors of a document.
func read(source []byte) markdown {
	var d markdown
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	tree := md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{map[string]bool{}}))))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				d.links = append(d.links, string(n.Destination))
			}
		case *ast.Image:
			if entering {
				d.links = append(d.links, string(n.Destination))
			}
		case *ast.Heading:
			if id, ok := n.AttributeString("id"); ok && entering {
				d.anchors = append(d.anchors, string(id.([]byte)))
			}
		case *ast.HTMLBlock:
			if entering {
				d.links = append(d.links, attributes(n.Lines().Value(source))...)
			}
		}
		return ast.WalkContinue, nil
	})
	return d
}

// attributes returns the values of src, srcset and href in raw HTML.
func attributes(html []byte) []string {
	var out []string
	for _, name := range []string{`src="`, `srcset="`, `href="`} {
		for rest := html; ; {
			_, after, ok := bytes.Cut(rest, []byte(name))
			if !ok {
				break
			}
			value, _, _ := bytes.Cut(after, []byte(`"`))
			out, rest = append(out, string(value)), after
		}
	}
	return out
}

func TestLinkProblems(t *testing.T) {
	documents := map[string]markdown{"docs/a.md": read([]byte("# A b\n\n<img src=\"gone.png\">\n"))}
	if got := strings.Join(documents["docs/a.md"].links, " "); got != "gone.png" {
		t.Errorf("links of raw HTML: %q", got)
	}
	for link, want := range map[string]string{
		"#a-b": "", "a.md#a-b": "", "https://a.example/x#y": "", "mailto:a@a.example": "", "../README.md": "", "../internal": "",
		"#none": "no such heading", "gone.md": "no such file", "a.md#none": "no such heading", "../../x": "leads out", "%zz": "no URL",
	} {
		tree := os.DirFS(root)
		if link == "a.md#a-b" || link == "a.md#none" || strings.HasPrefix(link, "#") {
			tree = fakeTree{}
		}
		if got := linkProblem(tree, documents, "docs/a.md", link); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", link, got, want)
		}
	}
}

// fakeTree has every file.
type fakeTree struct{}

// Open returns this package's folder.
func (fakeTree) Open(string) (fs.File, error) { return os.Open(".") }
