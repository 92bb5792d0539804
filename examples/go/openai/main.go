// Command openai makes a video with OpenAI's Go SDK and saves it as openai.mp4.
//
//	FILMGATE_API_KEY=fg_… go run ./openai "a lighthouse in a storm, slow push in"
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	prompt := "a lighthouse in a storm, slow push in"
	if len(os.Args) > 1 {
		prompt = os.Args[1]
	}
	if err := run(context.Background(), prompt); err != nil {
		var refused *openai.Error
		if errors.As(err, &refused) { // its Error() has the status only
			err = fmt.Errorf("openai.Error: %d %s (param %s, code %s)", refused.StatusCode, refused.Message, refused.Param, refused.Code)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run makes the video of a prompt and saves it.
func run(ctx context.Context, prompt string) error {
	server := cmp.Or(os.Getenv("FILMGATE_URL"), "http://127.0.0.1:8080")
	client := openai.NewClient(option.WithBaseURL(server+"/openai/v1/"), option.WithAPIKey(os.Getenv("FILMGATE_API_KEY")))

	// 0 = as often as the server asks for. A first frame: InputReference: openai.VideoNewParamsInputReferenceUnion{OfFile: file}.
	video, err := client.Videos.NewAndPoll(ctx, openai.VideoNewParams{
		Model:   openai.VideoModelSora2,
		Prompt:  prompt,
		Seconds: openai.VideoSeconds4,
		Size:    openai.VideoSize1280x720,
	}, 0)
	if err != nil {
		return err
	}
	if video.Status == openai.VideoStatusFailed { // an answer like any other: err is nil
		return fmt.Errorf("the video failed: %s: %s", video.Error.Code, video.Error.Message)
	}

	content, err := client.Videos.DownloadContent(ctx, video.ID, openai.VideoDownloadContentParams{})
	if err != nil {
		return err
	}
	defer func() { _ = content.Body.Close() }()
	file, err := os.Create("openai.mp4")
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content.Body); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	fmt.Println("saved openai.mp4")
	return nil
}
