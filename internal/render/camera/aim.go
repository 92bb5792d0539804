package camera

import "github.com/filmgate/filmgate/internal/render/fp"

// Aim is something that a prompt has the camera go to: "push in on the red car".
type Aim struct {
	Words    string  // what it is: "red car"
	From, To float64 // times of [0,1] of the move
}

// AimAt brings a point of a plane of the nearness given to the middle of the frame by the end of the move that goes there: a push goes
// aside as it comes nearer, and a zoom turns. It goes no farther aside than mostX and mostY, in frame heights for each part of the way by
// which the picture's edges come nearer; 0 is not at all.
func (d *Plan) AimAt(a Aim, x, y, near, mostX, mostY float64) {
	for _, s := range d.Path.segments {
		if s.from < a.From-1e-9 || s.to > a.To+1e-9 {
			continue
		}
		var c Pose
		switch before := d.Path.at(s.from); {
		case s.change.Z > 0:
			part := s.change.Z / Focal
			c.X = fp.Clamp(float64(x/near)-before.X, -float64(mostX*part), float64(mostX*part))
			c.Y = fp.Clamp(float64(y/near)-before.Y, -float64(mostY*part), float64(mostY*part))
		case s.change.Zoom > 0:
			part := 1 - fp.Exp(-s.change.Zoom)
			c.Pan = arctan(fp.Clamp(x, -float64(mostX*part), float64(mostX*part))/Focal) - before.Pan
			c.Tilt = -arctan(fp.Clamp(y, -float64(mostY*part), float64(mostY*part))/Focal) - before.Tilt
		default:
			continue
		}
		d.Path.segments = append(d.Path.segments, pathSegment{s.from, s.to, c, s.ramp})
	}
}

// arctan returns the arc tangent of a tangent between -1 and 1, to a hundredth of a degree.
func arctan(t float64) float64 {
	t2 := float64(t * t)
	return float64(t * fp.MulAdd(t2, fp.MulAdd(t2, fp.MulAdd(t2, fp.MulAdd(t2, 0.0208351, -0.085133), 0.180141), -0.3302995), 0.999866))
}
