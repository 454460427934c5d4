#!/usr/bin/env bash
# Prints how often programs read the captcha picture and understand its sound: stock OCR after simple
# preprocessing, a matcher of the known strokes, a small network trained with our own source, a stock
# speech recognizer, and a matcher of the public clips. The rates are measured, not asserted, because
# the counters are what protects. Usage: scripts/captcha-rate.sh [number of pictures]
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-200}
command -v tesseract >/dev/null || { echo "tesseract is missing: make setup" >&2; exit 1; }
venv=target/tools/captcha-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import cv2, numpy, pocketsphinx' 2>/dev/null ||
  "$venv/bin/pip" install -q numpy opencv-python-headless pocketsphinx
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

draw() { # draw <folder> <how many>: with the server's own code, five fetches of each id
  mkdir "$work/$1"
  KEEP_PICTURES="$work/$1" N_PICTURES="$2" \
    cargo test -q -p cloud --test it -- the_captcha_recognition_rate_is_measured >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; exit 1; }
}
draw judged "$count"
draw learned $((count * 4))

"$venv/bin/python" tools/captcha/attack.py crates/cloud/src/accounts/bot_check/captcha/strokes.rs "$work/judged" "$work/learned"
"$venv/bin/python" tools/captcha/listen.py crates/cloud/voices/en.ulaw "$work/judged"
