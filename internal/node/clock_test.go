package node

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/task"
)

// offClock returns a clock that is off by a time.
func offClock(by time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(by) }
}

func TestClockThatCantBeRightIsNamed(t *testing.T) {
	server := shared.Server(t)
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		url     string
		by      time.Duration
		created time.Duration // of the newest task, from now
		want    string
	}{
		"PostgreSQL, a day ahead":  {server.NewDatabase(t), day, 0, "this machine's clock is 24h0m0s ahead of that of the database of FILMGATE_DATABASE_URL"},
		"PostgreSQL, a day behind": {server.NewDatabase(t), -day, 0, "this machine's clock is 24h0m0s behind that of the database of FILMGATE_DATABASE_URL"},
		"PostgreSQL, right":        {server.NewDatabase(t), 0, -time.Hour, ""},
		"SQLite, a day behind":     {"", -day, 0, "behind the newest task of the database: set it"},
		"SQLite, right":            {"", time.Second, 0, ""},
		"SQLite, idle for a day":   {"", 0, -day, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := config.Settings{Data: t.TempDir(), DatabaseURL: apikey.Secret(c.url)}
			if err := CheckClock(t.Context(), s, offClock(c.by)); err != nil && c.url == "" {
				t.Errorf("without a database: %v", err)
			}
			db, _, _, err := OpenStore(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			created := time.Now().Add(c.created)
			_, err = db.Apply(t.Context(), task.Change{Task: task.Task{ID: "a", State: task.Failed, Created: created, Updated: created}})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			err = CheckClock(t.Context(), s, offClock(c.by))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("said %v, want %q", err, c.want)
			}
		})
	}
}

// Nothing is deleted because it is old while the clock is wrong, and the log says so once.
func TestNothingMayBeDeletedWhileTheClockIsWrong(t *testing.T) {
	var log bytes.Buffer
	o := optionsOf(config.Settings{Data: t.TempDir()})
	off := time.Duration(0)
	o.Now, o.Log = func() time.Time { return time.Now().Add(off) }, slog.New(slog.NewTextHandler(&log, nil))
	n, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	now := time.Now()
	if _, err := n.store.Apply(t.Context(), task.Change{Task: task.Task{ID: "a", State: task.Failed, Created: now, Updated: now}}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		off  time.Duration
		want bool
	}{{0, true}, {-time.Hour, false}, {-time.Hour, false}, {-time.Minute, false}, {0, false}} {
		off = step.off
		if got := n.gw.MayDelete(t.Context()); got != step.want {
			t.Errorf("off by %v: may delete %v", off, got)
		}
	}
	for _, text := range []string{"the clock is wrong", "the clock was set forward"} {
		if strings.Count(log.String(), text) != 1 {
			t.Errorf("%q is not logged once:\n%s", text, log.String())
		}
	}
}

// Of several servers one sweeps, but each says at its start that its clock is wrong.
func TestAStartSaysThatTheClockIsWrong(t *testing.T) {
	url := apikey.Secret(shared.Server(t).NewDatabase(t))
	for by, want := range map[time.Duration]string{0: "", 24 * time.Hour: "24h0m0s ahead of that of the database"} {
		var log bytes.Buffer
		o := optionsOf(config.Settings{Data: t.TempDir(), DatabaseURL: url})
		o.Now, o.Log = offClock(by), slog.New(slog.NewTextHandler(&log, nil))
		n, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		if said := strings.Contains(log.String(), "the clock is wrong"); said != (want != "") || !strings.Contains(log.String(), want) {
			t.Errorf("off by %v the log says:\n%s", by, &log)
		}
	}
}

// No server runs while the clock is set. The second start still knows: an operator has an hour to set the clock right.
func TestClockThatWasSetForwardBetweenServersIsNoticed(t *testing.T) {
	s := config.Settings{Data: t.TempDir()}
	start := func(by time.Duration) (mayDelete bool, logged string) {
		t.Helper()
		var log bytes.Buffer
		o := optionsOf(s)
		o.Now, o.Log = offClock(by), slog.New(slog.NewTextHandler(&log, nil))
		n, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = n.Close() }()
		return n.gw.MayDelete(t.Context()), log.String()
	}
	if may, log := start(0); !may || strings.Contains(log, "the clock was set") {
		t.Errorf("at first: may delete %v\n%s", may, log)
	}
	const day = 24 * time.Hour
	if datafolder.Folder(s.Data).ClockSet(time.Now().Add(day)) == 0 {
		t.Skip("this system does not tell how long it has run")
	}
	for range 2 {
		if err := CheckClock(t.Context(), s, offClock(day)); err == nil || !strings.Contains(err.Error(), "this machine's clock was set forward by 24h0m0s since a server last worked on the folder") {
			t.Errorf("said %v", err)
		}
		if may, log := start(day); may || strings.Count(log, "the clock was set forward") != 1 {
			t.Errorf("a day ahead: may delete %v\n%s", may, log)
		}
	}
	if err := CheckClock(t.Context(), s, time.Now); err != nil {
		t.Errorf("set right again: %v", err)
	}
	if may, log := start(0); !may || strings.Contains(log, "the clock was set") {
		t.Errorf("set right again: may delete %v\n%s", may, log)
	}
}
