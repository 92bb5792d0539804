package media

import (
	"context"
	"time"
)

// AcquireSlot takes one of the places to decode until the returned function is called.
func AcquireSlot(in *Inspector, owner int64) (release func()) {
	release, err := in.decodes.acquire(context.Background(), owner)
	if err != nil {
		panic(err)
	}
	return release
}

// SetTimeout changes how long one picture may take.
func SetTimeout(in *Inspector, d time.Duration) { in.timeout = d }

// Reencode decodes and encodes a picture under ctx itself, not under one that is made from it.
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

// Colour is what a profile makes of a device colour.
func Colour(profile []byte, device [4]byte) ([3]byte, error) {
	c, err := readProfile(profile)
	if err != nil {
		return [3]byte{}, err
	}
	return c.convert(device), nil
}

// HEIF reads the boxes of an AVIF or HEIC.
func HEIF(data []byte) { _, _ = readHEIF(data) }
