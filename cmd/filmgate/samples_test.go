package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-rod/rod"
)

// offered are the languages of the page, in their order.
var offered = []string{"shell/curl", "js/fetch", "java/nethttp", "swift/nsurlsession", "go/native", "php/curl", "python/python3", "http/http1.1",
	"c/libcurl", "csharp/httpclient", "objc/nsurlsession", "ruby/native", "ocaml/cohttp", "dart/http", "r/httr2"}

// examplePicture stands in examples of the document for any picture on the web.
const examplePicture = "https://example.com/image.jpg"

// language is how a sample of the reference becomes a program. The command runs in a folder that holds the file alone. A
// language that is not listed cannot be run on Debian: docs/reference.md says why.
type language struct {
	id       string // as the page names it
	file     string
	program  string // round the sample, which is its %s; "" = the sample is a program
	command  string // of a shell; $TESTDATA is the folder testdata
	packages string // of Debian, that bring what the command needs
}

var sampleLanguages = []language{
	{id: "shell/curl", file: "sample.sh", command: "sh sample.sh", packages: "curl"},
	{id: "js/fetch", file: "sample.mjs", program: "const answer = await %s\nconsole.log(await answer.text())\n",
		command: "node sample.mjs", packages: "nodejs"},
	{id: "java/nethttp", file: "Sample.java", program: "import java.net.http.*;\nclass Sample { public static void main(String[] args) throws Exception {\n%s\n} }\n",
		command: "java Sample.java", packages: "default-jdk-headless"},
	{id: "go/native", file: "sample.go", command: "go run sample.go", packages: "go"},
	{id: "php/curl", file: "sample.php", program: "<?php\n%s\n", command: "php sample.php", packages: "php-cli php-curl"},
	{id: "python/python3", file: "sample.py", command: "python3 sample.py", packages: "python3"},
	{id: "http/http1.1", file: "sample.http"}, // sent as it stands, see speak
	{id: "c/libcurl", file: "sample.c", command: "cc -Wall -Werror -o sample sample.c -lcurl && ./sample", packages: "gcc libc6-dev libcurl4-openssl-dev"},
	{id: "objc/nsurlsession", file: "sample.m", program: "int main(void) { @autoreleasepool {\n%s\n} return 0; }\n",
		command:  "$TESTDATA/objc/build.sh && ./sample",
		packages: "clang gobjc libblocksruntime-dev libgnustep-base-dev"},
	{id: "ruby/native", file: "sample.rb", command: "ruby sample.rb", packages: "ruby"},
	{id: "ocaml/cohttp", file: "sample.ml", command: "ocamlfind ocamlc -package cohttp-lwt-unix -thread -linkpkg -o sample sample.ml && ./sample", packages: "ocaml-findlib libcohttp-lwt-unix-ocaml-dev"},
	{id: "r/httr2", file: "sample.R", command: "Rscript -e 'cat(source(\"sample.R\")$value)'", packages: "r-base-core r-cran-httr2 r-cran-jsonlite"},
}

// run completes a sample and executes it. What it prints is returned.
func (l language) run(t *testing.T, sample string) string {
	t.Helper()
	if l.id == "http/http1.1" {
		return speak(t, sample)
	}
	need(t, l.packages)
	if l.program != "" {
		sample = fmt.Sprintf(l.program, sample)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, l.file), []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "sh", "-c", l.command)
	command.Dir = dir
	// Java and R write what they print in the locale's characters, and a bare machine's locale has none beyond ASCII.
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TESTDATA="+testdata, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s\n%s", err, &errs, &out, sample)
	}
	return out.String()
}

// speak sends the text of a request over a connection to the host that it names, with the length of its body, which
// tools that send such texts add, and returns the answer's body.
func speak(t *testing.T, text string) string {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	lines := append(strings.Split(strings.TrimRight(head, "\n"), "\n"), "Content-Length: "+strconv.Itoa(len(body)), "Connection: close")
	host := regexp.MustCompile(`(?m)^Host: (\S+)$`).FindStringSubmatch(head)
	if host == nil {
		t.Fatalf("no host in\n%s", text)
	}
	connection, err := net.Dial("tcp", host[1])
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, strings.Join(lines, "\r\n")+"\r\n\r\n"+body); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %v\n%s\n%s", answer.Status, err, got, text)
	}
	return string(got)
}

// printed finds the task in what a program printed.
func printed(t *testing.T, out string) map[string]any {
	t.Helper()
	_, after, found := strings.Cut(out, `{"task":`)
	var task map[string]any
	if err := json.NewDecoder(strings.NewReader(after)).Decode(&task); err != nil || !found {
		t.Fatalf("no task was printed: %v\n%s", err, out)
	}
	return task
}

// task is the server's own word on a task.
func (p *process) task(t *testing.T, id string) map[string]any {
	t.Helper()
	code, b := p.call(t, http.MethodGet, "/api/v1/get_runway/"+id, "")
	if code != http.StatusOK {
		t.Fatalf("get: %d %s", code, b)
	}
	return printed(t, string(b))
}

// ended makes a task and ends it, so that every look at it is the same.
func (p *process) ended(t *testing.T) string {
	t.Helper()
	id := p.create(t, `{"seconds":5,"text_prompt":"slow pan over dunes"}`)
	p.cancel(t, id)
	return id
}

func (p *process) cancel(t *testing.T, id string) {
	t.Helper()
	if code, b := p.call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", ""); code != http.StatusOK {
		t.Fatalf("cancel: %d %s", code, b)
	}
}

