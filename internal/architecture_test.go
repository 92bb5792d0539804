// Package internal_test holds the architecture: which packages there are, what each may import, and which outside module
// is imported where. A new package or dependency is a line in one of the two tables below.
package internal_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/filmgate/filmgate"

// everything lets a package import all others, and the packages under them: it is a composition root, or a tool.
const everything = "everything"

// packages lists what each package under internal/, and each program, may import of the module. The entry holds for the
// packages under it too. Only the named packages themselves may be imported, not what lies under them; tests may import that
// as well, and the tests of a program may import everything.
var packages = map[string][]string{
	"task":         {},
	"apikey":       {},
	"outbound":     {},
	"disk":         {},
	"panics":       {},
	"problem":      {},
	"process":      {"panics"},
	"keylock":      {},
	"listen":       {},
	"watch":        {},
	"base62":       {},
	"blob":         {"disk", "problem"},
	"media":        {"panics", "keylock"},
	"modelserver":  {"media", "panics"},
	"tempdir":      {"blob"},
	"render":       {"task", "media", "panics"},
	"engine":       {"task", "outbound", "render", "panics"},
	"fakevendor":   {},
	"store":        {"task", "apikey", "panics"},
	"transfer":     {"task", "apikey", "store", "blob", "panics"},
	"backup":       {"disk", "task", "store", "blob", "transfer"},
	"tracing":      {"task", "engine"},
	"taskcache":    {"task", "apikey", "store"},
	"registry":     {"task", "engine"},
	"dataset":      {"task", "apikey", "store", "blob", "media", "outbound", "keylock", "tempdir"},
	"asset":        {"task", "apikey", "store", "blob", "panics", "keylock", "base62"},
	"contactsheet": {},
	"storyboard":   {"task", "apikey", "store", "blob", "contactsheet"},
	"retention":    {"task", "asset", "store", "blob"},
	"gateway":      {"task", "apikey", "engine", "registry", "dataset", "asset", "storyboard", "taskcache", "store", "blob", "media", "outbound", "panics", "keylock", "keystore", "base62", "tempdir", "watch", "webhook"},
	"config":       {"task", "apikey", "engine", "registry", "outbound", "media", "modelserver", "render", "panics"},
	"client":       {"apikey", "problem"},
	"mcp":          {"client", "apikey"},
	"terminal":     {"client", "apikey", "transfer", "backup", "retention"},
	"keystore":     {"task", "apikey", "store"},
	"doctor":       {"apikey", "config", "datafolder", "disk", "listen", "media"},
	"datafolder":   {"disk"},
	"queue":        {"task", "panics"},
	"dialect":      {"task", "apikey", "problem"},
	"web":          {"listen", "panics", "problem"}, // listen in its tests
	"webhook":      {"task", "apikey", "store", "outbound", "keylock", "panics"},

	"node": {everything}, // the composition root: it alone wires stores, buckets, engines and dialects into a server

	"chaos": {"task", "apikey", "store", "blob", "asset", "dataset", "media", "engine", "dialect", "datafolder", "config", "node", "process"}, // it starts the program, and reads what that has left

	"cmd/filmgate":    {"apikey", "client", "config", "datafolder", "doctor", "keystore", "mcp", "node", "panics", "retention", "store", "terminal", "transfer"}, // ports, no implementations
	"cmd/openapi":     {everything},                                                                                                                              // a tool: it reads the routes of the dialects
	"cmd/demo":        {"media", "process"},
	"cmd/fakevendor":  {"media"},
	"cmd/chaos":       {},
	"cmd/benchreport": {},
	"cmd/licenses":    {},
}

// testLibraries lists the packages that tests everywhere may import, each with the one program that may too.
var testLibraries = map[string]string{"fakevendor": "cmd/fakevendor", "chaos": "cmd/chaos"}

