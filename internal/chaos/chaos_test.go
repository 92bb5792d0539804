package chaos_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
	"github.com/filmgate/filmgate/internal/chaos"
	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
)

// programs holds the built program.
var programs servertest.Programs

func TestMain(m *testing.M) { os.Exit(programs.Run(m)) }

// The short form of make chaos. To see a plan again with another server: make chaos CHAOS="--seed=1 --tasks=60 --kills=6".
func TestNoTaskIsLostOrPaidTwice(t *testing.T) {
	servertest.Need(t, "ffmpeg")
	program, err := programs.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	for _, database := range []string{chaos.SQLite, chaos.Postgres} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			r, err := chaos.Run(t.Context(), chaos.Options{
				Program: program, Database: database, Seed: 1, Tasks: 60, Kills: 6, Patience: 90 * time.Second, Log: t.Output(),
			})
			if errors.Is(err, postgrestest.ErrMissing) || errors.Is(err, s3test.ErrMissing) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Log("\n" + r.String())
			if len(r.Problems) > 0 || r.Rows == 0 || r.Files == 0 {
				t.Error("the proof has failed")
			}
		})
	}
}
