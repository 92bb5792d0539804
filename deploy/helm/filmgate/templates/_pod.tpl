{{- define "filmgate.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "filmgate.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "filmgate.image" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- /* The volume of files in the making. */}}
{{- define "filmgate.scratch" -}}
- name: data
  {{- if .Values.scratch.sizeLimit }}
  emptyDir: {sizeLimit: {{ .Values.scratch.sizeLimit | quote }}}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}

{{- /* Variables of a server. It takes root, role and renders (0: it renders nothing). */}}
{{- define "filmgate.env" -}}
{{- $root := .root }}
- {name: FILMGATE_ADDR, value: "0.0.0.0:8080"}
- {name: FILMGATE_DATA, value: /data}
- {name: FILMGATE_ROLE, value: {{ .role }}}
{{- if .renders }}
- {name: FILMGATE_WORKERS, value: {{ .renders | quote }}}
{{- end }}
{{- if $root.Values.config }}
- {name: FILMGATE_CONFIG, value: /etc/filmgate/filmgate.yaml}
{{- end }}
{{- with include "filmgate.publicURL" $root }}
{{- if not (hasKey $root.Values.settings "FILMGATE_PUBLIC_URL") }}
- {name: FILMGATE_PUBLIC_URL, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- range $name, $value := $root.Values.settings }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- /* By name, so that Kubernetes says which one the Secret lacks. */}}
{{- range include "filmgate.needed" $root | splitList " " }}
- name: {{ . }}
  valueFrom: {secretKeyRef: {name: {{ include "filmgate.secret" $root }}, key: {{ . }}}}
{{- end }}
{{- with $root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* A pod of a server. It takes root, component, role, renders, values (of the component) and ownVolume (it has a volume "data"). */}}
{{- define "filmgate.pod" -}}
{{- $root := .root }}
metadata:
  labels:
    {{- include "filmgate.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    {{- /* A change of either starts the pods anew. */}}
    checksum/config: {{ toJson $root.Values.config | sha256sum }}
    checksum/secret: {{ toJson $root.Values.secret | sha256sum }}
    {{- with .values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "filmgate.serviceAccount" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 45
  {{- with $root.Values.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- range $field := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
  {{- with index $.values $field }}
  {{ $field }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  securityContext:
    {{- include "filmgate.podSecurity" $root | nindent 4 }}
  containers:
    - name: filmgate
      {{- include "filmgate.image" $root | nindent 6 }}
      args: [serve]
      ports:
        - {name: http, containerPort: 8080}
      env:
        {{- include "filmgate.env" . | trim | nindent 8 }}
      envFrom:
        - secretRef: {name: {{ include "filmgate.secret" $root }}}
      {{- /* It listens when its tables are at its version, which may take minutes. */}}
      startupProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 2
        failureThreshold: 300
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 10
        timeoutSeconds: 6
        failureThreshold: 3
      lifecycle:
        {{- /* Calls still come until all nodes know that it ends. The server itself ends within 30 s. */}}
        preStop: {exec: {command: [sleep, "10"]}}
      {{- with .values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "filmgate.containerSecurity" $root | nindent 8 }}
      volumeMounts:
        - {name: data, mountPath: /data}
        - {name: tmp, mountPath: /tmp}
        {{- if $root.Values.config }}
        - {name: config, mountPath: /etc/filmgate, readOnly: true}
        {{- end }}
        {{- with $root.Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - {name: tmp, emptyDir: {}}
    {{- if not .ownVolume }}
    {{- include "filmgate.scratch" $root | nindent 4 }}
    {{- end }}
    {{- if $root.Values.config }}
    - name: config
      configMap: {name: {{ include "filmgate.fullname" $root }}}
    {{- end }}
    {{- with $root.Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with .claim }}
    - name: data
      persistentVolumeClaim: {claimName: {{ . }}}
    {{- end }}
{{- end }}
