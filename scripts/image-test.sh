#!/usr/bin/env bash
# Builds deploy/docker/Dockerfile by buildah and runs the image by podman as docs/containers.md says: with a root file system that is read-only,
# without rights, with and without a volume. No registry is asked: the two images that the Dockerfile begins with, golang and debian, are made
# here of a bare Debian and of this machine's Go. Needs root, a Debian mirror, and Debian's buildah, podman, runc, debootstrap and curl.
#   scripts/image-test.sh
# DEBIAN is a folder with a bare Debian; without it debootstrap makes one.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
: >"$work/log"
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$work/storage" "$work/run" >"$work/storage.conf"
export CONTAINERS_STORAGE_CONF=$work/storage.conf
podman_() { podman --cgroup-manager cgroupfs --runtime runc "$@"; }
finish() {
  podman_ rm --all --force --time 5 >/dev/null 2>&1 || true
  buildah rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT
step() { echo "== $*"; }
fail() { echo "FAILED: $*" >&2; tail -n 20 "$work/log" >&2; exit 1; }

step "make the images that the Dockerfile begins with"
debian=${DEBIAN:-$work/debian}
[ -n "${DEBIAN:-}" ] || debootstrap --variant=minbase bookworm "$debian" >"$work/log" || fail "debootstrap does not work"
container=$(buildah from scratch)
buildah add --quiet "$container" "$debian" / >/dev/null
buildah commit --quiet "$container" docker.io/library/debian:bookworm-slim >/dev/null
# Go itself is mounted where golang's image has it, with the modules that this machine has.
buildah config --env PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin --env GOTOOLCHAIN=local --env GOPROXY=file:///modules --env GOSUMDB=off "$container"
buildah commit --quiet --rm "$container" docker.io/library/golang:1.26-bookworm >/dev/null

step "build the Dockerfile"
mkdir "$work/context"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$work/context"
go mod download
buildah bud --format docker --isolation chroot --pull-never --layers=false --volume "$(go env GOROOT):/usr/local/go:ro" --volume "$(go env GOMODCACHE)/cache/download:/modules:ro" --volume "$(go env GOCACHE):/root/.cache/go-build" \
  --build-arg VERSION=v0.0.1 -f "$work/context/deploy/docker/Dockerfile" -t filmgate "$work/context" >"$work/log" 2>&1 || fail "it can't be built"
grep -E '^(\[|STEP)' "$work/log"
podman_ image inspect --format '{{.Architecture}}, {{.Size}} bytes, user {{.User}}, {{.Config.Entrypoint}} {{.Config.Cmd}}, {{.Config.Env}}' filmgate
[ "$(podman_ image inspect --format '{{len .Config.Volumes}}' filmgate)" = 0 ] || fail "a volume of no name would hide that none was mounted"

# run OPTION… IMAGE COMMAND… runs a container as docs/containers.md says, with this host's network.
key=a-key-of-the-test-of-the-image
run() {
  podman_ run --network host --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 --cap-drop ALL --security-opt no-new-privileges -e FILMGATE_API_KEY=$key "$@"
}
hardened=(--read-only --tmpfs /tmp)

step "run it without a volume"
run "${hardened[@]}" --rm filmgate >"$work/log" 2>&1 && fail "it started, and could not have kept anything"
grep -q 'FILMGATE_DATA (--data): .*/data.*mount a volume' "$work/log" || fail "it does not say that a volume is missing"
tail -n 1 "$work/log"
run --name layer -d -e FILMGATE_ADDR=127.0.0.1:0 filmgate >"$work/log"

step "run it with a volume"
run "${hardened[@]}" --rm -v films:/data filmgate doctor || fail "doctor finds something"
port=$((20000 + RANDOM % 10000))
base=http://127.0.0.1:$port
run "${hardened[@]}" --name films -d -v films:/data -e FILMGATE_ADDR=127.0.0.1:$port filmgate >"$work/log"
for _ in $(seq 300); do curl -sf $base/readyz >/dev/null && break; sleep 0.2; done
podman_ logs films >"$work/log" 2>&1
curl -sf $base/readyz || fail "it is not ready"
client() { podman_ exec -e FILMGATE_URL=$base films filmgate "$@"; }
client generate --prompt 'a lighthouse in a storm, the camera pushes in' --seconds 5 -o /tmp/video.mp4
podman_ exec films ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 /tmp/video.mp4
[ "$(podman_ exec films stat -c %u /proc/1)" = 65532 ] || fail "it runs as another user"
podman_ exec films touch /x 2>/dev/null && fail "the root file system can be written to"

step "try its health check"
check=$(podman_ image inspect --format '{{json .HealthCheck.Test}}' filmgate)
echo "$check"
# It asks at the port of the image: so does this one, at the port of this container.
podman_ exec films "$(sed -E 's/.*"CMD","([a-z]+)".*/\1/' <<<"$check")" -c "$(sed -E 's/.*"-c","(.*)"\]$/\1/; s/\\u003e/>/g; s/\\u003c/</g; s/\\u0026/\&/g; s/\\"/"/g; s/\\\\/\\/g' <<<"$check" | sed "s|/8080|/$port|")" || fail "its health check fails"

step "stop it, and start another with the same volume"
podman_ stop --time 40 films >/dev/null
[ "$(podman_ inspect --format '{{.State.ExitCode}}' films)" = 0 ] || fail "it ended with status $(podman_ inspect --format '{{.State.ExitCode}}' films)"
podman_ rm films >/dev/null
run "${hardened[@]}" --name films -d -v films:/data -e FILMGATE_ADDR=127.0.0.1:$port filmgate >"$work/log"
for _ in $(seq 300); do curl -sf $base/readyz >/dev/null && break; sleep 0.2; done
client task list | grep SUCCEEDED || fail "its task is gone"

step "what a container says that keeps its data in its own layer"
podman_ logs layer >"$work/log" 2>&1
grep -E 'part of the container|listening' "$work/log" || fail "it says nothing"
echo ok
