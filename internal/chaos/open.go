package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/filmgate/filmgate/internal/datafolder"
)

const (
	folderName     = "filmgate-chaos-*"
	diskSize       = 64 << 20  // bytes of the data folders' disk
	diskSizeByTask = 128 << 10 // and for each task
)

// open starts all that the run consists of.
func (r *run) open(ctx context.Context) (err error) {
	if err := r.openFolders(); err != nil {
		return err
	}
	if r.Database == Postgres {
		if r.db, err = startDatabase(ctx); err != nil {
			return err
		}
	}
	if r.nodes() > 1 {
		if r.bucket, err = startBucket(ctx, filepath.Join(r.dir, "s3")); err != nil {
			return err
		}
	}
	if r.vendor, err = startVendor(); err != nil {
		return err
	}
	r.receiver = &receiver{seed: r.Seed, hooks: map[string]*hook{}}
	r.receiver.handler = r.receiver
	if err := r.receiver.start(); err != nil {
		return err
	}
	return r.openServers(ctx)
}

// openServers makes the servers and their callers, and starts the servers.
func (r *run) openServers(ctx context.Context) (err error) {
	settings := filepath.Join(r.dir, "engines.yaml")
	if err := os.WriteFile(settings, []byte(engineSettings(r.vendor.url(), r.Slow)), 0o600); err != nil {
		return err
	}
	if r.clock, err = newClock(); err != nil {
		r.clock = nil
		r.skipped = append(r.skipped, fmt.Sprintf("%s: %v", TurnClock, err))
	}
	env := []string{"FILMGATE_ADDR=127.0.0.1:0", "FILMGATE_API_KEY=" + key, "FILMGATE_CONFIG=" + settings,
		"FILMGATE_DATABASE_URL=" + r.db.url(), "FILMGATE_LOG=info",
		"FILMGATE_ALLOW_NETWORKS=127.0.0.0/8"} // of the receiver of webhooks
	if r.servers, err = newCluster(r.Options, r.data, r.dir, append(env, r.bucket.env()...), r.clock); err != nil {
		return err
	}
	picture, err := newPicture()
	if err != nil {
		return err
	}
	r.callers = &callers{servers: r.servers, picture: picture, keys: map[int64]string{}, began: map[int]*outcome{}}
	return r.servers.startOnce(ctx)
}

// openFolders makes the folder of the data folders, on a small disk of its own if it can.
func (r *run) openFolders() (err error) {
	if err := removeLeftovers(filepath.Join(os.TempDir(), folderName)); err != nil {
		return err
	}
	if r.lock, err = datafolder.Folder(r.dir).Lock(); err != nil {
		return err
	}
	r.data = filepath.Join(r.dir, "data")
	if err := os.Mkdir(r.data, 0o700); err != nil {
		return err
	}
	disk, err := mountDisk(r.data, diskSize+r.Tasks*diskSizeByTask)
	if err != nil {
		r.skipped = append(r.skipped, fmt.Sprintf("%s: %v", FillDisk, err))
		return nil // all but that fault works without
	}
	r.disk = disk
	return nil
}

// close ends what open has started. keep says whether the logs stay.
func (r *run) close(keep bool) error {
	var errs []error
	if r.servers != nil {
		errs = append(errs, r.servers.close())
	}
	if r.vendor != nil {
		r.vendor.stop()
	}
	if r.receiver != nil {
		r.receiver.stop()
	}
	if r.bucket != nil {
		r.bucket.kill()
	}
	if r.db != nil {
		errs = append(errs, r.db.stop())
	}
	if r.disk != nil {
		errs = append(errs, r.disk.unmount())
	}
	if r.lock != nil {
		errs = append(errs, r.lock.Close())
	}
	if keep {
		return errors.Join(append(errs, os.RemoveAll(r.data))...)
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
}
