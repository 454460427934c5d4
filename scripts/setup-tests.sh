#!/usr/bin/env bash
# Installs what the tests need besides Rust, from Debian's packages. Installs only what is missing,
# and prints it. Uses sudo when not root. Nothing here is needed to build or run Peerview itself.
set -euo pipefail

# package: why
wanted=(
  "build-essential: C parts of the TLS and SQLite crates"
  "chromium: the browser of the browser stories"
  "chromium-driver: WebDriver for it"
  "coturn: a TURN server nobody here wrote"
  "dnsmasq-base: a real DNS server for the doctor's tests"
  "ffmpeg: checks the simulated recorder with a player nobody here wrote"
  "fonts-dejavu-core: letters on the pages and in the clips"
  "gir1.2-gst-rtsp-server-1.0: GStreamer's RTSP server, a recorder nobody here wrote"
  "gstreamer1.0-plugins-base: its test picture and test tone"
  "gstreamer1.0-plugins-good: RTP and G.711"
  "gstreamer1.0-plugins-bad: H.264 parser"
  "gstreamer1.0-plugins-ugly: x264 encoder"
  "oathtool: a code app nobody here wrote"
  "openssl: scans the cloud's TLS, and makes certificates for the mail server of the tests"
  "pebble: a real ACME server to get certificates from"
  "postgresql: the other database of the cloud; the tests start servers of their own"
  "python3-dkim: checks our DKIM signatures with somebody else's code"
  "python3-nacl: Ed25519 for it"
  "python3-gi: runs that server"
  "tesseract-ocr: reads the picture of letters, to print how often a program can"
  "python3-aiosmtpd: a real SMTP server for the mail tests"
  "zbar-tools: reads the QR code for code apps"
)

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

# A real time server for the doctor's tests. It is unpacked next to the build and not installed, because
# the package would replace the time service of this machine.
chrony="$(dirname "$0")/../target/tools/chrony"
unpack_chrony() {
  [ ! -x "$chrony/usr/sbin/chronyd" ] || return 0
  echo "Unpacking chrony's time server into target/tools."
  local folder
  folder=$(mktemp -d)
  (cd "$folder" && apt-get download -q chrony)
  mkdir -p "$chrony"
  dpkg-deb -x "$folder"/chrony_*.deb "$chrony"
  rm -r "$folder"
}

if [ ${#missing[@]} -eq 0 ]; then
  unpack_chrony
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
unpack_chrony
