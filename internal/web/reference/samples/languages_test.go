package samples_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// offered returns the languages of the page, in order.
var offered = []string{"shell/curl", "js/fetch", "java/nethttp", "swift/nsurlsession", "go/native", "php/curl", "python/python3", "http/http1.1",
	"c/libcurl", "csharp/httpclient", "objc/nsurlsession", "ruby/native", "ocaml/cohttp", "dart/http", "r/httr2"}

// examplePicture is the URL that the document's examples use for a picture.
const examplePicture = "https://example.com/image.jpg"

// language says how a sample of the reference is run. The command runs in a folder that holds only the file. A
// language that is not listed can't be run on Debian; docs/reference.md says why.
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
	{id: "http/http1.1", file: "sample.http"}, // sent unchanged, see speak
	{id: "c/libcurl", file: "sample.c", command: "cc -Wall -Werror -o sample sample.c -lcurl && ./sample", packages: "gcc libc6-dev libcurl4-openssl-dev"},
	{id: "objc/nsurlsession", file: "sample.m", program: "int main(void) { @autoreleasepool {\n%s\n} return 0; }\n",
		command:  "$TESTDATA/objc/build.sh && ./sample",
		packages: "clang gobjc libblocksruntime-dev libgnustep-base-dev"},
	{id: "ruby/native", file: "sample.rb", command: "ruby sample.rb", packages: "ruby"},
	{id: "ocaml/cohttp", file: "sample.ml", command: "ocamlfind ocamlc -package cohttp-lwt-unix -thread -linkpkg -o sample sample.ml && ./sample", packages: "ocaml-findlib libcohttp-lwt-unix-ocaml-dev netbase"},
	{id: "r/httr2", file: "sample.R", command: "Rscript -e 'cat(source(\"sample.R\")$value)'", packages: "r-base-core r-cran-httr2 r-cran-jsonlite"},
}

// run completes a sample, runs it and returns its output.
func (l language) run(t *testing.T, sample string) string {
	t.Helper()
	if l.id == "http/http1.1" {
		return speak(t, sample)
	}
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

// speak sends the text of a request to the host that it names, adds the length of its body, as tools that send such
// texts do, and returns the answer's body.
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
