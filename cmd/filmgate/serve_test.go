package main

import (
	"log/slog"
	"net"
	"strings"
	"testing"
)

func TestServeOnATakenAddressNamesTheSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	run := &session{env: map[string]string{"FILMGATE_DATA": t.TempDir(), "FILMGATE_ADDR": taken.Addr().String()}}
	run.run(t, "serve").expect(t, exitFailure, "FILMGATE_ADDR (--addr)", "address already in use")
}

func TestLogWritesFromItsLevelOn(t *testing.T) {
	var out strings.Builder
	log := newLog(&out, slog.LevelWarn)
	log.Info("quiet")
	log.Warn("loud", "task", taskID)
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "msg=loud task="+taskID) {
		t.Errorf("wrote %q", got)
	}
}
