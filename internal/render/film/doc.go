// Package film makes a video of a Spec: it draws the frames over time on all cores, puts caption and watermark over them,
// hands them to ffmpeg in order, and collects previews and thumbnails on the way.
package film
