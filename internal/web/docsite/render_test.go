package docsite

import "testing"

func TestRender(t *testing.T) {
	const page = "# A page's *title*\n\nText [to a page](b.md#part), [out](../go.mod), [far](https://a.example/) and [here](#b).\n\n" +
		"## B\n\n| n |\n|--:|\n| 1 |\n\n## B\n\n<b>raw</b>\n\n![p](img/p.png)\n"
	d, err := render("docs/x/a.md", []byte(page), func(name string) bool { return name == "docs/x/b.md" || name == "docs/x/img/p.png" })
	if err != nil {
		t.Fatal(err)
	}
	const want = `<h1 id="a-pages-title">A page's <em>title</em></h1>` + "\n" +
		`<p>Text <a href="../../docs/x/b#part">to a page</a>, out, <a href="https://a.example/">far</a> and <a href="#b">here</a>.</p>` + "\n" +
		`<h2 id="b">B</h2>` + "\n<table>\n<thead>\n<tr>\n<th align=\"right\">n</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"right\">1</td>\n</tr>\n</tbody>\n</table>\n" +
		`<h2 id="b-1">B</h2>` + "\n<p><!-- raw HTML omitted -->raw<!-- raw HTML omitted --></p>\n" + `<p><img src="../../docs/x/img/p.png" alt="p"></p>` + "\n"
	if string(d.body) != want {
		t.Errorf("got  %s\nwant %s", d.body, want)
	}
	if d.title != "A page's title" || len(d.headings) != 2 || d.headings[1] != (heading{"B", "b-1"}) || d.sections[1].text != "n 1" {
		t.Errorf("title %q, headings %v, sections %q", d.title, d.headings, d.sections)
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, page := range map[string]string{"a picture that is not there": "# A\n\n![p](p.png)\n", "a page without a title": "Text.\n"} {
		if _, err := render("docs/a.md", []byte(page), func(string) bool { return false }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestURLs(t *testing.T) {
	for file, want := range map[string]string{
		"docs/README.md": "docs", "docs/engines.md": "docs/engines", "docs/gallery/README.md": "docs/gallery", "docs/gallery/neon.jpg": "docs/gallery/neon.jpg",
		"docs/problems/invalid.md": "problems/invalid", "CHANGELOG.md": "docs/changelog", "examples/typescript/openai.ts": "docs/examples/typescript/openai.ts",
	} {
		if got := urlPath(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
	for _, c := range [][3]string{{"docs", "docs/engines", "docs/engines"}, {"docs/engines", "docs", "../docs"}, {"docs", "", "./"}, {"docs/a", "", "../"}, {"docs/a/b", "problems/x", "../../problems/x"}} {
		if got := relative(c[0], c[1]); got != c[2] {
			t.Errorf("from %s to %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestAnchorsAreThoseOfGitHub(t *testing.T) {
	for heading, want := range map[string]string{"The animatic's sound": "the-animatics-sound", "How to add …": "how-to-add-", "`POST /api`, and back": "post-api-and-back", "Größe_1 — x": "größe_1--x"} {
		if got := anchor(heading); got != want {
			t.Errorf("%q: %q, want %q", heading, got, want)
		}
	}
}
