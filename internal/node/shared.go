package node

import (
	"errors"
	"fmt"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/keylock"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/store/postgres"
)

const roleSetting = "FILMGATE_ROLE (--role)"

// isShared reports whether other servers may use the same tasks and files: both must be where others reach them.
func isShared(s config.Settings) bool { return s.DatabaseURL != "" && s.BlobURL != "" }

// checkRole returns an error if a server with these settings would have nobody who does the rest.
func checkRole(s config.Settings) error {
	if s.Role == config.RoleAPI || s.Role == config.RoleWorker {
		if !isShared(s) {
			return config.Usage(fmt.Errorf("%s is %q, so other servers must reach the same tasks and files: set %s to a PostgreSQL database and %s to a bucket, or take the role all",
				roleSetting, s.Role, databaseSetting, bucketSetting))
		}
	}
	return nil
}

// lockedAdvice says what to do about a database that another server works on.
func lockedAdvice(err error, shared bool) error {
	switch {
	case !errors.Is(err, postgres.ErrLocked):
		return err
	case shared:
		return fmt.Errorf("%w, or a command such as migrate --to does: one that keeps its files in its data folder admits no other; "+
			"wait for its end, or give it the same bucket, by %s", err, bucketSetting)
	default:
		return fmt.Errorf("%w, and this one would keep its files in its data folder, where others don't find them: set %s to the same bucket for all servers", err, bucketSetting)
	}
}

// lock returns the locks among servers; nil if this one is the only one.
func (n *Node) lock() keylock.Among {
	if !isShared(n.Settings) {
		return nil
	}
	return n.peers.LockKey
}

// places returns the places of a vendor key's limit among all servers.
func (n *Node) places(name, key, vendor string) engine.Places {
	return n.peers.Places(name + "/" + key + " " + vendor)
}

// renderOptions returns the options of the built-in renderer. A server that works on no task always takes tasks for it: the state of
// its own ffmpeg says nothing of the others'.
func (n *Node) renderOptions(temp string, encoder render.Encoder) animatic.Options {
	o := animatic.Options{Dir: temp, Workers: n.Settings.Workers, Encoder: encoder, Decode: media.Decode, Panics: n.Panics, Blocked: n.Settings.Blocked, Rendering: n.meter.rendering}
	if isShared(n.Settings) {
		o.Node = n.peers.Node() + "-"
	}
	if n.Settings.Role != config.RoleAPI {
		o.FFmpeg = n.encoder
	}
	return o
}
