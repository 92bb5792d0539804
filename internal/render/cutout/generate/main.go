// Command generate makes the drawings and the words of package cutout from three packages that it does not fetch:
// Fluent Emoji in its flat style (npm: @iconify-json/fluent-emoji-flat), Unicode's CLDR annotations (npm:
// cldr-annotations-full) and Unicode's emoji-test.txt (Debian: unicode-data). choice.tsv says which drawings are kept.
//
//	go run ./internal/render/cutout/generate -fluent DIR -cldr DIR -emoji FILE -out internal/render/cutout
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	fluent := flag.String("fluent", "", "folder of the package @iconify-json/fluent-emoji-flat")
	cldr := flag.String("cldr", "", "folder of the package cldr-annotations-full")
	emoji := flag.String("emoji", "", "Unicode's emoji-test.txt")
	out := flag.String("out", ".", "folder of package cutout")
	flag.Parse()
	if err := run(*fluent, *cldr, *emoji, *out); err != nil {
		log.Fatal(err)
	}
}

// run reads the sources and writes drawings.bin, drawings.tsv and words.txt.
func run(fluent, cldr, emoji, out string) error {
	choice, err := os.ReadFile(filepath.Join(out, "generate", "choice.tsv"))
	if err != nil {
		return err
	}
	kept, err := choose(string(choice), fluent, emoji)
	if err != nil {
		return err
	}
	var bodies bytes.Buffer
	var index strings.Builder
	for _, d := range kept {
		shape, err := d.shape()
		if err != nil {
			return fmt.Errorf("%s: %w", d.icon, err)
		}
		packed, err := shape.pack()
		if err != nil {
			return err
		}
		fmt.Fprintf(&index, "%s\t%s\t%d\t%d\t%d\n", d.icon, d.habitat, d.height, bodies.Len(), len(packed))
		bodies.Write(packed)
	}
	words, err := nameAll(kept, cldr)
	if err != nil {
		return err
	}
	for name, content := range map[string]string{"drawings.bin": bodies.String(), "drawings.tsv": index.String(), "words.txt": words} {
		if err := os.WriteFile(filepath.Join(out, name), []byte(content), 0o600); err != nil {
			return err
		}
		log.Printf("%s: %d bytes", name, len(content))
	}
	return nil
}
