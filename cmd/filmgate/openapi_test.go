package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/openapi"
)

const (
	root         = "../../"
	documentFile = root + "internal/web/openapi/openapi.json"
)

// documented are all routes of the server, over a gateway or none.
func documented(gw dialects) []dialect.Route {
	return append(routes(gw, "7d3f2b9c", dialect.Origin{}, slog.New(slog.DiscardHandler), pages{}), healthRoutes()...)
}

// writeDocument makes the document of all routes anew.
func writeDocument(t *testing.T) []byte {
	t.Helper()
	doc, err := openapi.Write(openapi.Source{
		Title: "Filmgate", Summary: "Videos from prompts and pictures, on a server of your own.", Version: "1.0.0", Text: dialect.Introduction,
		Routes: documented(nil),
		Load:   func(file string, answer bool) ([]byte, error) { return example(t, file, answer) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// example reads an example's file, or one side of an exchange: "file.http#what it shows".
func example(t *testing.T, file string, answer bool) ([]byte, error) {
	file, shows, ok := strings.Cut(file, "#")
	if !ok {
		return os.ReadFile(filepath.Join(root, file))
	}
	all := dialecttest.Exchanges(t, filepath.Join(root, file))
	at := slices.IndexFunc(all, func(x dialecttest.Exchange) bool { return x.Name == shows })
	switch {
	case at < 0:
		return nil, fmt.Errorf("%s has no exchange %q", file, shows)
	case answer:
		return all[at].Want, nil
	default:
		return all[at].Body, nil
	}
}

func TestOpenAPIDocumentIsUpToDate(t *testing.T) {
	doc := writeDocument(t)
	if *update {
		if err := os.WriteFile(documentFile, doc, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	there, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(there, doc) {
		t.Error("internal/web/openapi/openapi.json is stale; write it with `go generate ./internal/web/openapi`")
	}
}
