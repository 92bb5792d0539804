package film

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/raster"
)

// update rewrites golden files and the gallery: go test ./internal/render/film -update
var update = flag.Bool("update", false, "rewrite the golden files and the gallery")

// goldenSpecs returns the specs whose frames are compared with stored hashes.
func goldenSpecs() []Spec {
	still := testPicture(200, 120)
	specs := []Spec{
		{Prompt: "orbit left, handheld", First: still},
		{Prompt: "fast pan right", First: still, Last: landscape(160, 96)},
		{Prompt: "hyperspeed zoom", Last: still, Caption: "hyperspeed zoom", Watermark: true},
		{Prompt: "a lighthouse by a stormy sea, lightning, rain, crane up"},
		{Prompt: "ice tea, block of ice, in lava, steam, sparks"},
		{Prompt: "milky way over dunes, moon, castle, balloon, birds"},
		{Prompt: "neon city street at night, snow, fireflies, a person, a tree and a house"},
		{Prompt: `title "Nights — Ночи", cinematic, pan right`},
	}
	for i := range specs {
		specs[i].Seed, specs[i].Width, specs[i].Height, specs[i].Frames, specs[i].FrameRate = uint32(i), 160, 96, 24, 24
	}
	return specs
}

// The hashes were made on amd64. They would differ on a machine that fuses multiplications and additions, or that rounds
// differently.
func TestFramesAreTheSameOnEveryMachine(t *testing.T) {
	var got strings.Builder
	for _, s := range goldenSpecs() {
		h := sha256.New()
		for _, f := range frames(s, 0, 7, 12, 23) {
			h.Write(f.Pix)
		}
		fmt.Fprintf(&got, "%x %s\n", h.Sum(nil), s.Prompt)
	}
	file := filepath.Join("testdata", "frames.sha256")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the hashes are\n%sbut in the file\n%s", got.String(), want)
	}
}

// Frames on other machines would differ if a compiler fused a multiplication and an addition, so this looks for fused
// instructions in the assembly for other machines. The compilers fuse the same expressions, so arm64, which is common, is
// enough here. CI checks the others too, which takes half a minute each if nothing is cached.
func TestNoCompilerFusesMultiplyAndAdd(t *testing.T) {
	t.Parallel()
	machines := []string{"arm64"}
	if os.Getenv("CI") == "true" {
		machines = append(machines, "ppc64le", "riscv64", "s390x")
	}
	for _, arch := range machines {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			for _, folder := range []string{"../fp", "../camera", "../cutout", "../raster", "../scene", "../sound", "../typeset", "."} {
				for _, sum := range fused(t, arch, folder) {
					t.Errorf("%s: %s", folder, sum)
				}
			}
		})
	}
}

// This shows that the test above would find a fused instruction.
func TestAFusedMultiplyAddIsFound(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module a\n", "a.go": "package a\n\nfunc F(x, y, z float64) float64 { return x*y + z }\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := fused(t, "arm64", folder); len(got) != 1 || got[0] != "a.go:3 is compiled to FMADDD" {
		t.Errorf("%q", got)
	}
}

// fusedSum matches an instruction that multiplies and adds in one, and its place in the source.
var fusedSum = regexp.MustCompile(`(\w+\.go:\d+)\)\s+(FN?M(?:ADD|SUB)[SD]?|FN?M(?:ADD|SUB)DD?|WFM[AS]DB)\s`)

// fused compiles the package in a folder for a machine and returns the fused instructions with their places.
func fused(t *testing.T, arch, folder string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-S", ".")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out[:min(len(out), 2000)])
	}
	var sums []string
	for _, m := range fusedSum.FindAllSubmatch(out, -1) {
		sums = append(sums, fmt.Sprintf("%s is compiled to %s", m[1], m[2]))
	}
	return sums
}

func TestSameRequestGivesTheSameVideo(t *testing.T) {
	spec := goldenSpecs()[3]
	render := func(name string) []byte {
		path := filepath.Join(t.TempDir(), name)
		if _, err := Render(context.Background(), spec, path, nil); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a := render("a.mp4")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if !bytes.Equal(a, render("b.mp4")) {
		t.Error("one core and all cores give different files")
	}
	spec.Seed++
	if bytes.Equal(a, render("c.mp4")) {
		t.Error("another seed gives the same file")
	}
}

func TestDrawingAllocatesNothing(t *testing.T) {
	for _, s := range goldenSpecs()[:5] {
		p, f := newFrameRenderer(newFilm(s)), raster.NewFrame(s.Width, s.Height)
		p.draw(f, nil, 11)
		if n := testing.AllocsPerRun(3, func() { p.draw(f, nil, 11) }); n > 0 {
			t.Errorf("%s: %v allocations a frame", s.Prompt, n)
		}
	}
}