// parts lists, for a folder, which folders beside it it may import. Elsewhere siblings never import one another.
var parts = map[string][]string{
	"dialect/dialecttest":      {"dialect/exchange"},
	"dialect/kling":            {"dialect/makevid"}, // makevid's Kling family has Kling's envelope and camera
	"dialect/runway":           {"dialect/makevid"}, // makevid's get answers as Runway's web API does
	"render/camera":            {"render/fp", "render/words", "render/directions"},
	"render/directions":        {"render/words"},
	"render/raster":            {"render/fp", "render/camera"},
	"render/cutout":            {"render/words"},
	"render/cutout/generate":   {},
	"render/scene":             {"render/fp", "render/words", "render/camera", "render/raster", "render/cutout", "render/directions", "render/typeset"},
	"store/sqlite":             {"store/groupcommit", "store/query", "store/webhooks"},
	"store/postgres":           {"store/groupcommit", "store/query", "store/webhooks"},
	"store/webhooks":           {"store/query"},                    // its SQL is that of both databases
	"store/rowstest":           {"store/sqlite", "store/postgres"}, // it opens either for tests
	"render/film":              {"render/fp", "render/words", "render/camera", "render/raster", "render/scene", "render/sound", "render/typeset", "render/vision"},
	"render/sound":             {"render/fp", "render/words"},
	"render/typeset":           {"render/fp"},
	"render/tflite":            {"render/fp"},
	"render/vision":            {"render/fp", "render/tflite"},
	"render/vision/visiontest": {"render/fp"},
}

// outside lists where each outside package, by the beginning of its path, may be imported: a package with all under it,
// or one folder. "tests" stands for every test file. A package that is not listed may be imported nowhere.
var outside = map[string][]string{
	"github.com/riverqueue/river":     {"queue"},
	"modernc.org/sqlite":              {"store/sqlite", "queue tests"},
	"github.com/pressly/goose":        {"store"},
	"github.com/jackc/pgx":            {"store/postgres", "store/rowstest", "queue", "cmd/filmgate tests", "taskcache tests", "transfer tests", "node"},
	"github.com/golang-jwt/jwt":       {"blob", "dialect/kling", "engine/kling", "engine/vertex tests"},
	"code.dny.dev/ssrf":               {"outbound"},
	"github.com/failsafe-go":          {"engine"},
	"github.com/standard-webhooks":    {"webhook", "engine/replicate", "fakevendor", "chaos", "cmd/filmgate tests"}, // Replicate signs its callbacks by this standard
	"golang.org/x/oauth2":             {"engine/vertex"},
	"golang.org/x/sync":               {"gateway", "dataset", "media", "webhook"}, // its semaphore
	"golang.org/x/text":               {"store"},                                  // its cases and unicode/norm
	"golang.org/x/time":               {"gateway", "engine"},
	"github.com/google/uuid":          {"gateway", "dataset", "asset", "storyboard", "webhook"},
	"github.com/hashicorp":            {"dialect", "gateway", "taskcache", "watch"},
	"golang.org/x/image":              {"media", "render", "contactsheet"},
	"github.com/go-text/typesetting":  {"render/typeset"},
	"codeberg.org/go-pdf/fpdf":        {"contactsheet"},
	"github.com/kovidgoyal/imaging":   {"media"}, // its prism/meta/icc
	"golang.org/x/sys":                {"disk", "blob/file", "datafolder", "media", "render"},
	"gocloud.dev":                     {"blob/s3"}, // its s3blob and no other driver
	"github.com/aws":                  {"blob/s3"},
	"github.com/spf13":                {"cmd"},
	"github.com/coreos/go-systemd":    {"listen"},
	"go.yaml.in/yaml":                 {"config", "engine", "node tests"}, // the settings file, and the tables of models
	"github.com/vbauerster/mpb":       {"terminal"},
	"github.com/modelcontextprotocol": {"mcp"},
	"github.com/go-rod/rod":           {"tests"},
	"github.com/pb33f":                {"tests"},
	"go.uber.org/goleak":              {"tests"},
	"golang.org/x/perf":               {"cmd/benchreport"},   // its benchfmt
	"github.com/yuin/goldmark":        {"web"},               // Markdown
	module:                            {"node", "web tests"}, // the documents, which only the root can embed
	"github.com/google/licensecheck":  {"cmd/licenses"},

	"go.opentelemetry.io/otel":            {"tracing"},
	"go.opentelemetry.io/proto":           {"node tests"}, // what a receiver of traces reads
	"google.golang.org/protobuf":          {"node tests"},
	"github.com/prometheus/client_golang": {"web", "node"},
	"github.com/prometheus/prometheus":    {"node tests"}, // its parser of expressions, for the alerts and the dashboard
}

