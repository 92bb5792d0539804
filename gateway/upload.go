package gateway

import (
	"context"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/media"
	"github.com/filmgate/filmgate/task"
)

// Upload keeps an input picture of the account's, checked as those of requests are. TooLarge, Unsupported or Unreadable
// where it can't be used.
func (g *Gateway) Upload(ctx context.Context, who apikey.Key, data []byte) (task.Dataset, error) {
	pic, err := g.cfg.Images.Inspect(ctx, data, media.ImageLimits{Bytes: maxImageBytes})
	if err != nil {
		return task.Dataset{}, imageError("file", err)
	}
	return g.keepDataset(ctx, who.Account, pic)
}
