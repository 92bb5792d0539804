package node

import (
	"context"
	"log/slog"
)

const (
	enoughFiles = 16384 // open files that 10,000 connections, the downloads and the database need
	ownFiles    = 256   // open files that a server needs besides its connections, about
)

// warnFewFiles logs a warning if this process may open too few files for many connections.
func warnFewFiles(ctx context.Context, log *slog.Logger) {
	if limit, ok := mayOpen(); ok {
		warnFewerThan(ctx, log, limit)
	}
}

func warnFewerThan(ctx context.Context, log *slog.Logger, may uint64) {
	if may >= enoughFiles {
		return
	}
	connections := uint64(0)
	if may > ownFiles {
		connections = may - ownFiles
	}
	log.WarnContext(ctx, "this process may open few files, so it can have few connections; raise the limit with ulimit -n, or LimitNOFILE in systemd",
		"limit", may, "connections", connections, "enough", enoughFiles)
}
