package node

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/transfer"
)

// Move describes a move of all rows, and of the files if that is wanted, to another database.
type Move struct {
	Settings config.Settings            // choose the database, and the storage of files, that are moved
	To       apikey.Secret              // URL of a PostgreSQL database, or a data folder for an SQLite database
	FilesTo  string                     // data folder, or URL of an S3 bucket, that gets the files; "" = they are not moved
	Progress func(transfer.Progress)    // as in transfer.Move
	Problem  func(p transfer.FileError) // as in transfer.Move
}

// Run moves what is not moved yet. No server may use either database meanwhile. If it fails, what was moved stays, no server
// starts on it, and another call continues. Errors begin with the setting or flag that they concern.
func (m Move) Run(ctx context.Context) (r transfer.Report, err error) {
	m, err = m.absolute()
	if err != nil {
		return r, err
	}
	if err := m.checkFiles(ctx); err != nil {
		return r, err
	}
	var o openEnds
	defer func() { err = errors.Join(err, o.close()) }()
	from, to, err := o.openDatabases(ctx, m)
	if err == nil {
		err = o.openFiles(ctx, m, &from.side, &to.side)
	}
	if err != nil {
		return r, err
	}
	return transfer.Move{From: from.side, To: to.side, Command: m.Command(), Progress: m.Progress, Problem: m.Problem, Skip: isOwn,
		Jobs: func(ctx context.Context) (int64, error) { return moveJobs(ctx, from, to) }}.Run(ctx)
}

// absolute returns the move with absolute folders, so that messages about it hold in every folder.
func (m Move) absolute() (Move, error) {
	to := string(m.To)
	folders := []*string{&m.Settings.Data}
	if m.FilesTo != "" && !IsURL(m.FilesTo) {
		folders = append(folders, &m.FilesTo)
	}
	if !IsURL(to) {
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

// IsURL reports whether the target of a move is a URL. It is a data folder otherwise.
func IsURL(to string) bool { return strings.Contains(to, "://") }

// Command returns the command that continues the move, for a shell. It holds no password.
func (m Move) Command() string {
	words := []string{"filmgate", "migrate"}
	if m.Settings.DatabaseURL != "" {
		words = append(words, "--database-url", withoutPassword(string(m.Settings.DatabaseURL)))
	}
	bucket := string(m.Settings.BlobURL)
	if m.Settings.DatabaseURL == "" || m.FilesTo != "" && bucket == "" {
		words = append(words, "--data", m.Settings.Data)
	}
	if m.FilesTo != "" && bucket != "" {
		words = append(words, "--blob-url", bucket)
	}
	words = append(words, "--to", withoutPassword(string(m.To)))
	if m.FilesTo != "" {
		words = append(words, "--blobs-to", m.FilesTo)
	}
	return shellWords(words...)
}

// shellWords returns a command line for a shell.
func shellWords(words ...string) string {
	words = slices.Clone(words)
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
	if err != nil || !IsURL(target) {
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
