package samples_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// TestDocsListEachLanguage compares docs/reference.md with the table of languages.
func TestDocsListEachLanguage(t *testing.T) {
	docs, err := os.ReadFile(servertest.InTree(t, "docs/reference.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| [^|]+ \\| `([^`]+)` \\| ([^|]+) \\|").FindAllSubmatch(docs, -1)
	if len(rows) != len(offered) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		id, with := string(row[1]), string(row[2])
		runs := slices.ContainsFunc(sampleLanguages, func(l language) bool { return l.id == id })
		if id != offered[i] || runs == (with == "not run") {
			t.Errorf("%s, %s: the page offers %s here, and the tests run it: %v", id, with, offered[i], runs)
		}
	}
}

// hardPrompt holds the characters that have a meaning in the syntax of some language.
const hardPrompt = `it's a "wide" lake \ #{1+1} $HOME ${HOME} $(ls) %s %d é — 湖 <b>&amp; ''' ` + "`ls`"

// hardened gives the examples the hard prompt. It returns pairs of texts that do the same in the document.
func hardened(examples []map[string]any) (replace []string, err error) {
	quoted, err := json.Marshal(hardPrompt)
	for _, e := range examples {
		replace = append(replace, fmt.Sprintf("%q", e["text_prompt"]), string(quoted))
		e["text_prompt"] = hardPrompt
	}
	return replace, err
}

// samplesRun reads the samples from the page. There must be one of every shape of call in each language. Those of two calls are run as a reader would: the key is filled in on the page, the
// example's picture and id are replaced by real ones. The document's prompts are replaced by hardPrompt before the page
// reads them.
func samplesRun(t *testing.T, b *rod.Browser, p *server) {
	document, picture, ended := p.document(t), p.upload(t), p.ended(t)
	examples, exampleID := document.examples(t), document.id(t)
	replace, err := hardened(examples)
	if err != nil {
		t.Fatal(err)
	}
	some := document.shapes()
	r := openReference(t, b, p, func(text string) (string, error) { return some.only(strings.NewReplacer(replace...).Replace(text)) })
	r.key(t, testKey)
	r.hideCalls(t)
	shown := map[string]map[string]string{}
	for _, id := range offered {
		shown[id] = everyCallHasASample(t, r, id, some.calls())
	}
	for _, l := range sampleLanguages {
		create := strings.ReplaceAll(shown[l.id]["POST /api/v1/create_runway"], examplePicture, picture)
		get := strings.ReplaceAll(shown[l.id]["GET /api/v1/get_runway/{id}"], exampleID, ended)
		t.Run(l.id, func(t *testing.T) {
			t.Parallel()
			servertest.Need(t, l.packages)
			creates(t, p, l.run(t, create), examples)
			if got, want := printed(t, l.run(t, get)), p.task(t, ended); !reflect.DeepEqual(got, want) {
				t.Errorf("printed\n%v\nthe server's\n%v", got, want)
			}
		})
	}
}

// everyCallHasASample returns the samples in a language, by "POST /path", once the page has drawn all its calls.
func everyCallHasASample(t *testing.T, r *referencePage, language string, calls []string) map[string]string {
	t.Helper()
	r.Size(t, 1440, heightOfCall*len(calls), pixels)
	r.Until(t, `n => document.querySelectorAll('.request-editor-section pre').length >= n`, len(calls))
	shown := r.samples(t, language)
	for _, call := range calls {
		if text := shown[call]; text == "" || strings.HasPrefix(text, "Error") {
			t.Errorf("%s: %s has %q", language, call, text)
		}
	}
	return shown
}

// creates compares what a program printed with the task on the server, and that task with the examples.
func creates(t *testing.T, p *server, out string, examples []map[string]any) {
	t.Helper()
	made := printed(t, out)
	if made["status"] != "PENDING" {
		t.Errorf("the answer's status is %v", made["status"])
	}
	id, _ := made["id"].(string)
	kept := p.task(t, id)
	p.cancel(t, id)
	options, _ := kept["options"].(map[string]any)
	if !reflect.DeepEqual(made["options"], kept["options"]) {
		t.Errorf("printed options\n%v\nthe server's\n%v", made["options"], options)
	}
	if !slices.ContainsFunc(examples, func(e map[string]any) bool { return asked(options, e) }) {
		t.Errorf("the task has\n%v\nwhich is no example of\n%v", options, examples)
	}
}

// asked reports whether a task's options are those of an example, except that the picture is on the server by now.
func asked(options, example map[string]any) bool {
	for name, value := range example {
		if name == "init_image" {
			value = options[name] != ""
			options = maps.Clone(options)
			options[name] = true
		}
		if options[name] != value {
			return false
		}
	}
	return true
}
