#!/usr/bin/env bash
# Checks what packaging/build.sh wrote: installs the Debian package in a fresh Debian, starts both halves as their
# users, upgrades, removes and purges; runs the arm64 binary under emulation; builds the container. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then exec sudo --preserve-env=PATH "$0" "$@"; fi
out=$PWD/target/package root=$PWD/target/package/debian
version=$("$out/peerview-amd64" --version)
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

fail() { echo "FAILED: $*" >&2; exit 1; }
passed() { echo "  ok  $*"; }
need() { # need <command> <package>...
  command -v "$1" >/dev/null || apt-get install -q -y --no-install-recommends "${@:2}" >/dev/null
}
inside() { chroot "$root" "$@"; }
has() { [ -e "$root/$1" ] || fail "$1 is missing $2"; }
has_not() { [ ! -e "$root/$1" ] || fail "$1 is left $2"; }

install_package() {
  cp "$1" "$root/tmp/peerview.deb"
  inside dpkg -i /tmp/peerview.deb >"$out/dpkg.log" 2>&1 || { cat "$out/dpkg.log"; fail "dpkg -i $1"; }
}

# Runs a half as its service would, in its own network, until it prints the words; then stops it.
start() { # start <half> <words>
  local log=$out/check-$1.log reader
  : >"$log"
  unshare --net sh -c 'ip link set lo up && exec chroot --userspec="peerview-$1:peerview-$1" "$2" \
    /usr/bin/peerview "$1" --config "/etc/peerview/$1.toml"' sh "$1" "$root" >"$log" 2>&1 &
  reader=$!
  timeout 60 grep -qm1 "$2" <(tail -n +1 -F "$log" 2>/dev/null) || { cat "$log"; fail "$1 never printed '$2'"; }
  kill -TERM "$reader"
  wait "$reader" || fail "$1 did not end cleanly: $(tail -n 3 "$log")"
}

need debootstrap debootstrap
need qemu-aarch64-static qemu-user-static
need buildah buildah crun
need ip iproute2

! ldd "$out/peerview-amd64" 2>/dev/null | grep -q "=>" || fail "the amd64 binary needs libraries"
case $version in *"(commit "*) passed "$version" ;; *) fail "no commit in '$version'" ;; esac
[ "$(qemu-aarch64-static "$out/peerview-arm64" --version)" = "$version" ] || fail "the arm64 binary says another version"
qemu-aarch64-static "$out/peerview-arm64" check-config packaging/agent.example.toml >/dev/null || fail "arm64: check-config"
[ "$(dpkg-deb -f "$out/peerview_arm64.deb" Architecture)" = arm64 ] || fail "architecture of the arm64 package"
passed "arm64 runs under emulation"

if [ ! -x "$root/usr/bin/dpkg" ]; then
  debootstrap --variant=minbase --include=adduser,ca-certificates,systemd bookworm "$root" >"$out/debootstrap.log" 2>&1 ||
    { tail -n 5 "$out/debootstrap.log"; fail "debootstrap"; }
fi
inside dpkg --purge peerview >/dev/null 2>&1 || true
rm -rf "${root:?}"/etc/peerview "$root"/var/lib/peerview-*

install_package "$out/peerview_amd64.deb"
for half in cloud agent; do
  has "lib/systemd/system/peerview-$half.service" "after the installation"
  [ "$(inside stat -c '%a %U' "/var/lib/peerview-$half")" = "700 peerview-$half" ] || fail "the data of $half is open to others"
  inside systemd-analyze verify "peerview-$half.service" || fail "the unit of $half"
  inside systemd-analyze security --offline=true --threshold=20 "peerview-$half.service" >"$out/security-$half.txt" ||
    { tail -n 1 "$out/security-$half.txt"; fail "peerview-$half.service is less closed than 2.0"; }
  passed "peerview-$half: $(tail -n 1 "$out/security-$half.txt" | grep -o 'Overall.*')"
done

sed 's/0.0.0.0:443/127.0.0.1:18443/; /public_url/d; /^\[cloud.tls\]/,/^$/d; /^\[cloud.mail\]/,$d' packaging/cloud.example.toml >"$root/etc/peerview/cloud.toml"
sed 's#https://cloud.example.org#http://127.0.0.1:18443#' packaging/agent.example.toml >"$root/etc/peerview/agent.toml"
install_package "$out/peerview_amd64.deb"
[ "$(inside stat -c '%a %G' /etc/peerview/agent.toml)" = "640 peerview-agent" ] || fail "others can read agent.toml"
start cloud "Set up:"
start agent "Serial"
keys() { (cd "$root/var/lib" && find peerview-cloud peerview-agent '(' -name server.key -o -name identity.json ')' -print0 | sort -z | xargs -0 sha256sum); }
before=$(keys)
[ "$(wc -l <<<"$before")" -ge 2 ] || fail "no keys were written: $before"
passed "cloud and agent start as their users"

cargo deb --quiet --package peerview --target x86_64-unknown-linux-musl --no-build --no-strip --deb-version 99.0-1 --output "$out/upgrade.deb" >/dev/null
install_package "$out/upgrade.deb"
rm "$out/upgrade.deb"
[ "$(inside dpkg-query -W -f '${Version}' peerview)" = 99.0-1 ] || fail "the upgrade"
start cloud "Listening:"
start agent "Serial"
[ "$(keys)" = "$before" ] || fail "an upgrade changed the keys"
passed "an upgrade keeps data and settings"

inside dpkg -r peerview >/dev/null 2>&1
has_not usr/bin/peerview "after the removal"
[ "$(keys)" = "$before" ] || fail "a removal deleted keys"
inside dpkg --purge peerview >/dev/null 2>&1
has_not var/lib/peerview-cloud "after a purge"
has_not etc/peerview "after a purge"
! grep -q '^peerview-' "$root/etc/passwd" || fail "a user is left after a purge"
passed "a removal keeps data, a purge leaves nothing"

buildah build --isolation chroot --quiet -f packaging/Containerfile -t peerview "$out" >/dev/null
container=$(buildah from peerview)
said=$(buildah run --isolation chroot "$container" -- /usr/bin/peerview --version)
buildah rm "$container" >/dev/null
[ "$said" = "$version" ] || fail "the container says '$said'"
passed "the container runs"
