package node

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/listen"
)

// refreshEvery is how often a server looks whether the files of its certificate have changed.
const refreshEvery = 10 * time.Second

// openCertificate reads the certificate, if the settings name one.
func (n *Node) openCertificate(ctx context.Context) (err error) {
	if n.Settings.TLSCert == "" {
		return nil
	}
	if n.certificate, err = listen.LoadCertificate(n.Settings.TLSCert, n.Settings.TLSKey); err == nil {
		n.warnIfExpired(ctx)
	}
	return err
}

// refreshCertificate reads the certificate again if its files have changed.
func (n *Node) refreshCertificate(ctx context.Context) {
	changed, err := n.certificate.Refresh()
	if changed || err != nil {
		n.logCertificate(ctx, err)
	}
}

// logCertificate logs how reading the certificate again went.
func (n *Node) logCertificate(ctx context.Context, err error) {
	if err != nil {
		n.Log.ErrorContext(ctx, "the certificate stays as it was", "error", err)
		return
	}
	n.Log.InfoContext(ctx, "certificate read again", "file", n.Settings.TLSCert, "expires", n.certificate.NotAfter())
	n.warnIfExpired(ctx)
}

func (n *Node) warnIfExpired(ctx context.Context) {
	if end := n.certificate.NotAfter(); end.Before(n.Now()) {
		n.Log.WarnContext(ctx, "the certificate has expired: callers will refuse it", "file", n.Settings.TLSCert, "expired", end)
	}
}
