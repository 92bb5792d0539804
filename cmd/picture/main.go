// Command picture paints the demo's first frame: a mountain lake at dusk, from noise alone. Land and water are followed
// ray by ray, so that light, shadow and reflection agree. The same program paints the same picture.
//
//	go run ./cmd/picture -o demo/first-frame.jpg
package main

import (
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"os"
)

func main() {
	out := flag.String("o", "demo/first-frame.jpg", "file to write")
	width := flag.Int("width", 1536, "pixels; the height is two thirds of it")
	samples := flag.Int("samples", 3, "rays a pixel, along each side")
	flag.Parse()
	if err := save(*out, paint(*width, *width*2/3, *samples)); err != nil {
		fmt.Fprintf(os.Stderr, "picture: %v\n", err)
		os.Exit(1)
	}
}

func save(name string, picture image.Image) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := jpeg.Encode(f, picture, &jpeg.Options{Quality: 90}); err != nil {
		return err
	}
	return f.Close()
}
