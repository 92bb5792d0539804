package media

import (
	"context"
	"time"
)

// AcquireSlot takes a place of the Inspector's semaphore until release is called.
func AcquireSlot(in *Inspector, owner int64) (release func()) {
	release, err := in.decodes.acquire(context.Background(), owner)
	if err != nil {
		panic(err)
	}
	return release
}

// SetTimeout changes the time limit for one picture.
func SetTimeout(in *Inspector, d time.Duration) { in.timeout = d }

// Reencode decodes and encodes a picture with ctx itself, not with a context derived from it.
func Reencode(ctx context.Context, data []byte) error {
	o, err := readImageHeader(data, sniff(data))
	if err != nil {
		return err
	}
	m, err := decode(ctx, data, o)
	if err != nil {
		return err
	}
	_, err = encode(ctx, m, o.mediaType)
	return err
}

// Colour converts a device colour to sRGB with a profile.
func Colour(profile []byte, device [4]byte) ([3]byte, error) {
	c, err := readProfile(profile)
	if err != nil {
		return [3]byte{}, err
	}
	return c.convert(device), nil
}

// HEIF reads the boxes of an AVIF or HEIC.
func HEIF(data []byte) { _, _ = readHEIF(data) }
