package terminal

import (
	"fmt"
	"io"

	"github.com/filmgate/filmgate/internal/backup"
)

// elsewhere is said of a backup whose server keeps its files in a bucket.
const elsewhere = "files: none, they are in the bucket of FILMGATE_BLOB_URL, which has backups of its own (docs/backup.md)\n"

// Backup prints what a backup holds.
func Backup(out io.Writer, folder string, r backup.Report) error {
	files := elsewhere
	if !r.Files.Elsewhere {
		files = fmt.Sprintf("files: %d, %d copied and %d there already, %d bytes in all; %d of an earlier backup removed; %d deleted meanwhile; %d problems\n",
			r.Files.Count, r.Copied, r.Present, r.Files.Size, r.Removed, r.Deleted, r.Problems)
	}
	_, err := fmt.Fprintf(out, "database: %d tasks, %d not ended; %d bytes; version %d\n%sthe backup in %s is complete, as of %s\n",
		r.Tasks.All, r.Tasks.Live, r.Database.Size, r.Database.Version, files, folder, r.Taken.Format("2006-01-02 15:04:05 MST"))
	return err
}

// Restored prints what was restored, and what becomes of the tasks that had not ended.
func Restored(out io.Writer, data string, m backup.Manifest, copied int64) error {
	files := elsewhere
	if !m.Files.Elsewhere {
		files = fmt.Sprintf("files: %d, %d copied and %d there already, %d bytes in all\n", m.Files.Count, copied, m.Files.Count-copied, m.Files.Size)
	}
	_, err := fmt.Fprintf(out, "database: %d tasks as of %s\n%s%s is restored\n", m.Tasks.All, m.Taken.Format("2006-01-02 15:04:05 MST"), files, data)
	if err != nil || m.Tasks.Live == 0 {
		return err
	}
	_, err = fmt.Fprintf(out, `tasks that had not ended: %d. The next server goes on with them:
- accepted by an engine: %d. They are looked for there, and are not sent again.
- others: %d. They are sent now, and paid a second time if the old server sent them after the backup.
The server that made the backup must not run any more: both would send the same tasks.
`, m.Tasks.Live, m.Tasks.AtEngines, m.Tasks.Live-m.Tasks.AtEngines)
	return err
}
