package mcp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// cameraMoves returns moves of the camera as directors write them, which every model understands and the built-in renderer carries out.
func cameraMoves() []string {
	return []string{"static shot", "slow zoom in", "slow zoom out", "push in", "pull out", "pan left", "pan right", "tilt up", "tilt down",
		"truck left", "truck right", "pedestal up", "pedestal down", "orbit left", "orbit right", "roll clockwise", "crane up", "handheld"}
}

func addPrompts(server *sdk.Server) {
	server.AddPrompt(&sdk.Prompt{Name: "camera_move", Title: "A shot with a move of the camera", Description: "Writes a prompt for one shot in a director's words, and makes the video.",
		Arguments: []*sdk.PromptArgument{{Name: "subject", Title: "Subject", Description: "What the shot shows.", Required: true},
			{Name: "move", Title: "Move", Description: "How the camera moves, such as: " + strings.Join(cameraMoves()[:6], ", ") + "."}}}, cameraMove)
	server.AddPrompt(&sdk.Prompt{Name: "shot_list", Title: "A story in shots", Description: "Divides a story into shots with moves of the camera, and makes a video of each.",
		Arguments: []*sdk.PromptArgument{{Name: "story", Title: "Story", Description: "What happens, in a few sentences.", Required: true},
			{Name: "shots", Title: "Shots", Description: "How many shots; 3 if it is left out."}}}, shotList)
}

func cameraMove(_ context.Context, req *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
	subject, move := req.Params.Arguments["subject"], req.Params.Arguments["move"]
	if subject == "" {
		return nil, fmt.Errorf("subject: say what the shot shows")
	}
	if move == "" {
		move = "the one of these that suits it best: " + strings.Join(cameraMoves(), ", ")
	}
	return message("A shot with a move of the camera", fmt.Sprintf("Make one video with make_video.\nSubject: %s\nMove of the camera: %s\n"+
		"Write the prompt as a director would: the move first, then subject, place, light and mood, in at most 60 words. One move is enough. "+
		"When the video is finished, give me its url.", subject, move)), nil
}

func shotList(_ context.Context, req *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
	story, shots := req.Params.Arguments["story"], req.Params.Arguments["shots"]
	if story == "" {
		return nil, fmt.Errorf("story: say what happens")
	}
	if shots == "" {
		shots = "3"
	}
	return message("A story in shots", fmt.Sprintf("Story: %s\nDivide it into %s shots. For each write a prompt that stands by itself: a move of the camera "+
		"(such as %s), the subject, the place, the light. Keep subject and light alike from shot to shot. Make each with make_video, and give me a list "+
		"of the shots with the url of each video.", story, shots, strings.Join(cameraMoves()[:8], ", "))), nil
}

func message(title, text string) *sdk.GetPromptResult {
	return &sdk.GetPromptResult{Description: title, Messages: []*sdk.PromptMessage{{Role: "user", Content: &sdk.TextContent{Text: text}}}}
}

// complete completes the argument "move" of camera_move.
func complete(_ context.Context, req *sdk.CompleteRequest) (*sdk.CompleteResult, error) {
	found := []string{}
	if ref := req.Params.Ref; ref != nil && ref.Name == "camera_move" && req.Params.Argument.Name == "move" {
		found = slices.DeleteFunc(cameraMoves(), func(m string) bool { return !strings.Contains(m, strings.ToLower(req.Params.Argument.Value)) })
	}
	return &sdk.CompleteResult{Completion: sdk.CompletionResultDetails{Values: found, Total: len(found)}}, nil
}