// vague are folder names that say nothing about what is inside.
var vague = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "misc", "shared"}

var update = flag.Bool("update", false, "write the drawing of docs/architecture.md again")

// file is one Go file of the module.
type file struct {
	path   string // from internal/, or "cmd/…", with slashes
	syntax *ast.File
	lines  *token.FileSet
}

func (f file) folder() string { return path.Dir(f.path) }

// top is the package at the first level that the file belongs to.
func (f file) top() string { return strings.Split(f.path, "/")[0] }

// test reports whether the file is a test, part of a test suite (a folder whose name ends in "test"), or of a library for tests.
func (f file) test() bool {
	return strings.HasSuffix(f.path, "_test.go") || suite(f.folder()) || testLibraries[f.top()] != ""
}

// entry returns the name of the package or program in the table that the file belongs to: "gateway", "cmd/filmgate".
func (f file) entry() string {
	parts := strings.SplitN(f.path, "/", 3)
	if parts[0] == "cmd" && len(parts) == 3 {
		return "cmd/" + parts[1]
	}
	return parts[0]
}

func suite(folder string) bool {
	return strings.HasSuffix(folder, "test") && strings.Contains(folder, "/")
}

func TestEveryPackageIsInTheTable(t *testing.T) {
	for _, f := range source(t) {
		if _, ok := packages[f.entry()]; !ok && f.folder() != "." {
			t.Errorf("%s: package %q is not in the table; it lists %s", f.path, f.entry(), list(slices.Sorted(maps.Keys(packages))))
		}
	}
}

func TestTableHasNoPackageThatIsGone(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range source(t) {
		seen[f.entry()] = true
	}
	for name := range packages {
		if !seen[name] {
			t.Errorf("package %q is in the table, but there is no such folder", name)
		}
	}
}

func TestTableHasNoModuleThatIsGone(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name := range outside {
		if !strings.Contains(string(mod), name) {
			t.Errorf("%s is in the table, but not in go.mod", name)
		}
	}
}

func TestImportsFollowTheTable(t *testing.T) {
	for _, f := range source(t) {
		for _, problem := range importProblems(f) {
			t.Error(problem)
		}
	}
}

func TestFolderNamesSayWhatIsInside(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range source(t) {
		for part := range strings.SplitSeq(f.folder(), "/") {
			if slices.Contains(vague, part) && !seen[f.folder()] {
				seen[f.folder()] = true
				t.Errorf("%s: the folder name %q does not say what is inside", f.folder(), part)
			}
		}
	}
}

func TestNoInitFunctions(t *testing.T) {
	for _, f := range source(t) {
		for _, problem := range initProblems(f) {
			t.Error(problem)
		}
	}
}

func TestGoroutinesStartInPackagePanics(t *testing.T) {
	for _, f := range source(t) {
		for _, problem := range goroutineProblems(f) {
			t.Error(problem)
		}
	}
}

func TestEveryPackageIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range source(t) {
		if f.folder() != "." && !strings.HasSuffix(f.path, "_test.go") {
			documented[f.folder()] = documented[f.folder()] || f.syntax.Doc != nil
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("%s: the package has no doc comment", folder)
		}
	}
}

