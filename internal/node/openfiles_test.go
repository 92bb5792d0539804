package node

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestALowLimitOfOpenFilesIsNamedWithTheNumberThatWouldDo(t *testing.T) {
	for may, want := range map[uint64]string{100: "connections=0 enough=16384", 1024: "limit=1024 connections=768 enough=16384", 16384: "", 1 << 20: ""} {
		var log bytes.Buffer
		warnFewerThan(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), may)
		if got := log.String(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("of %d: %q, want %q", may, got, want)
		}
	}
}
