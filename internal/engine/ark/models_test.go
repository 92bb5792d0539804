package ark_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/task"
)

// TestModelNamesOfBothPlatforms compares with the vendor's lists of November 2026; "-" is before a model that has ended.
func TestModelNamesOfBothPlatforms(t *testing.T) {
	today := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for base, want := range map[string]string{
		"": "doubao-seedance-2-5-260628 doubao-seedance-2-0-260128 doubao-seedance-2-0-fast-260128 doubao-seedance-2-0-mini-260615 " +
			"doubao-seedance-1-0-pro-fast-251015 doubao-seedance-1-0-lite-t2v-250428 doubao-seedance-1-0-lite-i2v-250428 " +
			"-doubao-seedance-1-5-pro-251215 -doubao-seedance-1-0-pro-250528",
		ark.BytePlus: "dreamina-seedance-2-5-260628 dreamina-seedance-2-0-260128 dreamina-seedance-2-0-fast-260128 " +
			"dreamina-seedance-2-0-mini-260615 seedance-1-0-pro-fast-251015 -seedance-1-5-pro-251215 -seedance-1-0-pro-250528",
	} {
		var got []string
		for _, m := range ark.New(ark.Options{BaseURL: base}).Capabilities().Models {
			if m.Ended(today) {
				m.Name = "-" + m.Name
			}
			got = append(got, m.Name)
		}
		if all := strings.Join(got, " "); all != want {
			t.Errorf("%q:\n%s\nwant\n%s", base, all, want)
		}
	}
	ended := ark.New(ark.Options{BaseURL: ark.BytePlus}).Capabilities().Models[5]
	if ended.Successor != "dreamina-seedance-2-5-260628" {
		t.Errorf("the successor at BytePlus is %q", ended.Successor)
	}
}

func TestModelLimits(t *testing.T) {
	image := &task.Image{Width: 512, Height: 512}
	for _, c := range []struct {
		model string
		r     task.Request
		field string // field of the first error; "" = none
	}{
		{"seedance-2-5", task.Request{Seconds: 4, First: image, Last: image}, ""},
		{"seedance-2-5", task.Request{Seconds: 3}, "seconds"},
		{"seedance-2-5", task.Request{Seconds: 5, Last: image}, "last_frame"},
		{"seedance-2-5", task.Request{Seconds: 30, Resolution: "720p"}, ""},
		{"seedance-2-5", task.Request{Seconds: 31}, "seconds"},
		{"seedance-2-5", task.Request{Seconds: 5, Resolution: "1080p"}, "resolution"},
		{"seedance-2-0-260128", task.Request{Seconds: 15, Resolution: "4k", AspectRatio: "21:9"}, ""},
		{"seedance-2-0-260128", task.Request{Seconds: 5, AspectRatio: "2:1"}, "aspect_ratio"},
		{"seedance-2-0-fast", task.Request{Seconds: 4, Resolution: "1080p"}, "resolution"},
		{"seedance-2-0-mini", task.Request{Seconds: 16}, "seconds"},
		{"seedance-1-0-pro-fast", task.Request{Seconds: 2, First: image, Last: image}, "last_frame"},
		{"seedance-1-0-lite-t2v", task.Request{Seconds: 5, First: image}, "first_frame"},
		{"seedance-1-0-lite-i2v", task.Request{Seconds: 5}, "first_frame"},
		{"seedance-2-0-260128", task.Request{Seconds: 5, First: &task.Image{Width: 299, Height: 400}}, "first_frame"},
		{"seedance-2-0-260128", task.Request{Seconds: 5, First: &task.Image{Width: 6001, Height: 5000}}, "first_frame"},
		{"seedance-2-0-260128", task.Request{Seconds: 5, First: &task.Image{Width: 1001, Height: 400}}, "first_frame"},
		{"seedance-2-0-260128", task.Request{Seconds: 5, First: &task.Image{Size: 30<<20 + 1}}, "first_frame"},
	} {
		if got := enginetest.RefusedField(t, ark.New(ark.Options{}), "doubao-"+c.model, c.r); got != c.field {
			t.Errorf("%s, %+v: error in field %q, want %q", c.model, c.r, got, c.field)
		}
	}
}

