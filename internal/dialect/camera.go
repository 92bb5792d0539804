package dialect

import "github.com/filmgate/filmgate/internal/task"

// axisLimit is the largest absolute value of a camera axis (Kling's API reference, camera_control).
const axisLimit = 10

// CameraPresets returns the presets of task.Camera, which are Kling's.
func CameraPresets() []string {
	return []string{"down_back", "forward_up", "right_turn_forward", "left_turn_forward"}
}

// CameraAxes reads the six axes of a camera move and names those that are not 0. faulty is true if an axis is invalid.
func CameraAxes(f *Fields) (c task.Camera, moved []string, faulty bool) {
	for _, axis := range []struct {
		name string
		to   *float64
	}{{"horizontal", &c.Horizontal}, {"vertical", &c.Vertical}, {"pan", &c.Pan}, {"tilt", &c.Tilt}, {"roll", &c.Roll}, {"zoom", &c.Zoom}} {
		*axis.to = f.Float(axis.name, 0, -axisLimit, axisLimit)
		if *axis.to != 0 {
			moved = append(moved, axis.name)
		}
		faulty = faulty || f.HasErrors(axis.name)
	}
	return c, moved, faulty
}
