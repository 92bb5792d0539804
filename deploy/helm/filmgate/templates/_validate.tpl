{{- /* Fails with all that is wrong with the values and that their schema can't say. */}}
{{- define "filmgate.validate" -}}
{{- $wrong := concat (include "filmgate.wrong.image" . | fromJsonArray) (include "filmgate.wrong.secret" . | fromJsonArray) (include "filmgate.wrong.settings" . | fromJsonArray) (include "filmgate.wrong.scaling" . | fromJsonArray) -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- $wrong = append $wrong "ingress.host is missing: the host name under which callers reach the server" -}}
{{- end -}}
{{- if $wrong -}}
{{- fail (printf "\nto fix in the values:\n  - %s" (join "\n  - " $wrong)) -}}
{{- end -}}
{{- end }}

{{- define "filmgate.wrong.image" -}}
{{- $wrong := list -}}
{{- if or (not .Values.image.repository) (not .Values.image.tag) -}}
{{- $wrong = append $wrong "image.repository and image.tag: both are needed, since there is no public image yet; build deploy/docker/Dockerfile, push it to a registry of yours, and name it" -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end }}

{{- define "filmgate.wrong.secret" -}}
{{- $wrong := list -}}
{{- $needed := include "filmgate.needed" . | splitList " " -}}
{{- $what := dict "FILMGATE_API_KEY" "a key to call with, of 16 printable characters or more" "FILMGATE_DATABASE_URL" "mode scaled needs postgres://USER:PASSWORD@HOST:5432/DATABASE" "FILMGATE_BLOB_URL" "mode scaled needs s3://BUCKET?region=REGION" -}}
{{- with .Values.secret -}}
{{- if and .existingSecret .values -}}
{{- $wrong = append $wrong "secret.existingSecret and secret.values: give one of them" -}}
{{- else if .existingSecret -}}
{{- /* Only where there is a cluster, as in an install, can the Secret be read. */ -}}
{{- $found := lookup "v1" "Secret" $.Release.Namespace .existingSecret -}}
{{- range $needed -}}
{{- if and $found (not (index ($found.data | default dict) .)) -}}
{{- $wrong = append $wrong (printf "secret.existingSecret: the Secret %q has no key %s: %s" $.Values.secret.existingSecret . (index $what .)) -}}
{{- end -}}
{{- end -}}
{{- else if not .values -}}
{{- $wrong = append $wrong (printf "secret: there is none; name a Secret of the namespace with the keys %s in secret.existingSecret, or give their values in secret.values" (join ", " $needed)) -}}
{{- else -}}
{{- range $needed -}}
{{- if not (index $.Values.secret.values .) -}}
{{- $wrong = append $wrong (printf "secret.values.%s is missing: %s" . (index $what .)) -}}
{{- end -}}
{{- end -}}
{{- if and .values.FILMGATE_API_KEY (lt (len (toString .values.FILMGATE_API_KEY)) 16) -}}
{{- $wrong = append $wrong "secret.values.FILMGATE_API_KEY is too short: a key to call with has 16 printable characters or more" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end }}

{{- define "filmgate.wrong.settings" -}}
{{- $wrong := list -}}
{{- $elsewhere := dict "FILMGATE_ADDR" "the chart sets it; service.port is the port of the service" "FILMGATE_DATA" "the chart sets it; persistence is the volume" "FILMGATE_ROLE" "the chart sets it; use mode" "FILMGATE_WORKERS" "use single.renders or worker.renders" "FILMGATE_CONFIG" "use config" "FILMGATE_API_KEY" "it belongs in the secret" "FILMGATE_DATABASE_URL" "it belongs in the secret" "FILMGATE_BLOB_URL" "it belongs in the secret" "FILMGATE_TLS_CERT" "the probes and the service speak HTTP; use ingress.tlsSecret" "FILMGATE_TLS_KEY" "the probes and the service speak HTTP; use ingress.tlsSecret" "FILMGATE_URL" "it is a setting of the commands" -}}
{{- range $name := keys .Values.settings | sortAlpha -}}
{{- with index $elsewhere $name -}}
{{- $wrong = append $wrong (printf "settings.%s: %s" $name .) -}}
{{- end -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end }}

{{- define "filmgate.wrong.scaling" -}}
{{- $wrong := list -}}
{{- range $name := list "api" "worker" -}}
{{- with (index $.Values $name).autoscaling -}}
{{- if and .enabled (eq $.Values.mode "single") -}}
{{- $wrong = append $wrong (printf "%s.autoscaling.enabled: needs mode scaled; SQLite is for one server" $name) -}}
{{- end -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- $wrong = append $wrong (printf "%s.autoscaling: minReplicas %d is more than maxReplicas %d" $name (int .minReplicas) (int .maxReplicas)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with .Values.worker.autoscaling -}}
{{- if and .enabled (eq .type "keda") (not .prometheusAddress) -}}
{{- $wrong = append $wrong "worker.autoscaling.prometheusAddress is missing: type keda asks that Prometheus, such as http://prometheus-operated.monitoring:9090" -}}
{{- end -}}
{{- end -}}
{{- toJson $wrong -}}
{{- end }}
