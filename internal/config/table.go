package config

import (
	"slices"
	"strconv"

	"github.com/filmgate/filmgate/internal/render"
)

// Table returns every setting.
func Table() []Setting {
	return slices.Concat(accessSettings(), storageSettings(), retentionSettings(), workSettings(), encoderSettings(), clientSettings())
}

// accessSettings are those of who reaches this server, how, and whom it calls.
func accessSettings() []Setting {
	server := []Part{PartServer}
	return []Setting{
		{
			Name: "addr", Default: "127.0.0.1:8080", parts: server, set: setAddr,
			Allowed: "HOST:PORT, where port 0 takes a free one, which is printed; or unix:/PATH for a Unix socket",
			Help:    "address to listen on; a socket that systemd passes comes before it (docs/proxy.md)",
		}, {
			Name: "socket_mode", Default: "0660", parts: server, set: setSocketMode,
			Allowed: "octal permissions such as 0600, 0660 or 0666",
			Help:    "permissions of the Unix socket: who may write to it may connect",
		}, {
			Name: "tls_cert", Path: true, parts: server, set: func(v *values, text string) error { v.TLSCert = text; return nil },
			Allowed: "the path of a PEM file, with the intermediate certificates after the server's own; empty speaks plain HTTP",
			Help:    "certificate for TLS; it is read again when the file changes, and at SIGHUP (docs/proxy.md)",
		}, {
			Name: "tls_key", Path: true, parts: server, set: func(v *values, text string) error { v.TLSKey = text; return nil },
			Allowed: "the path of a PEM file that belongs to FILMGATE_TLS_CERT",
			Help:    "private key of the certificate",
		}, {
			Name: "public_url", parts: server, set: setPublicURL,
			Allowed: "an http or https URL, with a path if a proxy adds one, without query or user; empty takes the host that a request came to",
			Help:    "URL under which callers reach this server, for the links in answers",
		}, {
			Name: "api_key", parts: []Part{PartServer, PartClient}, Secret: true, set: setAPIKey,
			Allowed: "16 printable characters or more",
			Help:    "serve: a key that exists from the first start (else one is made and printed once); generate, models, task: the key to call with",
		}, {
			Name: "allow_networks", parts: server, set: setAllowNetworks,
			Allowed: "network prefixes such as 10.1.0.0/16 or 127.0.0.0/8, separated by commas",
			Help:    "private networks that a caller's picture URL may point into; without it only public addresses are fetched",
		}, {
			Name: "trusted_proxies", parts: server, set: setTrustedProxies,
			Allowed: "network prefixes or addresses such as 10.0.0.0/8 or 127.0.0.1, or unix for whoever connects to the Unix socket, separated by commas",
			Help: "networks of the proxies before this server: their Forwarded or X-Forwarded-For, -Proto, -Host and -Prefix headers are believed, " +
				"and no others (docs/proxy.md)",
		}, {
			Name: "cors_origins", parts: server, set: setCORSOrigins,
			Allowed: "origins such as https://app.example or http://localhost:3000, separated by commas; or * for all",
			Help:    "origins of the web pages whose scripts may call the API and read files",
		},
	}
}

// storageSettings are those of where tasks and files are kept.
func storageSettings() []Setting {
	return []Setting{
		{
			Name: "data", Default: "./data", Path: true, parts: []Part{PartServer, PartData}, set: setData,
			Allowed: "a folder; it is made if it is missing",
			Help:    "folder of the database and the files",
		}, {
			Name: "database_url", parts: []Part{PartServer, PartData}, Secret: true, set: setDatabaseURL,
			Allowed: "postgres://USER:PASSWORD@HOST:5432/DATABASE, with the parameters of libpq; empty takes SQLite in the data folder",
			Help:    "database of tasks and keys (docs/postgres.md)",
		}, {
			Name: "blob_url", parts: []Part{PartServer, PartFiles}, Secret: true, set: setBlobURL,
			Allowed: "s3://BUCKET?region=REGION, with endpoint=URL for a server that is not Amazon's, and with the parameters of docs/s3.md; empty takes files in the data folder",
			Help:    "storage of videos and pictures (docs/s3.md)",
		}, {
			Name: "temp_space", Default: "8", parts: []Part{PartServer}, set: setTempSpace,
			Allowed: "a whole number of GiB from 4 to 100000",
			Help:    "space in the data folder for videos that are being uploaded, fetched from engines or converted, all together; others wait, or are asked to come again",
		},
	}
}

