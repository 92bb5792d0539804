package store

// Listener hears what is written to a database by any process, this one included, so that what is kept in memory stays true. Its
// methods must return soon, and may be called from several goroutines.
type Listener interface {
	// Listening says that every write is told from now on. What is in memory may be out of date.
	Listening()
	// Deaf says that writes may be missed from now on, until Listening.
	Deaf()
	// Hear tells what was written, after it was committed.
	Hear(n News)
}

// News is what one transaction wrote.
type News struct {
	Tasks []TaskNews // tasks that have ended, which processes keep in memory
	// Changed are all tasks that were written, ended or not, for those who wait for their changes.
	Changed []ChangedTask
	Keys    bool // whether it wrote API keys
	// Webhooks says whether it wrote webhooks.
	Webhooks bool
	// Message is a message that a process sent to all; then nothing was written.
	Message string
}

// ChangedTask names a task that was written.
type ChangedTask struct {
	ID      string
	Account int64
	Version int64
}

// TaskNews says that a version of a task was written.
type TaskNews struct {
	ID      string
	Version int64

	Pending    bool // its files are yet to be moved or deleted
	Cancelling bool // its job is yet to be cancelled
}
