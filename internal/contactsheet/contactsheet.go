// Package contactsheet draws contact sheets: the shots of a storyboard in rows, each with a still, its number, its length and its
// prompt. [Sheet.JPEG] draws all of them in one picture, [Sheet.PDF] on pages.
//
// It takes pictures and texts. It knows no tasks, rows or files.
package contactsheet

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/draw"
)

// Sheet is what a contact sheet shows.
type Sheet struct {
	Title string
	Shots []Shot
}

// Shot is one picture of a sheet.
type Shot struct {
	Facts  string // what is said beside the number: "4.0 s"
	Prompt string // letters that the font lacks are left out; it has Latin, Greek and Cyrillic ones
	Still  []byte // a JPEG; nil = there is none
	Note   string // what stands in the place of a missing still: "RUNNING"
}

// The layout, in pixels.
const (
	margin      = 56
	gap         = 28
	cellWidth   = 448
	stillHeight = 252 // of 16:9
	cellHeight  = stillHeight + 116
	titleHeight = 76
	columns     = 4
	pageRows    = 3 // of a page of a PDF
	pageWidth   = 2*margin + columns*cellWidth + (columns-1)*gap
	pageHeight  = pageWidth * 210 / 297 // A4, on its side

	maxPixels = 8192 * 4320 // of a still
	quality   = 88          // of JPEGs
)

// JPEG writes all shots as one picture.
func (s Sheet) JPEG(w io.Writer) error {
	rows := max((len(s.Shots)+columns-1)/columns, 1)
	page, err := s.page(s.Title, s.Shots, 1, margin+titleHeight+rows*cellHeight+(rows-1)*gap+margin)
	if err != nil {
		return err
	}
	return encode(w, page)
}

// PDF writes the shots on pages of A4, each of which is a picture.
func (s Sheet) PDF(w io.Writer) error {
	pdf := fpdf.New("L", "mm", "A4", "")
	pdf.SetTitle(s.Title, true)
	pdf.SetCreator("Filmgate", true)
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	n, pages := 0, (max(len(s.Shots), 1)+columns*pageRows-1)/(columns*pageRows)
	for number := range pages {
		shots := s.Shots[n:min(n+columns*pageRows, len(s.Shots))]
		title := s.Title
		if pages > 1 {
			title = fmt.Sprintf("%s  %d / %d", s.Title, number+1, pages)
		}
		page, err := s.page(title, shots, n+1, pageHeight)
		if err != nil {
			return err
		}
		var picture bytes.Buffer
		if err := encode(&picture, page); err != nil {
			return err
		}
		name := fmt.Sprint("page ", number)
		pdf.AddPage()
		pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, &picture)
		pdf.ImageOptions(name, 0, 0, 297, 210, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
		n += len(shots)
	}
	if err := pdf.Output(w); err != nil {
		return fmt.Errorf("contactsheet: write a PDF: %w", err)
	}
	return nil
}

func encode(w io.Writer, page image.Image) error {
	if err := jpeg.Encode(w, page, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("contactsheet: %w", err)
	}
	return nil
}

// The colours of a sheet.
var (
	paper = image.NewUniform(color.White)
	ink   = image.NewUniform(color.Gray{0x1a})
	faint = image.NewUniform(color.Gray{0x6b})
	empty = image.NewUniform(color.Gray{0xe4})
	bars  = image.NewUniform(color.Black)
)

// page draws shots, the first of which has that number, on a page of the height given.
func (s Sheet) page(title string, shots []Shot, first, height int) (*image.RGBA, error) {
	page := image.NewRGBA(image.Rect(0, 0, pageWidth, height))
	draw.Draw(page, page.Rect, paper, image.Point{}, draw.Src)
	text(page, title, 40, true, ink, margin, margin+32, pageWidth-2*margin)
	for i, one := range shots {
		at := image.Pt(margin+i%columns*(cellWidth+gap), margin+titleHeight+i/columns*(cellHeight+gap))
		if err := one.drawOn(page, at, first+i); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// drawOn draws a shot with its upper left corner at a point.
func (s Shot) drawOn(page *image.RGBA, at image.Point, number int) error {
	box := image.Rect(0, 0, cellWidth, stillHeight).Add(at)
	if s.Still == nil {
		draw.Draw(page, box, empty, image.Point{}, draw.Src)
		text(page, s.Note, 22, false, faint, box.Min.X+24, box.Min.Y+stillHeight/2+8, cellWidth-48)
	} else {
		draw.Draw(page, box, bars, image.Point{}, draw.Src)
		if err := drawStill(page, box, s.Still); err != nil {
			return err
		}
	}
	y := box.Max.Y + 32
	label := fmt.Sprint(number)
	text(page, label, 26, true, ink, box.Min.X, y, cellWidth)
	indent := width(label, 26, true) + 14
	text(page, s.Facts, 20, false, faint, box.Min.X+indent, y, cellWidth-indent)
	for i, line := range wrap(s.Prompt, 20, cellWidth, 3) {
		text(page, line, 20, false, ink, box.Min.X, y+28+26*i, cellWidth)
	}
	return nil
}

// drawStill draws a JPEG into a box, as large as its shape allows.
func drawStill(page *image.RGBA, box image.Rectangle, still []byte) error {
	c, err := jpeg.DecodeConfig(bytes.NewReader(still))
	if err == nil && c.Width*c.Height > maxPixels {
		err = fmt.Errorf("a still of %dx%d pixels", c.Width, c.Height)
	}
	if err != nil {
		return fmt.Errorf("contactsheet: %w", err)
	}
	img, err := jpeg.Decode(bytes.NewReader(still))
	if err != nil {
		return fmt.Errorf("contactsheet: %w", err)
	}
	w, h := box.Dx(), box.Dy()
	if shape := img.Bounds(); shape.Dx()*h > shape.Dy()*w {
		h = max(shape.Dy()*w/shape.Dx(), 1)
	} else {
		w = max(shape.Dx()*h/shape.Dy(), 1)
	}
	corner := box.Min.Add(image.Pt((box.Dx()-w)/2, (box.Dy()-h)/2))
	draw.CatmullRom.Scale(page, image.Rectangle{corner, corner.Add(image.Pt(w, h))}, img, img.Bounds(), draw.Src, nil)
	return nil
}

// Formats lists the formats of sheets, as callers name them.
func Formats() []string { return []string{"jpeg", "pdf"} }