// retentionSettings are those of how long things are kept.
func retentionSettings() []Setting {
	server := []Part{PartServer, PartRetention}
	return []Setting{
		{
			Name: "keep_files", Default: forever, parts: server,
			set:     func(v *values, text string) error { return setKeep(&v.KeepFiles, text, leastKept) },
			Allowed: allowedKeep,
			Help: "how long a finished video and its previews are kept after they were made; then they are deleted as if their owner had deleted them, " +
				"and the task stays (docs/retention.md)",
		}, {
			Name: "keep_tasks", Default: forever, parts: server,
			set:     func(v *values, text string) error { return setKeep(&v.KeepTasks, text, leastTasks) },
			Allowed: "days, hours or both, such as 90d or 2160h, from 2d to 36500d; or forever",
			Help:    "how long a task is kept after it ended; then it is deleted with its files, its history and the inputs that no other task uses",
		}, {
			Name: "keep_events", Default: "30d", parts: server,
			set:     func(v *values, text string) error { return setKeep(&v.KeepEvents, text, leastKept) },
			Allowed: allowedKeep,
			Help:    "how long the history of tasks that have ended is kept",
		}, {
			Name: "keep_idempotency_keys", Default: "24h", parts: server, set: setKeepKeys,
			Allowed: "days, hours or both, such as 24h or 7d, from 1h to 36500d",
			Help:    "how long a repeated request with the same Idempotency-Key is answered with the task of the first",
		},
	}
}

// workSettings are those of what the server does.
func workSettings() []Setting {
	return []Setting{
		{
			Name: "config", Path: true, parts: []Part{PartServer, PartFile}, set: func(v *values, text string) error { v.Config = text; return nil },
			Allowed: "the path of a YAML file; empty makes every video with the built-in renderer",
			Help:    "settings file of engines, their keys, and which of them make which models (docs/engines.md)",
		}, {
			Name: "workers", parts: []Part{PartServer}, set: setWorkers,
			Allowed: "a whole number from 1 to 1024; empty takes one for each processor core that the process may use, by the limit of its container too",
			Help:    "videos rendered on this machine at once",
		}, {
			Name: "role", Default: "all", Choices: []string{string(RoleAll), string(RoleAPI), string(RoleWorker)}, parts: []Part{PartServer}, set: setRole,
			Allowed: "all, api or worker; api and worker need FILMGATE_DATABASE_URL and FILMGATE_BLOB_URL",
			Help:    "what this server does: api answers calls and works on no task, worker works on tasks and answers no calls, all does both (docs/many-nodes.md)",
		}, {
			Name: "blocked_words", Path: true, parts: []Part{PartServer}, set: setBlocked,
			Allowed: "the path of a text file of at most 1 MiB with a word or a phrase on each line, # before comments; an empty file refuses nothing; empty takes the renderer's own list",
			Help:    "words that the built-in renderer refuses in prompts, in place of its own short list of sex and slurs (docs/engines.md)",
		}, {
			Name: "log", Default: "info", Choices: []string{"debug", "info", "warn", "error"}, parts: []Part{PartServer}, set: setLog,
			Allowed: "debug, info, warn or error",
			Help:    "least level that is logged",
		}, {
			Name: "debug_addr", parts: []Part{PartServer}, set: setDebugAddr,
			Allowed: "HOST:PORT with localhost or a loopback address such as 127.0.0.1 or [::1]; or unix:/PATH for a Unix socket; empty serves none",
			Help:    "address of the Go runtime's profiles (/debug/pprof/), which ask for no key (docs/metrics.md)",
		},
	}
}

// encoderSettings are those of how the built-in renderer compresses its videos.
func encoderSettings() []Setting {
	server := []Part{PartServer}
	return []Setting{
		{
			Name: "encoder", Default: defaultCodec, Choices: []string{"libx264", "h264_nvenc", "h264_qsv", autoCodec}, parts: server, set: setCodec,
			Allowed: "libx264, h264_nvenc, h264_qsv, or auto: the first in hardware that works here, else libx264",
			Help:    "ffmpeg's encoder for videos of the built-in renderer; with those in hardware the same request makes slightly different videos on different machines",
		}, {
			Name: "encoder_preset", Default: "veryfast", parts: server, set: setPreset,
			Choices: []string{"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"},
			Allowed: "ultrafast, superfast, veryfast, faster, fast, medium, slow, slower or veryslow",
			Help:    "effort of libx264: slower makes smaller files of the same quality",
		}, {
			Name: "encoder_quality", Default: "18", parts: server,
			set:     func(v *values, text string) error { return setNumber(&v.Encoder.CRF, text, 1, 51) },
			Allowed: "a whole number from 1 (best, largest) to 51",
			Help:    "constant rate factor of videos of the built-in renderer",
		}, {
			Name: "encoder_threads", Default: strconv.Itoa(render.DefaultThreads), parts: server,
			set:     func(v *values, text string) error { return setNumber(&v.Encoder.Threads, text, 1, 128) },
			Allowed: "a whole number from 1 to 128",
			Help:    "threads of one encoder, however many cores there are; the same number makes the same file on every machine with the same ffmpeg",
		},
	}
}

// clientSettings are those of the commands that call a running server.
func clientSettings() []Setting {
	return []Setting{{
		Name: "url", Default: "http://127.0.0.1:8080", parts: []Part{PartClient}, set: setServer,
		Allowed: "an http or https URL, with the path of a proxy if it has one, without query or user",
		Help:    "server to talk to",
	}}
}
