package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

const (
	// forever is the value of a setting that keeps something without end.
	forever     = "forever"
	allowedKeep = "days, hours or both, such as 30d or 720h, from 1h to 36500d; or forever"
	leastKept   = time.Hour
	leastTasks  = 48 * time.Hour // for about a day a task's callbacks are tried, and its idempotency key holds
	mostDays    = 36_500
)

// keepForm has no minutes and no months, because an m could be either.
var keepForm = regexp.MustCompile(`^(?:(\d{1,9})d)?(?:(\d{1,9})h)?$`)

// setKeep reads how long something is kept, which is least at least. 0 is for ever.
func setKeep(to *time.Duration, text string, least time.Duration) error {
	if text == forever {
		*to = 0
		return nil
	}
	parts := keepForm.FindStringSubmatch(text)
	if text == "" || parts == nil {
		return errors.New("no number of days and hours")
	}
	days, _ := strconv.Atoi(parts[1]) // "" is 0
	hours, _ := strconv.Atoi(parts[2])
	if days > mostDays || hours > mostDays*24 {
		return errors.New("more than 36500d")
	}
	*to = time.Duration(days*24+hours) * time.Hour
	if *to < least {
		return fmt.Errorf("less than %dh", int(least.Hours()))
	}
	return nil
}

// setKeepKeys reads how long idempotency keys hold.
func setKeepKeys(v *values, text string) error {
	if text == forever {
		return errors.New("no number of days and hours")
	}
	return setKeep(&v.KeepKeys, text, leastKept)
}

// checkKept returns an error if files or idempotency keys are to outlive their tasks.
func checkKept(s Settings) error {
	for _, one := range []struct {
		name string
		kept time.Duration
	}{{"FILMGATE_KEEP_FILES (--keep-files)", s.KeepFiles}, {"FILMGATE_KEEP_IDEMPOTENCY_KEYS (--keep-idempotency-keys)", s.KeepKeys}} {
		if s.KeepTasks > 0 && one.kept > s.KeepTasks {
			return fmt.Errorf("%s is longer than FILMGATE_KEEP_TASKS (--keep-tasks), and goes with the task: shorten the first or lengthen the second", one.name)
		}
	}
	return nil
}