// TestRulesCatchViolations runs the rules on small files that break them.
func TestRulesCatchViolations(t *testing.T) {
	tests := []struct {
		name, path, source string
		want               string // part of the problem; "" = none
	}{
		{"allowed by the table", "gateway/submit.go", imports("store"), ""},
		{"not in the table", "task/task.go", imports("store"), "may import nothing"},
		{"the wrong way", "render/scene.go", imports("engine"), "may import task"},
		{"an implementation from its user", "gateway/submit.go", imports("store/sqlite"), "only a composition root"},
		{"an implementation from a test", "gateway/submit_test.go", imports("store/sqlite"), ""},
		{"an unrelated implementation from a test", "gateway/submit_test.go", imports("web/server"), "may import"},
		{"an implementation from the composition root", "node/storage.go", imports("store/sqlite"), ""},
		{"an implementation from a program", "cmd/filmgate/serve.go", imports("store/sqlite"), "only a composition root"},
		{"an implementation from a program's test", "cmd/filmgate/a_test.go", imports("store/sqlite"), ""},
		{"a port from a program", "cmd/filmgate/key.go", imports("store"), ""},
		{"a rule about tasks from a program", "cmd/filmgate/a.go", imports("gateway"), "may import"},
		{"the composition root from a program", "cmd/filmgate/serve.go", imports("node"), ""},
		{"the composition root from a package", "gateway/submit.go", imports("node"), "may import"},
		{"a sibling", "engine/animatic/a.go", imports("engine/fake"), "siblings"},
		{"a sibling from a test", "engine/animatic/a_test.go", imports("engine/fake"), "siblings"},
		{"a sibling in cmd", "cmd/filmgate/a.go", `import "` + module + `/cmd/fakevendor"`, "siblings"},
		{"the port above", "engine/animatic/a.go", imports("engine"), ""},
		{"a suite from a test", "engine/animatic/a_test.go", imports("engine/enginetest"), ""},
		{"a suite from product code", "engine/animatic/a.go", imports("engine/enginetest"), "only tests"},
		{"a test library from a test", "gateway/a_test.go", imports("fakevendor"), ""},
		{"a test library from a suite", "engine/enginetest/suite.go", imports("fakevendor"), ""},
		{"a test library from its program", "cmd/fakevendor/main.go", imports("fakevendor"), ""},
		{"a test library from another program", "cmd/filmgate/serve.go", imports("fakevendor"), "only tests"},
		{"a test library from product code", "gateway/a.go", imports("fakevendor"), "only tests"},
		{"a test library from another", "chaos/vendor.go", imports("fakevendor"), ""},
		{"an implementation from a test library", "chaos/files.go", imports("blob/file"), ""},
		{"anything from a test library", "fakevendor/runway.go", imports("engine"), "may import nothing"},
		{"an implementation from its suite", "engine/enginetest/suite.go", imports("engine/fake"), "siblings"},
		{"the standard library", "task/task.go", `import "time"`, ""},
		{"an outside package where it is allowed", "queue/river.go", `import "github.com/riverqueue/river/rivertype"`, ""},
		{"an outside package elsewhere", "gateway/a.go", `import "github.com/riverqueue/river"`, "may be imported only in queue"},
		{"an outside package with the same beginning", "queue/river.go", `import "github.com/riverqueue/riverx"`, "not in the table"},
		{"an unknown outside package", "task/task.go", `import "example.com/uuid"`, "not in the table"},
		{"a test's package in a test", "gateway/a_test.go", `import "go.uber.org/goleak"`, ""},
		{"a test's package in product code", "gateway/a.go", `import "go.uber.org/goleak"`, "may be imported only in tests"},
		{"a driver in tests that may have it", "queue/a_test.go", `import _ "modernc.org/sqlite"`, ""},
		{"a driver in product code", "queue/a.go", `import _ "modernc.org/sqlite"`, "may be imported only in"},
		{"a go statement", "gateway/a.go", "func f() { go f() }", "panics"},
		{"a group that does not recover", "gateway/a.go", "import \"sync\"\nvar g sync.WaitGroup", "panics"},
		{"a go statement in package panics", "panics/a.go", "func f() { go f() }", ""},
		{"a go statement in a tool", "cmd/demo/a.go", "func f() { go f() }", ""},
		{"a go statement in a test", "gateway/a_test.go", "func f() { go f() }", ""},
		{"an init function", "blob/a.go", "func init() {}", "init"},
		{"a method named init", "blob/a.go", "type t int\nfunc (t) init() {}", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := token.NewFileSet()
			syntax, err := parser.ParseFile(set, tt.path, "package a\n"+tt.source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			f := file{tt.path, syntax, set}
			got := strings.Join(slices.Concat(importProblems(f), initProblems(f), goroutineProblems(f)), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func imports(folder string) string { return `import "` + module + "/internal/" + folder + `"` }

// importProblems lists every import of f that the tables do not allow.
func importProblems(f file) []string {
	var problems []string
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler reports it
		}
		problem := ""
		if folder, ok := inside(name); ok {
			problem = insideProblem(f, folder)
		} else if strings.Contains(strings.Split(name, "/")[0], ".") {
			problem = outsideProblem(f, name)
		}
		if problem != "" {
			problems = append(problems, fmt.Sprintf("%s: %s", f.lines.Position(spec.Pos()), problem))
		}
	}
	return problems
}

// inside returns the folder of a package of this module, as file.folder has it; ok is false for any other package.
func inside(name string) (folder string, ok bool) {
	folder, ok = strings.CutPrefix(name, module+"/")
	return strings.TrimPrefix(folder, "internal/"), ok
}

// insideProblem says what is wrong with f importing a folder of this module; "" if nothing is.
func insideProblem(f file, folder string) string {
	top, under, _ := strings.Cut(folder, "/")
	switch {
	case folder == f.folder(): // a package's external tests
		return ""
	case suite(folder):
		if !f.test() {
			return fmt.Sprintf("%s is a test suite; only tests import it", folder)
		}
		return ""
	case top == f.top():
		return siblingProblem(f, folder, top, under)
	}
	if program, ok := testLibraries[top]; ok {
		if f.test() || f.folder() == program {
			return ""
		}
		return fmt.Sprintf("%s is a library for tests; only tests and %s import it", folder, program)
	}
	allowed := packages[f.entry()]
	switch {
	case slices.Contains(allowed, everything) || f.folder() == "." || f.top() == "cmd" && f.test():
		return ""
	case !slices.Contains(allowed, top):
		return fmt.Sprintf("%s may import %s; %s is not among them", f.entry(), list(allowed), folder)
	case under != "" && !f.test():
		return fmt.Sprintf("%s is an implementation; %s may import %s itself, only a composition root imports what is under it", folder, f.entry(), top)
	}
	return ""
}

// siblingProblem says what is wrong with f importing a folder of its own top package. Those above and below it may be
// imported; those beside it only if the table of parts says so.
func siblingProblem(f file, folder, top, under string) string {
	above, below := strings.HasPrefix(f.folder(), folder+"/"), strings.HasPrefix(folder, f.folder()+"/")
	if f.folder() == top || under == "" || above || below || slices.Contains(parts[f.folder()], folder) {
		return ""
	}
	return fmt.Sprintf("%s and %s are siblings; siblings never import one another", f.folder(), folder)
}

// outsideProblem says what is wrong with f importing a package of another module; "" if nothing is.
func outsideProblem(f file, name string) string {
	for prefix, homes := range outside {
		if name != prefix && !strings.HasPrefix(name, prefix+"/") {
			continue
		}
		for _, home := range homes {
			where, tests := strings.CutSuffix(home, "tests")
			where = strings.TrimSpace(where)
			if (!tests || f.test()) && (where == "" || f.folder() == where || strings.HasPrefix(f.folder(), where+"/")) {
				return ""
			}
		}
		return fmt.Sprintf("%s may be imported only in %s", name, list(homes))
	}
	return fmt.Sprintf("%s is not in the table of outside packages; add the package that may import it", name)
}

// initProblems lists every init function of f.
func initProblems(f file) []string {
	var problems []string
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			problems = append(problems, fmt.Sprintf("%s: an init function; pass values in where they are wired", f.lines.Position(fn.Pos())))
		}
	}
	return problems
}

// tools are the programs that serve nobody: a panic may end them.
var tools = []string{"cmd/demo", "cmd/fakevendor", "cmd/openapi"}

// goroutineProblems lists the places where f starts a goroutine whose panic would end the process.
func goroutineProblems(f file) []string {
	if f.test() || f.top() == "panics" || slices.Contains(tools, f.folder()) {
		return nil
	}
	var problems []string
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			problems = append(problems, fmt.Sprintf("%s: a go statement; use panics.Recorder or panics.Group", f.lines.Position(n.Pos())))
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok && (of.Name == "sync" && n.Sel.Name == "WaitGroup" || of.Name == "errgroup") {
				problems = append(problems, fmt.Sprintf("%s: %s.%s; use panics.Group, which recovers", f.lines.Position(n.Pos()), of.Name, n.Sel.Name))
			}
		}
		return true
	})
	return problems
}

