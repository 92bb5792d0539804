package keylock

import "context"

// Among locks keys among all processes that share them, as Locks does within one. held ends with ctx, and when the lock is lost
// with the connection to what keeps it: the holder must then stop, since another process may get the lock.
type Among func(ctx context.Context, key string) (held context.Context, unlock func(), err error)

// Lock waits for the lock. If a is nil, this process is the only one, and there is nothing to wait for.
func (a Among) Lock(ctx context.Context, key string) (held context.Context, unlock func(), err error) {
	if a == nil {
		return ctx, func() {}, nil
	}
	return a(ctx, key)
}
