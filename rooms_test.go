// Package filmgate_test keeps the plan of the house: which rooms there are, what each may import, and which outside
// package lives in which room alone. A new room or dependency is a line in one of the two tables below.
package filmgate_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/filmgate/filmgate"

// everything is the way of a room that does all wiring.
const everything = "everything"

// rooms says what each room at the root may import of the house. It imports the named rooms' own packages alone, never
// an implementation under them; tests may use those too. A room that is not built yet may stand here.
var rooms = map[string][]string{
	"task":     {},
	"apikey":   {},
	"outbound": {},
	"blob":     {},
	"media":    {"panics"},
	"panics":   {},
	"render":   {"media", "panics"},
	"engine":   {"task", "outbound", "render", "panics"},
	"store":    {"task", "apikey"},
	"gateway":  {"task", "apikey", "engine", "store", "blob", "media", "outbound", "panics"},
	"queue":    {"task", "panics"},
	"webhook":  {"task", "outbound"},
	"dialect":  {"task", "apikey"},
	"web":      {"panics"},
	"cmd":      {everything},
	"scripts":  {},
}

// outside says where each outside package (by its path's beginning) may be imported: a room with all under it, or one
// folder. What is not named here may be imported nowhere. "tests" stands for every test file.
var outside = map[string][]string{
	"github.com/riverqueue/river":   {"queue"},
	"modernc.org/sqlite":            {"store/sqlite", "queue tests"},
	"github.com/jackc/pgx":          {"store/postgres", "queue"},
	"github.com/pressly/goose":      {"store"},
	"gocloud.dev":                   {"blob/file", "blob/s3"},
	"github.com/aws":                {"blob/s3"},
	"github.com/golang-jwt/jwt":     {"blob", "engine/kling", "engine/vertex tests"},
	"code.dny.dev/ssrf":             {"outbound"},
	"github.com/failsafe-go":        {"engine"},
	"github.com/standard-webhooks":  {"webhook", "engine/replicate", "engine/enginetest"}, // what Replicate signs is checked by it
	"golang.org/x/oauth2":           {"engine/vertex"},
	"golang.org/x/time":             {"gateway", "engine"},
	"github.com/google/uuid":        {"gateway"},
	"github.com/hashicorp":          {"gateway"},
	"golang.org/x/image":            {"media", "render"},
	"github.com/kovidgoyal/imaging": {"media"}, // its prism/meta/icc
	"golang.org/x/sys":              {"blob/file", "cmd/filmgate", "render"},
	"github.com/danielgtaylor/huma": {"web"},
	"github.com/prometheus":         {"web"},
	"go.opentelemetry.io":           {"web", "gateway", "cmd"},
	"github.com/spf13":              {"cmd"},
	"github.com/knadh/koanf":        {"cmd"},
	"go.yaml.in/yaml":               {"cmd"},
	"github.com/vbauerster/mpb":     {"cmd"},
	"github.com/go-rod/rod":         {"tests"},
	"github.com/chromedp":           {"tests"},
	"github.com/pb33f":              {"tests"},
	"go.uber.org/goleak":            {"tests"},
	"github.com/google/go-cmp":      {"tests"},
}

// nameless are folder names that say nothing of what is inside.
var nameless = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "misc", "shared"}

// file is one Go file of the house.
type file struct {
	path   string // from the root, with slashes
	syntax *ast.File
	lines  *token.FileSet
}

func (f file) folder() string { return path.Dir(f.path) }

func (f file) room() string { return strings.Split(f.path, "/")[0] }

// test reports whether the file is a test, or part of a suite: a folder under a room that is named "…test".
func (f file) test() bool {
	return strings.HasSuffix(f.path, "_test.go") || suite(f.folder())
}

func suite(folder string) bool {
	return strings.HasSuffix(folder, "test") && strings.Contains(folder, "/")
}

