package dataset

import (
	"context"

	"github.com/filmgate/filmgate/internal/apikey"
)

// DeleteDataset deletes a picture or video of the account's, unless a task uses it: that needs it when it is retried or read.
// NotFound as OwnDataset.
func (in *Inputs) DeleteDataset(ctx context.Context, who apikey.Key, id string) error {
	d, err := in.OwnDataset(ctx, who, id)
	if err != nil {
		return err
	}
	return in.delete(ctx, d)
}
