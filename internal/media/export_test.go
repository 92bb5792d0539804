package media

import (
	"context"
	"time"
)

// Occupy takes one of the places to decode until the returned function is called.
func Occupy(in *Inspector, owner int64) (release func()) {
	release, err := in.decodes.take(context.Background(), owner)
	if err != nil {
		panic(err)
	}
	return release
}

// SetTime changes how long one picture may take.
func SetTime(in *Inspector, d time.Duration) { in.time = d }

// Renew decodes and encodes a picture under ctx itself, not under one that is made from it.
func Renew(ctx context.Context, data []byte) error {
	o, err := readOutline(data, sniff(data))
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
	return c.of(device), nil
}

// HEIF reads the boxes of an AVIF or HEIC.
func HEIF(data []byte) { _, _ = readHEIF(data) }