func TestEveryFolderWithCodeIsARoom(t *testing.T) {
	for _, f := range house(t) {
		if _, ok := rooms[f.room()]; !ok && f.folder() != "." {
			t.Errorf("%s: there is no room %q; the rooms are %s", f.path, f.room(), list(slices.Sorted(maps.Keys(rooms))))
		}
	}
}

func TestRoomsImportOnlyWhatTheTableAllows(t *testing.T) {
	for _, f := range house(t) {
		for _, fault := range importFaults(f) {
			t.Error(fault)
		}
	}
}

func TestFoldersAreNamedForWhatTheyHold(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range house(t) {
		for part := range strings.SplitSeq(f.folder(), "/") {
			if slices.Contains(nameless, part) && !seen[f.folder()] {
				seen[f.folder()] = true
				t.Errorf("%s: a folder %q does not say what it holds", f.folder(), part)
			}
		}
	}
}

func TestNothingHappensAtImport(t *testing.T) {
	for _, f := range house(t) {
		for _, fault := range initFaults(f) {
			t.Error(fault)
		}
	}
}

func TestEveryGoroutineOfTheServerBeginsInPanics(t *testing.T) {
	for _, f := range house(t) {
		for _, fault := range goroutineFaults(f) {
			t.Error(fault)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range house(t) {
		if f.folder() != "." && !strings.HasSuffix(f.path, "_test.go") {
			documented[f.folder()] = documented[f.folder()] || f.syntax.Doc != nil
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("%s: the package has no doc", folder)
		}
	}
}

// TestRulesCatchWhatTheyForbid holds the rules themselves to account, on files that are not there.
func TestRulesCatchWhatTheyForbid(t *testing.T) {
	tests := []struct {
		name, path, source string
		want               string // part of the fault; "" = none
	}{
		{"an arrow of the table", "gateway/submit.go", imports("store"), ""},
		{"an arrow against the table", "task/task.go", imports("store"), "may import nothing"},
		{"a way back", "render/scene.go", imports("task"), "may import media"},
		{"a go statement", "gateway/a.go", "func f() { go f() }", "panics"},
		{"a group without an edge", "gateway/a.go", "import \"sync\"\nvar g sync.WaitGroup", "panics"},
		{"a go statement at the edge", "panics/a.go", "func f() { go f() }", ""},
		{"a go statement of a tool", "cmd/demo/a.go", "func f() { go f() }", ""},
		{"a go statement of a test", "gateway/a_test.go", "func f() { go f() }", ""},
		{"an implementation from a room", "gateway/submit.go", imports("store/sqlite"), "only cmd wires"},
		{"an implementation from a test", "gateway/submit_test.go", imports("store/sqlite"), ""},
		{"a far implementation from a test", "gateway/submit_test.go", imports("web/server"), "may import"},
		{"an implementation from cmd", "cmd/filmgate/serve.go", imports("store/sqlite"), ""},
		{"a sibling", "engine/animatic/a.go", imports("engine/fake"), "siblings"},
		{"a sibling from a test", "engine/animatic/a_test.go", imports("engine/fake"), "siblings"},
		{"a sibling in cmd", "cmd/filmgate/a.go", imports("cmd/fakevendor"), "siblings"},
		{"the port above", "engine/animatic/a.go", imports("engine"), ""},
		{"a suite from a test", "engine/animatic/a_test.go", imports("engine/enginetest"), ""},
		{"a suite from a product file", "engine/animatic/a.go", imports("engine/enginetest"), "only tests"},
		{"an implementation from its suite", "engine/enginetest/suite.go", imports("engine/fake"), "siblings"},
		{"the standard library", "task/task.go", `import "time"`, ""},
		{"an outside package at home", "queue/river.go", `import "github.com/riverqueue/river/rivertype"`, ""},
		{"an outside package elsewhere", "gateway/a.go", `import "github.com/riverqueue/river"`, "may be imported in queue"},
		{"an outside package whose name only begins alike", "queue/river.go", `import "github.com/riverqueue/riverx"`, "not in the table"},
		{"an unknown outside package", "task/task.go", `import "example.com/uuid"`, "not in the table"},
		{"a test's package in a test", "gateway/a_test.go", `import "go.uber.org/goleak"`, ""},
		{"a test's package in a product file", "gateway/a.go", `import "go.uber.org/goleak"`, "may be imported in tests"},
		{"a driver in the tests of the room", "queue/a_test.go", `import _ "modernc.org/sqlite"`, ""},
		{"a driver in the room", "queue/a.go", `import _ "modernc.org/sqlite"`, "may be imported in"},
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
			got := strings.Join(slices.Concat(importFaults(f), initFaults(f), goroutineFaults(f)), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func imports(folder string) string { return `import "` + module + "/" + folder + `"` }

// importFaults names every import of f that the tables do not allow.
func importFaults(f file) []string {
	var faults []string
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler has its own word on it
		}
		fault := ""
		if inside, ok := strings.CutPrefix(name, module+"/"); ok {
			fault = insideFault(f, inside)
		} else if strings.Contains(strings.Split(name, "/")[0], ".") {
			fault = outsideFault(f, name)
		}
		if fault != "" {
			faults = append(faults, fmt.Sprintf("%s: %s", f.lines.Position(spec.Pos()), fault))
		}
	}
	return faults
}

// insideFault says what is wrong with f importing a folder of the house; "" where nothing is.
func insideFault(f file, folder string) string {
	room, under, _ := strings.Cut(folder, "/")
	switch {
	case folder == f.folder(): // a package's outer tests
		return ""
	case suite(folder):
		if !f.test() {
			return fmt.Sprintf("%s is a test suite; only tests import it", folder)
		}
		return ""
	case room == f.room():
		if f.folder() != room && under != "" && !strings.HasPrefix(folder, f.folder()+"/") && !strings.HasPrefix(f.folder(), folder+"/") {
			return fmt.Sprintf("%s and %s are siblings in the room %s; siblings never import one another", f.folder(), folder, room)
		}
		return ""
	}
	allowed := rooms[f.room()]
	if slices.Contains(allowed, everything) || f.folder() == "." {
		return ""
	}
	if !slices.Contains(allowed, room) {
		return fmt.Sprintf("the room %s may import %s; %s is not among them", f.room(), list(allowed), folder)
	}
	if under != "" && !f.test() {
		return fmt.Sprintf("%s is an implementation; the room %s may import %s itself, only cmd wires what is under it", folder, f.room(), room)
	}
	return ""
}

// outsideFault says what is wrong with f importing a package that is not the house's; "" where nothing is.
func outsideFault(f file, name string) string {
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
		return fmt.Sprintf("%s may be imported in %s alone", name, list(homes))
	}
	return fmt.Sprintf("%s is not in the table of outside packages; name the room that it lives in", name)
}

// initFaults names every init function of f.
func initFaults(f file) []string {
	var faults []string
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			faults = append(faults, fmt.Sprintf("%s: an init function; hand things in where they are wired", f.lines.Position(fn.Pos())))
		}
	}
	return faults
}

// tools are the programs that are no server: they may end with a panic.
var tools = []string{"cmd/demo", "cmd/fakevendor", "cmd/picture"}

// goroutineFaults names every goroutine of f that ends the process where it panics.
func goroutineFaults(f file) []string {
	if f.test() || f.room() == "panics" || slices.Contains(tools, f.folder()) {
		return nil
	}
	var faults []string
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			faults = append(faults, fmt.Sprintf("%s: a go statement; begin it by panics.Recorder or panics.Group", f.lines.Position(n.Pos())))
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok && (of.Name == "sync" && n.Sel.Name == "WaitGroup" || of.Name == "errgroup") {
				faults = append(faults, fmt.Sprintf("%s: %s.%s; panics.Group is one with an edge", f.lines.Position(n.Pos()), of.Name, n.Sel.Name))
			}
		}
		return true
	})
	return faults
}

// house parses every Go file of the tree.
func house(t *testing.T) []file {
	t.Helper()
	var all []file
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, filepath.FromSlash(p), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, file{p, syntax, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
