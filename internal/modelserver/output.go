package modelserver

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	lineLimit   = 500 // bytes of a line that are kept
	keptLines   = 10  // the last lines, for the error that says why the program ended
	keptBytes   = 1500
	floodWindow = 10 * time.Second
	floodLimit  = 200 // lines that are logged within a window
)

// output is a writer that logs a program's output line by line.
type output struct {
	log  *slog.Logger
	now  func() time.Time
	hide *strings.Replacer

	mu      sync.Mutex
	line    []byte // the begin of the current one
	cr      bool   // the last byte was a carriage return
	last    []string
	window  time.Time // when it began
	logged  int       // in the window
	omitted int       // in the window
}

func newOutput(log *slog.Logger, now func() time.Time, secrets []string) *output {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, "***")
		}
	}
	return &output{log: log, now: now, hide: strings.NewReplacer(pairs...), window: now()}
}

// Write implements io.Writer. It never fails. A line that ends in a carriage return is one of a progress bar, which is logged at level
// debug.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, b := range p {
		switch {
		case b == '\n':
			o.endLine(false)
		case o.cr:
			o.endLine(true)
			o.add(b)
		default:
			o.add(b)
		}
	}
	return len(p), nil
}

// add adds a byte to the line. The longest secret may be cut off at the limit, so lines are kept a little longer until they end.
func (o *output) add(b byte) {
	if o.cr = b == '\r'; !o.cr && len(o.line) < 4*lineLimit {
		o.line = append(o.line, b)
	}
}

// flush ends a line that the program has not.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.endLine(o.cr)
	o.tellOmitted()
}

func (o *output) endLine(progress bool) {
	text := o.hide.Replace(plain(o.line))
	o.line, o.cr = o.line[:0], false
	if text == "" {
		return
	}
	if len(text) > lineLimit {
		text = strings.ToValidUTF8(text[:lineLimit], "") + "…"
	}
	level := slog.LevelDebug
	if !progress {
		level = levelOf(text)
		o.last = append(o.last, text)
		o.last = o.last[max(0, len(o.last)-keptLines):]
	}
	if !o.log.Enabled(context.Background(), level) {
		return
	}
	if o.now().Sub(o.window) >= floodWindow {
		o.tellOmitted()
		o.window, o.logged = o.now(), 0
	}
	if o.logged++; o.logged > floodLimit {
		o.omitted++
		return
	}
	o.log.Log(context.Background(), level, "model server: "+text)
}

// tellOmitted logs how many lines were not.
func (o *output) tellOmitted() {
	if o.omitted > 0 {
		o.log.WarnContext(context.Background(), "the model server prints too much, lines were left out", "lines", o.omitted)
		o.omitted = 0
	}
}

// quoteLast returns the last lines as the end of an error's text.
func (o *output) quoteLast() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := strings.Join(o.last, " / ")
	if text == "" {
		return "; it printed nothing"
	}
	if over := len(text) - keptBytes; over > 0 {
		text = "…" + strings.ToValidUTF8(text[over:], "")
	}
	return "; its last lines: " + text
}

// escapes matches the terminal's escape sequences for colours and cursors.
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// plain returns a line as text without colours and control characters.
func plain(line []byte) string {
	text := strings.ToValidUTF8(string(line), "�")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, escapes.ReplaceAllString(text, ""))
	return strings.TrimSpace(text)
}

// levelWord matches the level near the begin of a log line: "[ERROR] x", "2026-11-29 WARN x", "level=debug".
var levelWord = regexp.MustCompile(`^.{0,40}?(?:\b(FATAL|CRITICAL|ERROR|WARN|WARNING|DEBUG|TRACE)\b|level=(error|warn|debug))`)

// levelOf returns the level that a line names, else info.
func levelOf(line string) slog.Level {
	m := levelWord.FindStringSubmatch(line)
	if m == nil {
		return slog.LevelInfo
	}
	switch strings.ToUpper(m[1] + m[2]) {
	case "FATAL", "CRITICAL", "ERROR":
		return slog.LevelError
	case "WARN", "WARNING":
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}