func TestFieldsThatTheSecondGenerationRefusesAreNotSent(t *testing.T) {
	seed := uint32(1<<32 - 1)
	r := task.Request{Prompt: "a cat", Seconds: 5, Seed: &seed, LowPriority: true, AspectRatio: "16:9"}
	first := &engine.Picture{URL: "https://p.example/1.jpg"}
	for name, c := range map[string]struct {
		model string
		first *engine.Picture
		has   string
		lacks string
	}{
		"first generation":             {"doubao-seedance-1-0-pro-250528", first, `"ratio":"16:9","duration":5,"seed":2147483647,"watermark":false,"service_tier":"flex"`, ""},
		"second generation":            {"doubao-seedance-2-0-260128", first, `"ratio":"16:9"`, "seed\":|service_tier"},
		"2.5 from text":                {"dreamina-seedance-2-5-260628", nil, `"ratio":"16:9"`, "seed\":|service_tier"},
		"2.5 from an image":            {"dreamina-seedance-2-5-260628", first, `"duration":5`, "\"ratio\":|seed\":|service_tier"},
		"the caller's own endpoint":    {"ep-20260101-abcde", nil, `"seed":2147483647`, "nothing"},
		"first generation at BytePlus": {"seedance-1-5-pro-251215", nil, `"service_tier":"flex"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var sent string
			e := enginetest.NewWithAnswer(t, newEngine, 200, `{"id":"cgt-1"}`, &sent)
			if _, err := e.Submit(t.Context(), engine.Job{Model: c.model, Request: r, First: c.first}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(sent, c.has) {
				t.Errorf("sent %s, want %s", sent, c.has)
			}
			for word := range strings.SplitSeq(c.lacks, "|") {
				if word != "" && strings.Contains(sent, word) {
					t.Errorf("sent %s with %s", sent, word)
				}
			}
		})
	}
}

// TestEveryCodeHasAClass holds the codes of volcengine.com/docs/82379/1299023 that concern videos.
func TestEveryCodeHasAClass(t *testing.T) {
	for _, c := range []struct {
		status        int
		code, message string
		class         engine.Class
		reason        task.Reason
	}{
		{400, "MissingParameter", "", engine.Refused, task.VendorRefused},
		{400, "MissingParameter.content", "", engine.Refused, task.VendorRefused},
		{400, "InvalidParameter", "", engine.Refused, task.VendorRefused},
		{400, "InvalidParameter.duration", "", engine.Refused, task.VendorRefused},
		{400, "InvalidParameter", "the parameter content[1].image_url is not valid", engine.Refused, task.AssetInvalid},
		{400, "InvalidParameter.OversizeImage", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidParameter.UnsupportedImageFormat", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidImageURL.EmptyURL", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidImageURL.InvalidFormat", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidArgumentError", "", engine.Refused, task.VendorRefused},
		{400, "InvalidArgumentError.InvalidPixelLimit", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidEndpoint.ClosedEndpoint", "", engine.ModelError, task.VendorRefused},
		{400, "SensitiveContentDetected", "the input text may contain sensitive information", engine.Refused, task.SafetyInputText},
		{400, "SensitiveContentDetected.SevereViolation", "", engine.Refused, task.SafetyInputText},
		{400, "SensitiveContentDetected.Violence", "", engine.Refused, task.SafetyInputText},
		{400, "InputTextSensitiveContentDetected", "", engine.Refused, task.SafetyInputText},
		{400, "InputTextSensitiveContentDetected.PolicyViolation", "", engine.Refused, task.SafetyInputText},
		{400, "InputTextRiskDetection", "", engine.Refused, task.SafetyInputText},
		{400, "InputImageSensitiveContentDetected", "", engine.Refused, task.SafetyInputImage},
		{400, "InputImageSensitiveContentDetected.PrivacyInformation", "may contain real person", engine.Refused, task.SafetyInputImage},
		{400, "InputImageRiskDetection", "", engine.Refused, task.SafetyInputImage},
		{400, "OutputVideoSensitiveContentDetected", "", engine.Refused, task.SafetyOutputVideo},
		{400, "OutputAudioSensitiveContentDetected", "", engine.Refused, task.SafetyOutputVideo},
		{400, "OutputImageRiskDetection", "", engine.Refused, task.SafetyOutputVideo},
		{400, "ContentSecurityDetectionError", "", engine.Unreachable, task.VendorUnavailable},
		{400, "InvalidSubscription", "", engine.AuthError, task.VendorRefused},
		{401, "AuthenticationError", "", engine.AuthError, task.VendorRefused},
		{401, "InvalidAccountStatus", "", engine.AuthError, task.VendorRefused},
		{403, "AccessDenied", "", engine.AuthError, task.VendorRefused},
		{403, "AccountOverdueError", "", engine.AuthError, task.VendorRefused},
		{403, "OperationDenied.ServiceNotOpen", "", engine.AuthError, task.VendorRefused},
		{403, "OperationDenied.ServiceOverdue", "", engine.AuthError, task.VendorRefused},
		{404, "InvalidEndpointOrModel.NotFound", "", engine.ModelError, task.VendorRefused},
		{404, "InvalidEndpointOrModel.ModelIDAccessDisabled", "", engine.ModelError, task.VendorRefused},
		{404, "ModelNotOpen", "", engine.ModelError, task.VendorRefused},
		{404, "UnsupportedModel", "", engine.ModelError, task.VendorRefused},
		{429, "RateLimitExceeded.EndpointRPMExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "RateLimitExceeded.EndpointTPMExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "ModelAccountRpmRateLimitExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "ModelAccountTpmRateLimitExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "APIAccountRpmRateLimitExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "AccountRateLimitExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "QuotaExceeded", "The request has exceeded the quota.", engine.Overloaded, task.VendorUnavailable},
		{429, "QuotaExceeded", "Your account [1] has exhausted its free trial quota for the [m] model.", engine.AuthError, task.VendorRefused},
		{429, "QuotaExceeded", "You have exceeded the 5-hour usage quota.", engine.AuthError, task.VendorRefused},
		{429, "ServerOverloaded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "RequestBurstTooFast", "", engine.Overloaded, task.VendorUnavailable},
		{429, "InflightBatchsizeExceeded", "", engine.Overloaded, task.VendorUnavailable},
		{429, "SetLimitExceeded", "", engine.AuthError, task.VendorRefused},
		{500, "InternalServiceError", "", engine.Unreachable, task.VendorUnavailable},
		{429, "UnknownCode", "", engine.Overloaded, task.VendorUnavailable},
		{403, "UnknownCode", "", engine.AuthError, task.VendorRefused},
	} {
		e := enginetest.NewWithAnswer(t, newEngine, c.status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"param":"","type":"x"}}`, c.code, c.message), nil)
		_, err := e.Submit(t.Context(), engine.Job{Model: "m", Request: task.Request{Prompt: "a cat", Seconds: 5}})
		got := engine.AsError(err)
		if got.Class != c.class || got.Reason != c.reason || got.Unconfirmed != (c.status == 500) {
			t.Errorf("%d %s %s: %s %s, unconfirmed %v", c.status, c.code, c.message, got.Class, got.Reason, got.Unconfirmed)
		}
	}
}
