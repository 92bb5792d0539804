//go:build !linux

package datafolder

import "time"

// machineRun reports that the system does not tell how long it has run.
func machineRun() (boot string, ran time.Duration, ok bool) { return "", 0, false }
