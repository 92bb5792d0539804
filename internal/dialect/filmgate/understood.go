package filmgate

import "github.com/filmgate/filmgate/internal/task"

// wireUnderstood is what the built-in renderer read in a prompt.
type wireUnderstood struct {
	Moves []wireMove `json:"moves" doc:"The camera's moves, by their beginning. Empty if the prompt names none, or if the request has a camera."`
	Drawn []string   `json:"drawn" doc:"The prompt's words that the scene shows."`
	Cards []string   `json:"cards" doc:"The prompt's words that stand on a card, since the renderer has no drawing of them."`
}

// wireMove is one move of the camera.
type wireMove struct {
	Move        string  `json:"move" doc:"What the camera does, such as pan left."`
	FromSeconds float64 `json:"from_seconds" doc:"When the move begins, in seconds from the beginning of the video."`
	ToSeconds   float64 `json:"to_seconds" doc:"When it ends."`
}

func encodeUnderstood(u *task.Understood) *wireUnderstood {
	if u == nil {
		return nil
	}
	out := &wireUnderstood{Moves: []wireMove{}, Drawn: append([]string{}, u.Drawn...), Cards: append([]string{}, u.Cards...)}
	for _, m := range u.Moves {
		out.Moves = append(out.Moves, wireMove{m.Name, rounded(m.From.Seconds()), rounded(m.To.Seconds())})
	}
	return out
}
