package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"math"
	"net/http"
	"os"
	"strconv"

	"github.com/filmgate/filmgate/internal/media"
)

// artifact is what the answer says about the video.
type artifact struct {
	URL      string   `json:"url"`
	Size     string   `json:"fileSize"`
	Previews []string `json:"previewUrls"`
	Metadata struct {
		FrameRate  float64 `json:"frameRate"`
		Duration   float64 `json:"duration"` // seconds
		Dimensions []int   `json:"dimensions"`
		Size       struct{ Width, Height int }
	} `json:"metadata"`
}

// probe is ffprobe's report about the file.
type probe struct {
	Streams []struct {
		Codec     string `json:"codec_name"`
		Width     int    `json:"width"`
		Height    int    `json:"height"`
		FrameRate string `json:"r_frame_rate"`
		Frames    string `json:"nb_read_frames"`
	} `json:"streams"`
	Format struct {
		Duration string `json:"duration"`
		Size     string `json:"size"`
	} `json:"format"`
}

// fetchAndCheck writes the answer's video to the file name. It fails unless the video and its previews are what the answer
// says.
func (d demo) fetchAndCheck(ctx context.Context, answer []byte, name string) error {
	var a struct {
		Task struct{ Artifacts []artifact }
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return err
	}
	if len(a.Task.Artifacts) != 1 {
		return fmt.Errorf("the answer has %d artifacts, not one", len(a.Task.Artifacts))
	}
	answered := a.Task.Artifacts[0]
	content, err := d.call(ctx, http.MethodGet, answered.URL, nil)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		return err
	}
	found, err := probeFile(ctx, name)
	if err != nil {
		return err
	}
	problems := answered.differences(found)
	if len(answered.Previews) != 5 {
		problems = append(problems, fmt.Errorf("the answer has %d previews, not five", len(answered.Previews)))
	}
	for _, url := range answered.Previews {
		preview, err := d.call(ctx, http.MethodGet, url, nil)
		if err == nil {
			_, err = jpeg.Decode(bytes.NewReader(preview))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("preview %s: %w", url, err))
		}
	}
	return errors.Join(problems...)
}

// probeFile returns ffprobe's report about the file. ffprobe decodes every frame.
func probeFile(ctx context.Context, name string) (probe, error) {
	var p probe
	out, err := media.Command(ctx, "ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "json",
		"-show_entries", "stream=codec_name,width,height,r_frame_rate,nb_read_frames:format=duration,size", name).Output()
	if err == nil {
		err = json.Unmarshal(out, &p)
	}
	if err == nil && len(p.Streams) != 1 {
		err = errors.New("it has no video stream")
	}
	if err != nil {
		return p, fmt.Errorf("ffprobe %s: %w", name, err)
	}
	return p, nil
}

// differences returns an error for each fact in which the answer and the file differ.
func (a artifact) differences(p probe) []error {
	var out []error
	same := func(what string, answered, found any) {
		if answered != found {
			out = append(out, fmt.Errorf("%s: the answer says %v, ffprobe finds %v", what, answered, found))
		}
	}
	video, m := p.Streams[0], a.Metadata
	duration, err := strconv.ParseFloat(p.Format.Duration, 64)
	if err != nil || math.Abs(duration-m.Duration) > .001 {
		same("duration, within 1 ms", m.Duration, p.Format.Duration)
	}
	same("codec", "h264", video.Codec)
	same("fileSize", a.Size, p.Format.Size)
	same("frameRate", fmt.Sprintf("%g/1", m.FrameRate), video.FrameRate)
	same("frames, by duration and frameRate", strconv.Itoa(int(math.Round(m.Duration*m.FrameRate))), video.Frames)
	same("size", [2]int{m.Size.Width, m.Size.Height}, [2]int{video.Width, video.Height})
	same("dimensions", fmt.Sprint(m.Dimensions), fmt.Sprint([]int{video.Width, video.Height}))
	return out
}

// contactSheet writes nine frames of a video, from its first to its last, as one picture.
func contactSheet(ctx context.Context, video, name string) error {
	p, err := probeFile(ctx, video)
	if err != nil {
		return err
	}
	frames, err := strconv.Atoi(p.Streams[0].Frames)
	if err != nil {
		return fmt.Errorf("ffprobe %s: frames: %w", video, err)
	}
	// Frame n is one of the nine if n*8/(frames-1) reaches its next whole number there.
	pick := fmt.Sprintf("select='gt(floor(n*8/%[1]d)\\,floor((n-1)*8/%[1]d))',scale=480:-2:flags=lanczos,tile=3x3:padding=6:margin=6", max(frames-1, 1))
	out, err := media.Command(ctx, "ffmpeg", "-v", "error", "-y", "-i", video, "-vf", pick, "-frames:v", "1", "-q:v", "3", name).CombinedOutput()
	if err != nil {
		return fmt.Errorf("contact sheet: %w: %s", err, out)
	}
	return nil
}
