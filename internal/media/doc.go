// Package media reads, checks and converts picture and video files. [Facts] reads an MP4's headers, [Previews] cuts frames,
// [InspectVideo] and an [Inspector] check files that callers send, [ToMP4] converts other containers, and [Child] runs
// external programs within limits.
//
// It works on bytes, files and pictures, and knows nothing of tasks, engines or HTTP. Its programs (ffmpeg, ffprobe, libheif's
// decoder) are found on PATH.
package media
