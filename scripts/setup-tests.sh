#!/usr/bin/env bash
# Installs what the tests need besides Rust, from Debian's packages. Installs only what is missing,
# and prints it. Uses sudo when not root. Nothing here is needed to build or run Peerview itself.
# Usage: setup-tests.sh [interop], which adds what only `make interop` needs
set -euo pipefail

# package: why
wanted=(
  "build-essential: C parts of the TLS and SQLite crates"
  "chromium-driver: WebDriver for the browser of the browser stories"
  "chromium-headless-shell: that browser, without a window"
  "conntrack: lets the routers of the lab of paths forget connections"
  "coturn: a third-party TURN server, compared with the relay"
  "dnsmasq-base: a real DNS server for the doctor's tests"
  "firefox-esr: the other browser of the browser stories"
  "ffmpeg: checks the simulated recorder with a third-party player"
  "fonts-dejavu-core: letters on the pages and in the clips"
  "gir1.2-gst-rtsp-server-1.0: GStreamer's RTSP server, a third-party recorder"
  "gstreamer1.0-plugins-base: its test picture and test tone"
  "gstreamer1.0-plugins-good: RTP and G.711"
  "gstreamer1.0-plugins-bad: H.264 parser"
  "gstreamer1.0-plugins-ugly: x264 encoder"
  "iproute2: network namespaces for the lab of paths"
  "libnftnl11: miniupnpd, the port mapping of its routers"
  "nftables: NAT of its routers"
  "oathtool: a third-party authenticator app"
  "openssl: scans the cloud's TLS, and makes certificates for the mail server of the tests"
  "procps: sysctl for its routers"
  "pebble: a real ACME server to get certificates from"
  "postgresql: the other database of the cloud; the tests start servers of their own"
  "python3-dkim: checks our DKIM signatures with somebody else's code"
  "python3-nacl: Ed25519 for it"
  "python3-gi: runs that server"
  "tesseract-ocr: reads the picture of letters, to print how often a program can"
  "python3-aiosmtpd: a real SMTP server for the mail tests"
  "zbar-tools: reads the QR code for code apps"
)

if [ "${1:-}" = interop ]; then
  wanted+=(
    "gstreamer1.0-tools: plays the simulated recorder from a command line"
    "python3-venv: a place for the Python packages that ask the simulated recorder"
    "vlc-bin: another player, and another RTSP server"
    "vlc-plugin-base: its formats and protocols"
  )
fi

missing=()
is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

if ! command -v dpkg-query >/dev/null; then
  echo "The tests install Debian packages, and this is not Debian. Install these yourself:" >&2
  printf '  %s\n' "${wanted[@]}" "nodejs and npm: tests and type check of the pages' JavaScript" >&2
  exit 1
fi
for entry in "${wanted[@]}"; do
  is_installed "${entry%%:*}" || missing+=("$entry")
done
# Node.js often does not come from Debian; it only has to run.
command -v node >/dev/null || missing+=("nodejs: tests of the pages' JavaScript")
command -v npm >/dev/null || missing+=("npm: fetches axe-core and the TypeScript checker")

# Firefox's driver, which Debian does not have. It is not optimised, because it waits most of the time.
GECKODRIVER=0.37.1
build_driver() {
  [ "$("$tools/bin/geckodriver" --version 2>/dev/null | head -1)" != "geckodriver $GECKODRIVER" ] || return 0
  echo "Building geckodriver into target/tools."
  CARGO_PROFILE_DEV_DEBUG=false cargo install -q --debug --locked --root "$tools" "geckodriver@$GECKODRIVER"
}

# A real time server for the doctor's tests, and port mapping for the routers of the lab. They are unpacked
# next to the build and not installed, because the packages would change the services of this machine.
tools="$(dirname "$0")/../target/tools"
unpack() { # unpack <package> <folder> <program>
  [ ! -x "$tools/$2/$3" ] || return 0
  echo "Unpacking $1 into target/tools."
  local folder
  folder=$(mktemp -d)
  (cd "$folder" && apt-get download -q "$1")
  mkdir -p "$tools/$2"
  dpkg-deb -x "$folder/$1"_*.deb "$tools/$2"
  rm -r "$folder"
}
unpack_all() {
  unpack chrony chrony usr/sbin/chronyd
  unpack miniupnpd-nftables miniupnpd usr/sbin/miniupnpd
}

if [ ${#missing[@]} -eq 0 ]; then
  unpack_all
  build_driver
  echo "Everything the tests need is installed."
  exit 0
fi

echo "Installing with apt-get:"
printf '  %s\n' "${missing[@]}"
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]%%:*}"
# The measurements start coturn themselves. As a service of this machine it would hold the relay's port.
if [[ " ${missing[*]%%:*} " == *" coturn "* ]] && command -v systemctl >/dev/null; then
  "${as_root[@]}" systemctl disable --now coturn 2>/dev/null || true
fi
unpack_all
build_driver