// source parses every Go file under internal/ and cmd/.
func source(t *testing.T) []file {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// parsed reads the files once for all tests.
var parsed = sync.OnceValues(parse)

func parse() (all []file, err error) {
	for _, top := range []string{"internal", "cmd"} {
		err = fs.WalkDir(os.DirFS(".."), top, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(p, ".go") {
				return nil
			}
			set := token.NewFileSet()
			syntax, err := parser.ParseFile(set, filepath.Join("..", filepath.FromSlash(p)), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			all = append(all, file{strings.TrimPrefix(p, "internal/"), syntax, set})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// namedFile is a path in backticks, as documents write it.
var namedFile = regexp.MustCompile("`((?:internal|cmd|docs|scripts|demo|\\.ci)/[^` ]+)`")

func TestDocumentsNameFilesThatExist(t *testing.T) {
	for _, doc := range []string{"docs/architecture.md", "CONTRIBUTING.md", "README.md"} {
		text, err := os.ReadFile("../" + doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range namedFile.FindAllStringSubmatch(string(text), -1) {
			name, _, _ := strings.Cut(m[1], "NAME") // NAME stands for any name
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(name))); err != nil {
				t.Errorf("%s: there is no %s", doc, m[1])
			}
		}
	}
}

const (
	drawingFile  = "../docs/architecture.md"
	drawingBegin = "```mermaid\n"
	drawingEnd   = "```\n"
)

// drawing is the diagram of the packages: an arrow for each import between two of them, in product code.
func drawing(t *testing.T) string {
	arrows := map[string]bool{}
	for _, f := range source(t) {
		if f.test() || f.folder() == "." {
			continue
		}
		for _, spec := range f.syntax.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			folder, ok := inside(name)
			to, _, _ := strings.Cut(folder, "/")
			if ok && to != f.top() && f.top() != "cmd" {
				arrows["  "+f.top()+" --> "+to+"\n"] = true
			}
		}
	}
	return "graph TD\n" + strings.Join(slices.Sorted(maps.Keys(arrows)), "")
}

func TestDrawingIsTrue(t *testing.T) {
	text, err := os.ReadFile(drawingFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), drawingBegin)
	old, after, closed := strings.Cut(rest, drawingEnd)
	if !ok || !closed {
		t.Fatalf("%s has no mermaid drawing", drawingFile)
	}
	want := drawing(t)
	if old == want {
		return
	}
	if !*update {
		t.Fatalf("the drawing in %s is not what the code imports; write it with `go test ./internal -run Drawing -update`", drawingFile)
	}
	if err := os.WriteFile(drawingFile, []byte(before+drawingBegin+want+drawingEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
