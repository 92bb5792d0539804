package datafolder

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// smallStep is how far the clock may be set without a new note: corrections of less change nothing.
const smallStep = time.Second

// clockNote is how the clock stood to the time that the machine had run, which no setting of the clock changes.
type clockNote struct {
	Boot   string        `json:"boot"`      // names the machine's run
	Offset time.Duration `json:"offset_ns"` // of the clock from the time that the machine had run
}

// newClockNote returns a note of now. ok is false if the system does not tell how long it has run.
func newClockNote(now time.Time) (note clockNote, ok bool) {
	boot, ran, ok := machineRun()
	return clockNote{boot, time.Duration(now.UnixNano()) - ran}, ok
}

func (f Folder) clockFile() string { return filepath.Join(string(f), "clock.json") }

// lastNote returns the note that NoteClock wrote last; the zero note, which no run of a machine has, if there is none.
func (f Folder) lastNote() (last clockNote) {
	text, err := os.ReadFile(f.clockFile())
	if err != nil || json.Unmarshal(text, &last) != nil {
		return clockNote{}
	}
	return last
}

// ClockSet returns by how much the clock was set since NoteClock wrote its last note: more than 0 if it was set forward. It is 0 if
// nobody knows: there is no note, the machine was started again, or the system does not tell how long it has run.
func (f Folder) ClockSet(now time.Time) time.Duration {
	last := f.lastNote()
	if note, ok := newClockNote(now); ok && note.Boot == last.Boot {
		return note.Offset - last.Offset
	}
	return 0
}

// NoteClock writes down how the clock stands, for ClockSet of the next server, unless the last note says so already.
func (f Folder) NoteClock(now time.Time) error {
	note, ok := newClockNote(now)
	if !ok {
		return nil
	}
	if last := f.lastNote(); last.Boot == note.Boot && (note.Offset-last.Offset).Abs() < smallStep {
		return nil
	}
	text, err := json.Marshal(note)
	if err == nil {
		err = os.WriteFile(f.clockFile()+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(f.clockFile()+".new", f.clockFile())
	}
	if err != nil {
		return fmt.Errorf("%s: note how the clock stands: %w", setting, err)
	}
	return nil
}
