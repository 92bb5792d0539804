#!/usr/bin/env bash
# Builds the packages of two versions, the newer one twice in different folders, and compares these. It compares what the rpm and the apk
# hold with what the deb holds. Then it installs the older deb in a bare Debian, starts the service as its unit does, makes a video,
# upgrades with tasks in flight, removes and purges. It needs root, debootstrap, systemd-analyze, curl, rpm and a Debian mirror, and
# starts no systemd: what that would do (the user, the folders, the environment) is done here, from what the unit says.
#   scripts/packages-test.sh NFPM CYCLONEDX_GOMOD
# OLD_DEB is a deb to upgrade from. Without it one is built of the commit OLD_COMMIT: of the last release unless it is set, or of the
# first commit that could build packages. DEBIAN is a folder with a bare Debian that has ffmpeg and ca-certificates; without it
# debootstrap makes one.
set -euo pipefail
[ -n "${IN_NAMESPACE:-}" ] || exec env IN_NAMESPACE=1 unshare --mount --propagation private "$0" "$@" # its mounts end with it
cd "$(dirname "$0")/.."
nfpm=$1 cyclonedx=$2
work=$(mktemp -d)
chmod 755 "$work"
server=
finish() {
  [ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null || true
  umount "$root/proc" 2>/dev/null || true
  [ ! -e "$work/source" ] || git worktree remove --force "$work/source"
  rm -rf "$work"
}
trap finish EXIT
root=$work/root
step() { echo "== $*"; }
fail() { echo "FAILED: $*" >&2; tail -n 20 "$work/log" >&2; exit 1; }

# packages VERSION FOLDER builds the packages for this machine's Linux.
packages() { VERSION=$1 DIST=$work/$2 PLATFORMS=linux/$(go env GOHOSTARCH) scripts/packages.sh "$nfpm" "$cyclonedx" >"$work/log" || fail "it can't be built"; }

step "build version 0.0.2 twice"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
packages 0.0.2 new
mkdir "$work/copy"
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$work/copy"
(cd "$work/copy" && packages 0.0.2 again)
diff -r "$work/new" "$work/again" || fail "the two differ"
(cd "$work/new" && sha256sum --quiet -c SHA256SUMS)
new=$(ls "$work"/new/*.deb)

# Each file of a package: its kind and rights, its owner and group, its path as the deb has it, and where it points to.
of_deb() { dpkg-deb --fsys-tarfile "$1" | tar -tvf - | awk '{ print $1, $2, $6, $8 }' | sed 's| \./| /|' | grep -v '^d'; }
of_rpm() { rpm -qp --qf '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES} %{FILELINKTOS}\n]' "$1" | sed 's|/zsh/site-functions/|/zsh/vendor-completions/|' | grep -v '^d'; }
of_apk() { tar --warning=no-unknown-keyword -tvzf "$1" | awk '{ print $1, $2, "/" $6, $8 }' | sed 's|/zsh/site-functions/|/zsh/vendor-completions/|' | grep -v -e '^d' -e ' /\.[A-Z-]*[. ]'; }
step "compare the rpm and the apk with the deb"
for package in deb rpm apk; do
  "of_$package" "$work"/new/*.$package | sed 's| *$||' | sort -k 3 >"$work/$package.list"
done
cat "$work/deb.list"
for file in "-rwxr-xr-x root/root /usr/bin/filmgate" "-rw------- root/root /etc/filmgate/filmgate.env" "-rw-r--r-- root/root /etc/filmgate/filmgate.yaml"; do
  grep -qxF -- "$file" "$work/deb.list" || fail "the deb lacks $file"
done
[ -z "$(grep -v ' root/root ' "$work/deb.list")" ] || fail "not all files are root's"
diff "$work/deb.list" "$work/rpm.list" || fail "the rpm holds other files"
diff <(grep -v /systemd/ "$work/deb.list") "$work/apk.list" || fail "the apk holds other files" # Alpine has no systemd
[ "$(rpm -qp --qf '%{VERSION}-%{RELEASE} %{ARCH} %{LICENSE}' "$work"/new/*.rpm)" = "0.0.2-1 $(uname -m) Apache-2.0" ] || fail "the rpm says another version"
diff <(rpm -qp --configfiles "$work"/new/*.rpm | sort) <(printf '%s\n' /etc/filmgate/filmgate.{env,yaml}) || fail "an upgrade by rpm would replace the settings"
rpm -qp --recommends "$work"/new/*.rpm | grep -qx /usr/bin/ffmpeg || fail "the rpm does not recommend ffmpeg"
rpm -qp --scripts "$work"/new/*.rpm >"$work/scripts"
for part in 'postinstall .*systemctl' 'preuninstall .*systemctl' 'postuninstall .*systemctl'; do
  tr '\n' ' ' <"$work/scripts" | grep -q "$part" || fail "the rpm has no script with $part"
done
tar --warning=no-unknown-keyword -xOzf "$work"/new/*.apk .PKGINFO >"$work/pkginfo"
for line in 'pkgname = filmgate' 'pkgver = 0.0.2' "arch = $(uname -m)" 'depend = ffmpeg' 'license = Apache-2.0'; do
  grep -q "^$line" "$work/pkginfo" || fail "the apk's .PKGINFO lacks $line"
done

if [ -z "${OLD_DEB:-}" ]; then
  commit=${OLD_COMMIT:-$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || git log --diff-filter=A --format=%H -- scripts/packages.sh | tail -n 1)}
  step "build version 0.0.1 of $(git log -1 --format='%h, %cs' "$commit")"
  git worktree add --quiet --detach "$work/source" "$commit"
  (cd "$work/source" && packages 0.0.1 old)
  OLD_DEB=$(ls "$work"/old/*.deb)
fi

step "make a bare Debian"
if [ -n "${DEBIAN:-}" ]; then
  cp -a "$DEBIAN" "$root"
else
  debootstrap --variant=minbase --include=ffmpeg,ca-certificates bookworm "$root" >"$work/debootstrap.log" || { tail "$work/debootstrap.log"; exit 1; }
fi
mount -t proc proc "$root/proc"
unit=$root/usr/lib/systemd/system/filmgate.service
data=$root/var/lib/private/filmgate
uid=64123 # one of those that systemd gives to services whose user is dynamic
key=a-key-of-the-test-of-packages
version() { dpkg_in -l filmgate | awk '$2 == "filmgate" { print $3 }'; }
dpkg_in() { chroot "$root" env DEBIAN_FRONTEND=noninteractive dpkg "$@"; }

# setting NAME prints the values that the unit has for it.
setting() { sed -n "s/^$1=//p" "$unit"; }

# start runs the unit's command line as systemd would. $base is then the server's URL.
start() {
  : >"$work/log"
  # shellcheck disable=SC2046 # the unit's words are to be split
  setpriv --reuid $uid --regid $uid --clear-groups --no-new-privs --bounding-set=-all \
    env -i PATH=/usr/bin:/bin $(setting Environment) $(grep -v '^#' "$root/etc/filmgate/filmgate.env") \
    unshare --map-current-user --root "$root" -- $(setting ExecStart) >>"$work/log" 2>&1 &
  server=$!
  base=
  for _ in $(seq 600); do
    base=$(sed -n 's/^listening on //p' "$work/log")
    [ -z "$base" ] || return 0
    kill -0 $server 2>/dev/null || { server=; fail "the service ended while it started"; }
    sleep 0.1
  done
  fail "the service does not listen"
}

stop() { kill -TERM "$server"; wait "$server" || fail "the service ended with status $?"; server=; }
client() { chroot "$root" env FILMGATE_URL="$base" FILMGATE_API_KEY=$key /usr/bin/filmgate "$@"; }
states() { curl -sf -H "Authorization: Bearer $key" "$base/api/v1/tasks" | grep -o '"status": *"[A-Z]*"' | sort | uniq -c | tr -s ' \n' ' '; }

step "install $(basename "$OLD_DEB")"
cp "$OLD_DEB" "$root/old.deb"
dpkg_in -i /old.deb >/dev/null
first=$(version)
echo "$first"
[ "$(stat -c %a "$root/etc/filmgate/filmgate.env")" = 600 ] || fail "all may read filmgate.env"
chroot "$root" filmgate config check --config /etc/filmgate/filmgate.yaml

step "check the unit"
mkdir "$work/units"
cp "$root"/usr/lib/systemd/system/filmgate.* "$work/units"
sed -i "s|^ExecStart=|&$root|" "$work/units/filmgate.service" # it is not installed here
systemd-analyze verify --man=no "$work"/units/filmgate.*
systemd-analyze security --offline=yes --threshold=20 --no-pager "$work/units/filmgate.service" | tail -n 1

step "start it without rights on its folder"
mkdir -p "$data"
chmod 700 "$data"
ln -s private/filmgate "$root/var/lib/filmgate"
printf 'FILMGATE_ADDR=127.0.0.1:0\nFILMGATE_API_KEY=%s\n' $key >>"$root/etc/filmgate/filmgate.env"
chmod 755 "$root/var/lib/private"
(start) 2>/dev/null && fail "it started"
grep -q 'FILMGATE_DATA (--data): .*/var/lib/filmgate' "$work/log" || fail "it does not name the folder"
[ "$(wc -l <"$work/log")" = 1 ] || fail "that is not one line"
cat "$work/log"

step "make a video"
chown $uid:$uid "$data"
start
client generate --prompt 'a lighthouse in a storm, the camera pushes in' --seconds 5 -o /video.mp4
chroot "$root" ffprobe -v error -show_entries stream=codec_name,width,height /video.mp4 -of csv=p=0

step "upgrade to $(basename "$new") with tasks in flight"
for n in 1 2 3 4; do
  curl -sf -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "{\"prompt\":\"a boat at sea, take $n\"}" "$base/api/v1/tasks" >/dev/null
done
echo "before: $(states)"
cp "$new" "$root/new.deb"
dpkg_in -i /new.deb >/dev/null
stop
start
[ "$(version)" != "$first" ] || fail "the version is still $first"
grep -q "^FILMGATE_API_KEY=$key" "$root/etc/filmgate/filmgate.env" || fail "the settings are gone"
for _ in $(seq 1200); do
  case $(states) in *QUEUED* | *PENDING* | *RUNNING* | *THROTTLED*) sleep 0.5 ;; *) break ;; esac
done
echo "after:  $(states)"
[[ "$(states | tr -d ' ')" = '5"status":"SUCCEEDED"' ]] || fail "not all tasks succeeded"
stop

step "remove and purge"
dpkg_in -r filmgate >/dev/null
[ ! -e "$root/usr/bin/filmgate" ] || fail "the program is still there"
[ -e "$root/etc/filmgate/filmgate.env" ] || fail "a removal deleted the settings"
dpkg_in -P filmgate
[ ! -e "$root/etc/filmgate" ] || fail "/etc/filmgate is still there"
[ -s "$data/filmgate.db" ] || fail "a purge deleted the data"
left=$(find "$root/usr" "$root/etc" -name '*filmgate*')
[ -z "$left" ] || fail "left: $left"
echo "ok"
