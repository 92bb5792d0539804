package modelserver

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// written returns the log lines of an output, without their times.
func written(t *testing.T, level slog.Level, write func(o *output)) string {
	t.Helper()
	var log strings.Builder
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	o := newOutput(slog.New(handler), func() time.Time { return time.Unix(0, 0) }, []string{"", "s3cret"})
	write(o)
	o.flush()
	return log.String()
}

func TestOutputIsLoggedLineByLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a line":                     {"loading\n", `level=INFO msg="model server: loading"`},
		"one that is not ended":      {"loading", `level=INFO msg="model server: loading"`},
		"levels":                     {"[ERROR] a\n[WARN ] b\n[INFO ] c\n", "level=ERROR msg=\"model server: [ERROR] a\"\nlevel=WARN msg=\"model server: [WARN ] b\"\nlevel=INFO msg=\"model server: [INFO ] c\""},
		"a level after a time":       {"2026-11-29 10:00:00 WARNING low memory\n", `level=WARN msg="model server: 2026-11-29 10:00:00 WARNING low memory"`},
		"an error in a sentence":     {"no ERRORS so far, and none is expected\n", `level=INFO msg="model server: no ERRORS so far, and none is expected"`},
		"debug lines are left out":   {"[DEBUG] x\n", ""},
		"a progress bar is left out": {"\r|=>  | 1/2\r|==> | 2/2\r\ndone\n", `level=INFO msg="model server: |==> | 2/2"` + "\n" + `level=INFO msg="model server: done"`},
		"ends of lines of Windows":   {"one\r\ntwo\r\n", `level=INFO msg="model server: one"` + "\n" + `level=INFO msg="model server: two"`},
		"empty lines":                {"\n \n\r\n", ""},
		"colours and control":        {"\x1b[31;1mred\x1b[0m\x07 text\n", `level=INFO msg="model server: red  text"`},
		"no UTF-8":                   {"a\xffb\n", `level=INFO msg="model server: a�b"`},
		"a secret":                   {"token s3cret is used\n", `level=INFO msg="model server: token *** is used"`},
		"a line too long":            {strings.Repeat("x", 4000) + "\n", `level=INFO msg="model server: ` + strings.Repeat("x", lineLimit) + `…"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := written(t, slog.LevelInfo, func(o *output) {
				for half := range strings.SplitAfterSeq(c.text, " ") { // in pieces
					_, _ = io.WriteString(o, half)
				}
			})
			if strings.TrimSpace(got) != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestAFloodOfLinesIsCutOff(t *testing.T) {
	got := written(t, slog.LevelInfo, func(o *output) {
		for i := range 1000 {
			_, _ = fmt.Fprintf(o, "line %d\n", i)
		}
		if q := o.quoteLast(); !strings.HasSuffix(q, "line 998 / line 999") || strings.Contains(q, "line 989") {
			t.Errorf("last %q", q)
		}
	})
	if n := strings.Count(got, "\n"); n != floodLimit+1 || !strings.Contains(got, "lines=800") {
		t.Errorf("%d lines", n)
	}
}
