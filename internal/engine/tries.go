package engine

import "context"

// withTries adds each submit to the call's tries. It is the innermost wrapper, so that a submit that the breaker or a limit
// stopped is no try, and does not begin the submit.
func withTries(p Policy, key string, next callFunc) callFunc {
	return func(ctx context.Context, c *call) error {
		if c.verb != verbSubmit {
			return next(ctx, c)
		}
		if err := c.ensureBegun(ctx); err != nil {
			return err
		}
		t := Try{Key: key, Begun: p.Now()}
		t.Err = next(ctx, c)
		t.Handle, t.Ended = c.handle, p.Now()
		c.tries = append(c.tries, t)
		return t.Err
	}
}
