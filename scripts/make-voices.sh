#!/usr/bin/env bash
# Speaks the letters of the captcha in every language of the pages (crates/cloud/voices/*.ulaw),
# with espeak-ng and ffmpeg from Debian. One file per language: for each character its letter, the
# length in bytes (big-endian, 16 bits), and 8 kHz µ-law samples without the silence around them.
set -euo pipefail
cd "$(dirname "$0")/.."
characters="A B C D E F H K M N P R T U V W X Y 3 4 6 7 9"
declare -A voice=([en]=en-us [de]=de [es]=es [fr]=fr-fr [pt]=pt-br [zh]=cmn)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trim="silenceremove=start_periods=1:start_threshold=-45dB"

for language in "${!voice[@]}"; do
  out=crates/cloud/voices/$language.ulaw
  : > "$out"
  for character in $characters; do
    espeak-ng -v "${voice[$language]}" -s 140 -a 160 -w "$work/one.wav" \
      -m "<say-as interpret-as=\"characters\">$character</say-as>"
    # Maximum µ-law volume for each letter, because loudnorm cannot measure a third of a second.
    clean="highpass=f=180,$trim,areverse,$trim,areverse,aresample=8000"
    peak=$(ffmpeg -i "$work/one.wav" -af "$clean,volumedetect" -f null - 2>&1 | sed -n 's/.*max_volume: \(.*\) dB/\1/p')
    ffmpeg -v error -y -i "$work/one.wav" -af "$clean,volume=$(awk "BEGIN { print -1 - ($peak) }")dB" \
      -ar 8000 -ac 1 -f mulaw "$work/one.ulaw"
    length=$(stat -c %s "$work/one.ulaw")
    printf '%s' "$character" >> "$out"
    printf "\\x$(printf %02x $((length / 256)))\\x$(printf %02x $((length % 256)))" >> "$out"
    cat "$work/one.ulaw" >> "$out"
  done
  echo "$out: $(stat -c %s "$out") bytes"
done
