package node

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/panics"
)

// Loader returns a loader of settings files that knows every type of engine. The files take variables from getenv; recorder
// may be nil.
func Loader(getenv func(string) string, now func() time.Time, recorder *panics.Recorder) config.Loader {
	return config.Loader{Kinds: engineKinds(), BuiltIn: animatic.Name, Getenv: getenv, Now: now, Panics: recorder}
}

func (n *Node) loader() config.Loader {
	l := Loader(n.Getenv, n.Now, n.Panics)
	l.Log, l.Around = n.Log, n.around
	if n.servers != nil {
		l.ModelServer = n.servers.of
	}
	if isShared(n.Settings) {
		l.Places, l.Announce = n.places, n.announcePause
	}
	return l
}

// warnOfEndings logs the models of the settings file that have ended or end soon.
func (n *Node) warnOfEndings(ctx context.Context) {
	for _, line := range n.loaded.Endings(n.Now()) {
		n.Log.WarnContext(ctx, "a model ends", "file", n.Settings.Config, "at", line)
	}
}

// reloadOn reloads the settings file and the certificate at each signal, until ended is closed.
func (n *Node) reloadOn(ctx context.Context, signals <-chan os.Signal, ended <-chan struct{}) {
	for {
		select {
		case <-signals:
			if n.certificate != nil {
				n.logCertificate(ctx, n.certificate.Reload())
			}
			n.reload(ctx)
		case <-ended:
			return
		}
	}
}

// reload reads the settings file again and uses it from now on. If the file has errors, or makes the program panic, the old
// settings stay.
func (n *Node) reload(ctx context.Context) {
	path := n.Settings.Config
	if path == "" {
		if n.certificate == nil {
			n.Log.WarnContext(ctx, "there is no settings file to read again; FILMGATE_CONFIG names one")
		}
		return
	}
	err := n.Panics.Run(ctx, "reload", func() error {
		before := n.loaded
		next, err := n.loader().Reload(path, before)
		if err == nil {
			err = n.use(ctx, before, next)
		}
		if err == nil {
			n.loaded = next
			n.Log.InfoContext(ctx, "settings read again", append([]any{"file", path}, before.Changes(next)...)...)
			n.warnOfEndings(ctx)
		}
		return err
	})
	many := (*config.FileError)(nil)
	switch {
	case errors.As(err, &many):
		n.Log.ErrorContext(ctx, "the settings stay as they were", "file", path, "errors", len(many.Problems))
		for _, one := range many.Problems {
			n.Log.ErrorContext(ctx, "settings file", "error", one)
		}
	case err != nil:
		n.Log.ErrorContext(ctx, "the settings stay as they were", "file", path, "error", err)
	}
}

// use puts the engines of next, and their model servers, in force. If it fails, those of before stay.
func (n *Node) use(ctx context.Context, before, next config.Loaded) error {
	if n.servers != nil {
		n.servers.use(next.File) // first: an engine is not called before its server works
	}
	err := n.gw.Use(ctx, next.Registry(animatic.Name, n.engine))
	if err != nil && n.servers != nil {
		n.servers.use(before.File)
	}
	return err
}
