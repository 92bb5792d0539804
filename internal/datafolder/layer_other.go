//go:build !linux

package datafolder

// InLayer reports false: this system has no containers of its own.
func (f Folder) InLayer() bool { return false }
