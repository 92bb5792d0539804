package node

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/transfer"
)

// Move describes a move of all rows, and of the files if that is wanted, to another database.
type Move struct {
	Settings config.Settings          // choose the database, and the data folder, that are moved
	To       apikey.Secret            // URL of a PostgreSQL database, or a data folder for an SQLite database
	FilesTo  string                   // data folder that gets the files; "" = they are not moved
	Progress func(transfer.Progress)  // as in transfer.Move
	Problem  func(p transfer.Problem) // as in transfer.Move
}

// Run moves what is not moved yet. No server may use either database meanwhile. If it fails, what was moved stays, no server
// starts on it, and another call continues. Errors begin with the setting or flag that they concern.
func (m Move) Run(ctx context.Context) (r transfer.Report, err error) {
	m, err = m.absolute()
	if err != nil {
		return r, err
	}
	if err := m.checkFiles(); err != nil {
		return r, err
	}
	var o openEnds
	defer func() { err = errors.Join(err, o.close()) }()
	from, to, err := o.openDatabases(ctx, m)
	if err == nil {
		err = o.openFiles(m, &from.side, &to.side)
	}
	if err != nil {
		return r, err
	}
	return transfer.Move{From: from.side, To: to.side, Command: m.Command(), Progress: m.Progress, Problem: m.Problem,
		Jobs: func(ctx context.Context) (int64, error) { return moveJobs(ctx, from, to) }}.Run(ctx)
}

// absolute returns the move with absolute folders, so that messages about it hold in every folder.
func (m Move) absolute() (Move, error) {
	to := string(m.To)
	folders := []*string{&m.Settings.Data}
	if m.FilesTo != "" {
		folders = append(folders, &m.FilesTo)
	}
	if !IsDatabaseURL(to) {
		folders = append(folders, &to)
	}
	for _, folder := range folders {
		path, err := filepath.Abs(*folder)
		if err != nil {
			return m, fmt.Errorf("folder %s: %w", *folder, err)
		}
		*folder = path
	}
	m.To = apikey.Secret(to)
	return m, nil
}

// IsDatabaseURL reports whether the target of a move is a URL. It is a data folder otherwise.
func IsDatabaseURL(to string) bool { return strings.Contains(to, "://") }

// Command returns the command that continues the move, for a shell. It holds no password.
func (m Move) Command() string {
	words := []string{"filmgate", "migrate"}
	if m.Settings.DatabaseURL != "" {
		words = append(words, "--database-url", withoutPassword(string(m.Settings.DatabaseURL)))
	}
	if m.Settings.DatabaseURL == "" || m.FilesTo != "" {
		words = append(words, "--data", m.Settings.Data)
	}
	words = append(words, "--to", withoutPassword(string(m.To)))
	if m.FilesTo != "" {
		words = append(words, "--blobs-to", m.FilesTo)
	}
	for i, word := range words {
		if !plainWord.MatchString(word) {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// plainWord matches words that a shell takes as they are.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// withoutPassword returns the target of a move, or a URL, without its passwords.
func withoutPassword(target string) string {
	u, err := url.Parse(target)
	if err != nil || !IsDatabaseURL(target) {
		return target
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	if q := u.Query(); q.Has("password") || q.Has("sslpassword") {
		q.Del("password")
		q.Del("sslpassword")
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// moveJobs copies the jobs of the queue, in place of those that an earlier call has copied.
func moveJobs(ctx context.Context, from, to end) (moved int64, err error) {
	if err := to.queue.DeleteJobs(ctx); err != nil {
		return 0, to.side.Fail(err)
	}
	var refused error
	err = from.queue.Jobs(ctx, func(page []queue.Job) error {
		moved += int64(len(page))
		refused = to.queue.TakeOver(ctx, page)
		return refused
	})
	if refused != nil {
		return 0, to.side.Fail(refused)
	}
	return moved, from.side.Fail(err)
}

// filesSetting returns the flag that names the data folder that gets the files.
func (m Move) filesSetting() string {
	if m.FilesTo == string(m.To) {
		return "--to"
	}
	return "--blobs-to"
}

// checkFiles returns an error if the files are to be moved and can't be.
func (m Move) checkFiles() error {
	if m.FilesTo == "" {
		return nil
	}
	if _, err := os.Stat(datafolder.Folder(m.Settings.Data).Files()); err != nil {
		return fmt.Errorf("%s: there are no files to copy: %w", dataSetting, err)
	}
	if sameFile(m.Settings.Data, m.FilesTo) {
		return fmt.Errorf("%s: %s is the folder that the files are in already; leave --blobs and --blobs-to out", m.filesSetting(), m.FilesTo)
	}
	return nil
}

// openFiles opens the files of both data folders if they are to be moved.
func (o *openEnds) openFiles(m Move, from, to *transfer.Side) (err error) {
	if m.FilesTo == "" {
		return nil
	}
	from.FilesSetting, to.FilesSetting = dataSetting, m.filesSetting()
	if from.Files, err = o.files(datafolder.Folder(m.Settings.Data), from.FilesSetting); err != nil {
		return err
	}
	to.Files, err = o.files(datafolder.Folder(m.FilesTo), to.FilesSetting)
	return err
}

// files locks a data folder and opens its files.
func (o *openEnds) files(folder datafolder.Folder, setting string) (transfer.Storage, error) {
	if err := o.claim(folder, setting); err != nil {
		return nil, err
	}
	files, err := file.Open(folder.Files())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	o.onClose(files.Close)
	return files, nil
}

// sameFile reports whether both paths lead to the same file or folder.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, other)
}