// upload keeps the demo's picture on the server and returns its URL.
func (p *process) upload(t *testing.T) string {
	t.Helper()
	picture, err := os.ReadFile("../../demo/first-frame.jpg")
	if err != nil {
		t.Fatal(err)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "first-frame.jpg")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(picture)
	w.Close()
	code, b := p.call(t, http.MethodPost, "/api/v1/datasets", form.String(), "Content-Type", w.FormDataContentType())
	var answer struct{ URL string }
	if err := json.Unmarshal(b, &answer); err != nil || code != http.StatusOK || answer.URL == "" {
		t.Fatalf("upload: %d %s", code, b)
	}
	return answer.URL
}

// TestTheDocsSayHowEachSampleIsRunOrWhyNot holds docs/reference.md to the table above.
func TestTheDocsSayHowEachSampleIsRunOrWhyNot(t *testing.T) {
	docs, err := os.ReadFile("../../docs/reference.md")
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

// document is what the tests read of /openapi.json.
type document struct {
	Paths map[string]map[string]struct {
		Parameters []struct {
			Name    string
			Example any
		}
		RequestBody struct {
			Content map[string]struct {
				Examples map[string]struct{ Value map[string]any }
			}
		}
	}
}

// document reads the server's own description.
func (p *process) document(t *testing.T) document {
	t.Helper()
	code, b := p.call(t, http.MethodGet, "/openapi.json", "")
	var d document
	if err := json.Unmarshal(b, &d); err != nil || code != http.StatusOK {
		t.Fatalf("document: %d, %v", code, err)
	}
	return d
}

// examples are the bodies that the document shows for create_runway.
func (d document) examples(t *testing.T) []map[string]any {
	t.Helper()
	var bodies []map[string]any
	for _, e := range d.Paths["/api/v1/create_runway"]["post"].RequestBody.Content["application/json"].Examples {
		bodies = append(bodies, e.Value)
	}
	if len(bodies) == 0 {
		t.Fatal("the document has no example for create_runway")
	}
	return bodies
}

// id is the id that the document shows for get_runway.
func (d document) id(t *testing.T) string {
	t.Helper()
	for _, p := range d.Paths["/api/v1/get_runway/{id}"]["get"].Parameters {
		if id, ok := p.Example.(string); ok && p.Name == "id" {
			return id
		}
	}
	t.Fatal("the document has no example of an id for get_runway")
	return ""
}

// calls are all of the document, as "POST /path".
func (d document) calls() []string {
	var calls []string
	for path, methods := range d.Paths {
		for method := range methods {
			calls = append(calls, strings.ToUpper(method)+" "+path)
		}
	}
	return calls
}

// samplesRun takes the samples from the very page. There must be one of every call in every language. Those of two calls
// are run, as a reader does: the key is filled in on the page, the example's picture and id are replaced by real ones.
func samplesRun(t *testing.T, b *rod.Browser, p *process) {
	document, picture, ended := p.document(t), p.upload(t), p.ended(t)
	calls, examples, exampleID := document.calls(), document.examples(t), document.id(t)
	r := openReference(t, b, p)
	r.key(t, testKey)
	r.screen(t, 1440, tall)
	r.wait(t, `n => document.querySelectorAll('.request-editor-section pre').length >= n`, len(calls))
	shown := r.read(t)
	r.screen(t, 1440, seen)
	for _, id := range offered {
		for _, call := range calls {
			if text := shown[id][call]; text == "" || strings.HasPrefix(text, "Error") {
				t.Errorf("%s: %s has %q", id, call, text)
			}
		}
	}
	for _, l := range sampleLanguages {
		create := strings.ReplaceAll(shown[l.id]["POST /api/v1/create_runway"], examplePicture, picture)
		get := strings.ReplaceAll(shown[l.id]["GET /api/v1/get_runway/{id}"], exampleID, ended)
		t.Run(l.id, func(t *testing.T) {
			t.Parallel()
			creates(t, p, l.run(t, create), examples)
			if got, want := printed(t, l.run(t, get)), p.task(t, ended); !reflect.DeepEqual(got, want) {
				t.Errorf("printed\n%v\nthe server's\n%v", got, want)
			}
		})
	}
}

// samplesKeep gives the document's examples a prompt of all that languages take for more than a character.
func samplesKeep(t *testing.T, b *rod.Browser, p *process) {
	prompt := `it's a "wide" lake \ #{1+1} $HOME ${HOME} $(ls) %s %d é — 湖 <b>&amp; ''' ` + "`ls`"
	quoted, err := json.Marshal(prompt)
	if err != nil {
		t.Fatal(err)
	}
	var replace []string
	examples, picture := p.document(t).examples(t), p.upload(t)
	for _, e := range examples {
		replace = append(replace, fmt.Sprintf("%q", e["text_prompt"]), string(quoted))
		e["text_prompt"] = prompt
	}
	r := openReference(t, b, p, replace...)
	r.key(t, testKey)
	shown := r.read(t)
	for _, l := range sampleLanguages {
		create := strings.ReplaceAll(shown[l.id]["POST /api/v1/create_runway"], examplePicture, picture)
		t.Run(l.id, func(t *testing.T) {
			t.Parallel()
			creates(t, p, l.run(t, create), examples)
		})
	}
}

// creates holds what a program printed to the task that the server made of its request, and that to the examples.
func creates(t *testing.T, p *process, out string, examples []map[string]any) {
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

// asked tells whether a task's options are those of an example. A picture is on the server by now.
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
