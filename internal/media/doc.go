// Package media is the room for files of pictures and video: it reads an MP4's facts, cuts previews, decodes and
// checks input images, and runs a child process whose whole group ends with it.
//
// What may enter: bytes, files and pictures. What may not: tasks, engines, HTTP. Its children (ffmpeg, ffprobe) come
// from the system's PATH.
package media
