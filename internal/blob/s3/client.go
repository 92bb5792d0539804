package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

const (
	attempts   = 3           // of one request
	maxBackoff = time.Second // between two of them
	dialTime   = 5 * time.Second
	stallTime  = 30 * time.Second // without a byte, in either direction, until a connection is cut
	headTime   = 15 * time.Second // from the end of a request to the head of its answer
	callTime   = 15 * time.Second // of a request without a body, with its repeats
	idleConns  = 64               // kept open for the next requests
)

// defaultRegion signs requests to servers that have no regions.
const defaultRegion = "us-east-1"

// load reads the SDK's settings: environment variables, and files of profiles and credentials. The client that it returns is
// used by all requests to the bucket.
func load(ctx context.Context, l location) (aws.Config, *http.Client, error) {
	options := []func(*config.LoadOptions) error{config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff, o.RateLimiter = attempts, maxBackoff, ratelimit.None
		})
	})}
	if l.region != "" {
		options = append(options, config.WithRegion(l.region))
	}
	if l.checksums != aws.RequestChecksumCalculationUnset {
		options = append(options, config.WithRequestChecksumCalculation(l.checksums))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, nil, fmt.Errorf("the AWS settings of the environment can't be read: %w", err)
	}
	if loaded.Region == "" {
		if l.endpoint == "" {
			return aws.Config{}, nil, errors.New("the region is missing: add region=REGION to the URL, or set AWS_REGION")
		}
		loaded.Region = defaultRegion
	}
	client := newHTTPClient(loaded.HTTPClient)
	loaded.HTTPClient = client
	return loaded, client, nil
}

// newClient returns a client of the server at an endpoint; "" = that of the settings, which is Amazon S3 by default.
func newClient(loaded aws.Config, endpoint string, pathStyle bool) *awss3.Client {
	return awss3.NewFromConfig(loaded, func(o *awss3.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
		}
		o.UsePathStyle = pathStyle
		o.Logger = logging.Nop{} // the SDK writes lines of its own to stderr
	})
}

// newHTTPClient returns a client with the transport that the SDK has configured (proxies, AWS_CA_BUNDLE), and with limits of
// time that follow progress: the SDK waits for ever for a server that accepts bytes and answers none.
func newHTTPClient(from aws.HTTPClient) *http.Client {
	buildable, ok := from.(*awshttp.BuildableClient)
	if !ok {
		buildable = awshttp.NewBuildableClient()
	}
	transport := buildable.GetTransport()
	transport.DialContext = withStallTime((&net.Dialer{Timeout: dialTime}).DialContext)
	transport.MaxIdleConnsPerHost, transport.ResponseHeaderTimeout = idleConns, headTime
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// dialFunc connects to an address.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// withStallTime returns dial with connections that are cut if no byte moves for stallTime.
func withStallTime(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return stallConn{conn}, nil
	}
}

// stallConn is a connection whose reads and writes fail if no byte moves for stallTime.
type stallConn struct{ net.Conn }

// Read implements net.Conn.
func (c stallConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(stallTime)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write implements net.Conn. It gives the read that waits for the answer more time too.
func (c stallConn) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(stallTime)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
