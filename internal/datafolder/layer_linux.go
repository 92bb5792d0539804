package datafolder

import "golang.org/x/sys/unix"

// InLayer reports whether the folder lies in the writable layer of a container, which goes with the container, and not in a volume. So
// does the disk of a live system. It is false if nobody knows.
func (f Folder) InLayer() bool {
	var fs unix.Statfs_t
	return unix.Statfs(string(f), &fs) == nil && fs.Type == unix.OVERLAYFS_SUPER_MAGIC
}
