{{- define "filmgate.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "filmgate.selector" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "filmgate.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "filmgate.selector" . }}
{{- /* A label has fewer letters than a tag: 63 at most, none of them at the ends a sign. */}}
app.kubernetes.io/version: {{ .Values.image.tag | trunc 63 | trimAll "-._" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* The component that answers calls. */}}
{{- define "filmgate.front" -}}
{{- if eq .Values.mode "single" }}single{{ else }}api{{ end }}
{{- end }}

{{- define "filmgate.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "filmgate.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end }}

{{- define "filmgate.secret" -}}
{{- .Values.secret.existingSecret | default (include "filmgate.fullname" .) -}}
{{- end }}

{{- /* The keys that the secret must have, in one line. */}}
{{- define "filmgate.needed" -}}
FILMGATE_API_KEY{{ if eq .Values.mode "scaled" }} FILMGATE_DATABASE_URL FILMGATE_BLOB_URL{{ end }}
{{- end }}

{{- define "filmgate.publicURL" -}}
{{- if .Values.ingress.enabled -}}
{{- printf "%s://%s%s" (ternary "https" "http" (ne .Values.ingress.tlsSecret "")) .Values.ingress.host (trimSuffix "/" .Values.ingress.path) -}}
{{- end -}}
{{- end }}
