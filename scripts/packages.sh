#!/usr/bin/env bash
# Writes dist/: an archive for each platform, a deb, an rpm and an apk for those of Linux, a list of components (SBOM) in the form of
# CycloneDX for each program, and SHA256SUMS. The same commit gives the same files, whoever builds it where.
#   scripts/packages.sh NFPM CYCLONEDX_GOMOD
# PLATFORMS are those to build for, VERSION is the version (semver, without v), DIST the folder to write.
set -euo pipefail
cd "$(dirname "$0")/.."
nfpm=$1 cyclonedx=$2
dist=${DIST:-dist}
all="linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64"

# The date of the commit stands for that of the build.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
if [ -z "${VERSION:-}" ]; then
  # A commit without a tag of its own comes before the first release, and commits are in the order of their dates.
  VERSION=$(git describe --tags --exact-match --match 'v*' 2>/dev/null || echo "v0.0.0-git$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)")
  VERSION=${VERSION#v}
fi
[[ $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+[0-9]*)?$ ]] || { echo "VERSION is \"$VERSION\"; allowed: 1.2.3, or 1.2.3-rc1" >&2; exit 2; }
export SOURCE_DATE_EPOCH VERSION

rm -rf "$dist"
mkdir -p "$dist"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # GOOS GOARCH FILE
  CGO_ENABLED=0 GOOS=$1 GOARCH=$2 GOFLAGS= go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=v$VERSION" -o "$3" ./cmd/filmgate
}

# What the program writes of itself is the same on all platforms, so that of this one is asked.
host=$(go env GOHOSTOS)/$(go env GOHOSTARCH)
build "${host%/*}" "${host#*/}" "$work/filmgate"
mkdir -p "$work/shared/man" "$work/shared/completions"
"$work/filmgate" man "$work/shared/man"
for shell in bash zsh fish; do
  "$work/filmgate" completion $shell >"$work/shared/completions/filmgate.$shell"
done
mv "$work/shared/completions/filmgate.zsh" "$work/shared/completions/_filmgate" # as zsh looks for it
{ cat NOTICE; printf '\n'; cat LICENSE; printf '\n'; "$work/filmgate" version --licenses; } >"$work/shared/copyright"

archive() { # FOLDER FILE: the folder's owner, times and order are no part of the archive
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go+rX,go-w -C "$work" -cf - "$1" | gzip -n >"$2"
}

for platform in ${PLATFORMS:-$all}; do
  os=${platform%/*} ARCH=${platform#*/}
  name=filmgate_${VERSION}_${os}_$ARCH
  STAGE=$work/$name
  export ARCH STAGE
  cp -r "$work/shared" "$STAGE"
  program=$STAGE/filmgate
  [ "$os" != windows ] || program=$program.exe
  if [ "$platform" = "$host" ]; then cp "$work/filmgate" "$program"; else build "$os" "$ARCH" "$program"; fi
  "$cyclonedx" bin -json -noserial -notimestamp -version "v$VERSION" -output "$dist/$name.cdx.json" "$program"
  cp README.md CHANGELOG.md LICENSE NOTICE "$STAGE"
  archive "$name" "$dist/$name.tar.gz"
  [ "$os" = linux ] || continue
  gzip -n -9 "$STAGE"/man/*
  for packager in deb rpm apk; do
    "$nfpm" package --config deploy/packages/nfpm.yaml --packager $packager --target "$dist"
  done
done
(cd "$dist" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
ls -l "$dist"
