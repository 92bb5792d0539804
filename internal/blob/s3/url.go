package s3

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	defaultLinkLife = 15 * time.Minute
	maxLinkMinutes  = 7 * 24 * 60 // S3 refuses longer links
)

// location is what a bucket's URL says.
type location struct {
	bucket         string
	endpoint       string // "" = Amazon S3
	publicEndpoint string // of links; "" = endpoint
	region         string // "" = that of the environment
	pathStyle      bool   // the bucket's name is in the path, and not in the host
	checksums      aws.RequestChecksumCalculation
	encryption     types.ServerSideEncryption
	kmsKey         string
	redirect       bool          // callers read files from the storage itself
	linkLife       time.Duration // of the links by which they do, at most
}

// parameter reads the value of a parameter of the URL. Its error says what is allowed.
type parameter func(l *location, value string) error

// parameters returns all that the URL of a bucket may have, by their names.
func parameters() map[string]parameter {
	return map[string]parameter{
		"region": func(l *location, value string) error {
			l.region = value
			return check(regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(value), "a region such as eu-central-1")
		},
		"endpoint":        func(l *location, value string) error { return setEndpoint(&l.endpoint, value) },
		"public_endpoint": func(l *location, value string) error { return setEndpoint(&l.publicEndpoint, value) },
		"use_path_style": func(l *location, value string) error {
			l.pathStyle = value == "true"
			return check(value == "true" || value == "false", "true or false")
		},
		"serve": func(l *location, value string) error {
			l.redirect = value == "redirect"
			return check(value == "stream" || value == "redirect", "stream or redirect")
		},
		"link_minutes": func(l *location, value string) error {
			n, err := strconv.Atoi(value)
			l.linkLife = time.Duration(n) * time.Minute
			return check(err == nil && n >= 1 && n <= maxLinkMinutes, "a whole number from 1 to 10080, which are 7 days")
		},
		"request_checksum_calculation": func(l *location, value string) error {
			l.checksums = aws.RequestChecksumCalculationWhenSupported
			if value == "when_required" {
				l.checksums = aws.RequestChecksumCalculationWhenRequired
			}
			return check(value == "when_supported" || value == "when_required", "when_supported or when_required")
		},
		"ssetype": func(l *location, value string) error {
			l.encryption = types.ServerSideEncryption(value)
			return check(slices.Contains([]string{"AES256", "aws:kms", "aws:kms:dsse"}, value), "AES256, aws:kms or aws:kms:dsse")
		},
		"kmskeyid": func(l *location, value string) error {
			l.kmsKey = value
			return check(value != "", "the id or ARN of a key")
		},
	}
}

// check returns an error that says what is allowed, unless ok.
func check(ok bool, allowed string) error {
	if ok {
		return nil
	}
	return errors.New("must be " + allowed)
}

// setEndpoint reads the address of a server.
func setEndpoint(to *string, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must be an address such as https://s3.example:9000, without path, query and credentials")
	}
	*to = u.Scheme + "://" + u.Host
	return nil
}

// CheckURL returns an error unless address is s3://BUCKET with parameters that Open knows: docs/s3.md lists them. The error
// never repeats the address or a value, which may hold a secret by mistake.
func CheckURL(address string) error {
	_, err := parse(address)
	return err
}

// parse reads a bucket's URL. Its errors are those of CheckURL.
func parse(address string) (location, error) {
	u, err := url.Parse(address)
	if err != nil {
		return location{}, errors.New("not a URL")
	}
	if err := checkPlace(u); err != nil {
		return location{}, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return location{}, errors.New("the URL's parameters can't be read")
	}
	l := location{bucket: u.Host, linkLife: defaultLinkLife}
	if err := l.read(query); err != nil {
		return location{}, err
	}
	if l.endpoint != "" && !query.Has("use_path_style") {
		l.pathStyle = true // every server has it, while names of buckets in the host need a domain of one's own
	}
	switch {
	case l.publicEndpoint != "" && (!l.redirect || l.endpoint == ""):
		return location{}, errors.New("public_endpoint is only for serve=redirect with an endpoint")
	case query.Has("link_minutes") && !l.redirect:
		return location{}, errors.New("link_minutes is only for serve=redirect")
	case l.kmsKey != "" && l.encryption != types.ServerSideEncryptionAwsKms && l.encryption != types.ServerSideEncryptionAwsKmsDsse:
		return location{}, errors.New("kmskeyid is only for ssetype=aws:kms and aws:kms:dsse")
	}
	return l, nil
}

// checkPlace returns an error unless the URL, but for its parameters, is s3://BUCKET.
func checkPlace(u *url.URL) error {
	switch {
	case u.Scheme != "s3":
		return errors.New("the URL does not begin with s3://")
	case u.User != nil:
		return errors.New("credentials do not belong in the URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case u.Host == "" || u.Port() != "":
		return errors.New("the URL names no bucket: s3://BUCKET?region=REGION")
	case strings.Trim(u.Path, "/") != "" || u.Fragment != "":
		return errors.New("the URL has a path after the bucket: a folder of a bucket is not supported")
	case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$`).MatchString(u.Host):
		return errors.New("the bucket's name must have 3 to 63 letters, digits, dots and hyphens")
	}
	return nil
}

// read reads the parameters. The error names all that are wrong.
func (l *location) read(query url.Values) error {
	known := parameters()
	names := slices.Sorted(maps.Keys(known))
	var errs []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		set, ok := known[name]
		if !ok {
			errs = append(errs, fmt.Sprintf("unknown parameter %q: there are %s", name, strings.Join(names, ", ")))
		} else if values := query[name]; len(values) > 1 {
			errs = append(errs, fmt.Sprintf("the parameter %s is given %d times", name, len(values)))
		} else if err := set(l, values[0]); err != nil {
			errs = append(errs, fmt.Sprintf("the parameter %s %v", name, err))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errors.New(strings.Join(errs, "; "))
}
