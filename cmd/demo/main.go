// Command demo shows what Filmgate is for: it starts a server with a temporary data folder on a free loopback port, sends
// the published create_runway request, shows the progress and the answer, and fetches the video. It fails unless ffprobe
// confirms what the answer says about the file.
//
// It uses only the server's command line and API, as a caller does.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := demo{out: os.Stdout, program: filepath.Join("bin", "filmgate"), folder: "demo", key: rand.Text()}.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "demo: %v\n", err)
		os.Exit(1)
	}
}

// demo holds the settings of one run.
type demo struct {
	out     io.Writer
	program string // bin/filmgate
	folder  string // holds the request and the picture, and gets the video and its contact sheet
	key     string // API key of the server
}

const (
	request = "create_runway.request.json"
	picture = "first-frame.jpg"
)

func (d demo) run(ctx context.Context) (err error) {
	began := time.Now()
	pictureURL, stopServing, err := servePicture(ctx, filepath.Join(d.folder, picture))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopServing()) }()
	data, err := os.MkdirTemp("", "filmgate-demo-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	server, err := d.start(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.End(syscall.SIGTERM)) }()

	id, err := d.create(ctx, server.URL, pictureURL)
	if err != nil {
		return err
	}
	watch := media.Command(ctx, d.program, "task", "watch", id)
	watch.Env, watch.Stdout, watch.Stderr = d.environment("FILMGATE_URL="+server.URL), d.out, os.Stderr
	if err := watch.Run(); err != nil {
		return fmt.Errorf("filmgate task watch: %w", err)
	}
	answer, err := d.call(ctx, http.MethodGet, server.URL+"/api/v1/get_runway/"+id, nil)
	if err != nil {
		return err
	}
	if err := d.print("GET /api/v1/get_runway/"+id, answer); err != nil {
		return err
	}
	video := filepath.Join(d.folder, "out.mp4")
	if err := d.fetchAndCheck(ctx, answer, video); err != nil {
		return err
	}
	sheet := filepath.Join(d.folder, "contact-sheet.jpg")
	if err := contactSheet(ctx, video, sheet); err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.out, "\n%s is what the answer says. %s shows nine of its frames. It took %.1f s.\n", video, sheet, time.Since(began).Seconds())
	return err
}

// servePicture serves the picture on a free loopback port, as a website would, until stop is called.
func servePicture(ctx context.Context, name string) (url string, stop func() error, err error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return "", nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	site := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})}
	go func() { _ = site.Serve(listener) }() // it ends with Close, and its error says only that
	return "http://" + listener.Addr().String() + "/" + filepath.Base(name), site.Close, nil
}

// create sends the published request with the URL of our picture, and returns the task's id.
func (d demo) create(ctx context.Context, server, pictureURL string) (id string, err error) {
	published, err := os.ReadFile(filepath.Join(d.folder, request))
	if err != nil {
		return "", err
	}
	const example = "https://example.com/image.jpg"
	if !bytes.Contains(published, []byte(example)) {
		return "", fmt.Errorf("%s does not contain %s", request, example)
	}
	body := bytes.Replace(published, []byte(example), []byte(pictureURL), 1)
	if err := d.print("POST /api/v1/create_runway", body); err != nil {
		return "", err
	}
	answer, err := d.call(ctx, http.MethodPost, server+"/api/v1/create_runway", body)
	if err != nil {
		return "", err
	}
	var created struct{ Task struct{ ID string } }
	if err := json.Unmarshal(answer, &created); err != nil {
		return "", fmt.Errorf("create_runway: %w", err)
	}
	if created.Task.ID == "" {
		return "", fmt.Errorf("create_runway: no task id in %s", answer)
	}
	return created.Task.ID, nil
}

// call sends body with the key, and returns the body of the answer. A status other than 200 is an error.
func (d demo) call(ctx context.Context, method, url string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, url, res.Status, answer)
	}
	return answer, err
}

// print prints a call and its JSON body, indented.
func (d demo) print(call string, body []byte) error {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(body), "", "  "); err != nil {
		return fmt.Errorf("%s: %w", call, err)
	}
	_, err := fmt.Fprintf(d.out, "\n%s\n%s\n\n", call, &pretty)
	return err
}
