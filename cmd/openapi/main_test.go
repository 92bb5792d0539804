package main

import (
	"bytes"
	"os"
	"testing"
)

func TestDocumentIsUpToDate(t *testing.T) {
	want, err := document("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../internal/web/openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("internal/web/openapi/openapi.json is stale; write it with `go generate ./internal/web/openapi`")
	}
}
