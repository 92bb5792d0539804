package film

import (
	"image"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/vision"
	"github.com/filmgate/filmgate/internal/render/words"
)

// peopleWords name a person or a face that the camera can go to.
const peopleWords = "face faces eyes eye head smile man woman boy girl person people child kid baby lady guy portrait subject him her them his model actor actress " +
	"gesicht augen kopf mann frau junge mädchen person kind visage yeux homme femme enfant tête cara rostro ojos hombre mujer niño niña rosto olhos homem mulher viso volto occhi uomo donna"

// aimAtFaces has the camera go to the face of a picture if the prompt says so: "push in on her face". It returns the reduced picture
// that it looked at, which may be the one given.
func (f *film) aimAtFaces(l *raster.Layer, src image.Image, look *vision.Picture, scale float64) *vision.Picture {
	for _, a := range f.Plan.Aims {
		if !slices.ContainsFunc(strings.Fields(a.Words), func(w string) bool { return words.IsOne(w, peopleWords) }) {
			continue
		}
		if look == nil {
			look = vision.NewPicture(src)
		}
		faces := look.Faces()
		if len(faces) == 0 {
			break
		}
		face, corner := faces[0].Box, src.Bounds().Min
		at := func(from, to, corner int, lo float64) float64 {
			return lo + float64(float64(from+to-2*corner)/2*scale)/float64(f.spec.Height)
		}
		x, y := at(face.Min.X, face.Max.X, corner.X, l.Lo.X), at(face.Min.Y, face.Max.Y, corner.Y, l.Lo.Y)
		f.Plan.AimAt(a, x, y, 1, float64(f.spec.Width)/float64(2*f.spec.Height), 0.5)
	}
	return look
}
