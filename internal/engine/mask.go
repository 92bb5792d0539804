package engine

import "context"

// withMaskedFailures hides a key's secrets in the failures of jobs, whose words are the vendor's. Those of calls are hidden by Client.
func withMaskedFailures(hidden []string, next callFunc) callFunc {
	return func(ctx context.Context, c *call) error {
		err := next(ctx, c)
		if f := c.status.Failure; f != nil {
			masked := *f
			masked.Text, masked.Detail = secrets(hidden).mask(f.Text), secrets(hidden).mask(f.Detail)
			c.status.Failure = &masked
		}
		return err
	}
}
