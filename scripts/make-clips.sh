#!/usr/bin/env bash
# Draws the pictures and the sound of the simulated recorder: crates/simdvr/clips/*.
# The results are committed; run this again only to change a scene. Needs ffmpeg with libx264 and
# libx265 and the DejaVu fonts, and installs nothing.
set -euo pipefail

cd "$(dirname "$0")/.."
out=crates/simdvr/clips
seconds=8
font=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
mono=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf

command -v ffmpeg >/dev/null || {
  echo "make-clips: ffmpeg is missing; install the Debian package ffmpeg" >&2
  exit 1
}
[[ -f $font && -f $mono ]] || {
  echo "make-clips: the DejaVu fonts are missing; install the Debian package fonts-dejavu-core" >&2
  exit 1
}
encoders=$(ffmpeg -hide_banner -encoders 2>/dev/null)
for encoder in libx264 libx265; do
  [[ $encoders == *" $encoder "* ]] || {
    echo "make-clips: this ffmpeg has no $encoder; install the Debian package ffmpeg" >&2
    exit 1
  }
done

# Scenes are filter chains on a 1280x720 canvas, which is named by its colour. Moving parts repeat every
# $seconds seconds, so that the loop has no visible seam. A person is a box with a round head.
dot() { # x y size colour
  echo "drawtext=fontfile=$font:text='●':fontsize=$3:fontcolor=$4:x='$1':y='$2'"
}
box() { # x y w h colour
  echo "drawbox=x=$1:y=$2:w=$3:h=$4:color=$5:t=fill"
}

entrance_base="color=c=0xcdbfa5:s=1280x720:r=25:d=$((seconds + 1))"
entrance_still="$(box 0 520 1280 200 0x8a7760),$(box 470 110 340 420 0x4d3b2a),$(box 495 135 290 395 0x86b3cc),$(box 634 135 12 395 0x4d3b2a),$(box 80 180 240 170 0x7c8f62),$(box 96 196 208 138 0xdfe6cf),$(box 960 330 190 190 0x6b5138),$(dot 975 190 220 0x3f7a3a)"
entrance_part="color=c=0xb23a48:s=96x210:r=25:d=$((seconds + 1))"
entrance_move="x='-200+1680*mod(t/$seconds\,1)':y='330+8*sin(2*PI*t)'"
entrance_after="$(dot "-207+1680*mod(t/$seconds\\,1)" "205+8*sin(2*PI*t)" 150 0xe3b98f)"

counter_base="color=c=0x35566b:s=1280x720:r=25:d=$((seconds + 1))"
counter_still="$(box 0 60 1280 18 0x9c7a4f),$(box 0 190 1280 18 0x9c7a4f),$(box 90 100 60 90 0xd9a441),$(box 190 80 44 110 0x74a57f),$(box 280 110 80 80 0xc8553d),$(box 830 90 54 100 0xe9d8a6),$(box 930 120 90 70 0x94d2bd),$(box 1080 84 50 106 0xbb3e03)"
counter_part="color=c=0xe8e4d9:s=150x250:r=25:d=$((seconds + 1))"
counter_move="x='565+330*sin(2*PI*t/$seconds)':y=330"
counter_after="$(dot "567+330*sin(2*PI*t/$seconds)" 185 190 0xc99a72),$(box 0 500 1280 220 0x7a4a21),$(box 0 500 1280 16 0xb9834d),$(dot "1340-1480*mod(t/4\\,1)" 395 150 0xf2c14e)"

backdoor_base="color=c=0x1d2733:s=1280x720:r=25:d=$((seconds + 1))"
backdoor_still="$(box 0 560 1280 160 0x2b3440),$(box 820 190 230 370 0x46525f),$(box 842 214 186 346 0x2f5d50),$(box 905 120 60 34 0xf4d58d),$(box 120 380 150 180 0x37616f),$(box 110 360 170 24 0x4a7c8c)"
backdoor_part="color=c=0xd08c60:s=130x60:r=25:d=$((seconds + 1))"
backdoor_move="x='1280-1560*mod(t/$seconds\,1)':y='560+14*abs(sin(4*PI*t/2))'"
backdoor_after="$(dot "1210-1560*mod(t/$seconds\\,1)" "478+14*abs(sin(4*PI*t/2))" 110 0xd08c60),$(dot 880 10 "130+20*sin(2*PI*t/2)" 0xf9e8b0@0.55)"

carpark_base="color=c=0x5f6b6d:s=1280x720:r=25:d=$((seconds + 1))"
carpark_still="$(box 0 0 1280 150 0x86b5d9),$(box 0 150 1280 60 0x4f7942),$(box 140 215 8 190 white),$(box 380 215 8 190 white),$(box 620 215 8 190 white),$(box 860 215 8 190 white),$(box 1100 215 8 190 white),$(box 180 260 170 90 0x2a6f97),$(box 660 255 170 95 0x8d99ae),$(box 0 546 1280 8 0xe9c46a)"
carpark_part="color=c=0xd62828:s=260x86:r=25:d=$((seconds + 1))"
carpark_move="x='-300+1680*mod(t/$seconds\,1)':y=590"
carpark_after="$(dot "-275+1680*mod(t/$seconds\\,1)" 600 110 0x1b1b1e),$(dot "-130+1680*mod(t/$seconds\\,1)" 600 110 0x1b1b1e),$(dot "1320-1560*mod(t/$seconds+0.5\\,1)" 390 120 0x06d6a0)"

clock="%{pts\\:gmtime\\:1767268800\\:%Y-%m-%d %H\\\\\\:%M\\\\\\:%S}"

# The x264 build description in an SEI message is dropped: it would differ between machines.
encode() { # scene name
  local scene=$1 name=$2 base still part move after
  base="${scene}_base" still="${scene}_still" part="${scene}_part" move="${scene}_move" after="${scene}_after"
  local graph="${!base},${!still}[back];${!part}[part];[back][part]overlay=${!move}:eval=frame,${!after}"
  local words="drawtext=fontfile=$mono:text='$clock':fontsize=40:fontcolor=white:borderw=3:x=32:y=28"
  words+=",drawtext=fontfile=$font:text='$name':fontsize=44:fontcolor=white:borderw=3:x=w-tw-32:y=h-th-28"
  words+=",format=yuv420p"
  # As on a real camera, what is written into the picture is not mirrored.
  local mirrored="$graph,hflip,$words"
  # Sensor grain gives the pictures the sizes and packet counts of a real camera.
  graph+=",noise=alls=12:allf=t:all_seed=7,$words"
  local quiet=(-hide_banner -loglevel error -y) plain=(-an -bsf:v "filter_units=remove_types=6")
  # Image settings change the quantizer (crates/simdvr/src/look.rs), so that it has room and no arithmetic coding begins with it.
  local x264=(-c:v libx264 -preset veryslow -bf 0 -refs 1 -sc_threshold 0 -threads 1)
  local bits264=(-flags +bitexact -fflags +bitexact -f h264)

  ffmpeg "${quiet[@]}" -filter_complex "$graph" -frames:v $((25 * seconds)) -r 25 \
    "${x264[@]}" -profile:v main -coder 0 -qmax 45 -g 50 -keyint_min 50 -b:v 400k -maxrate 500k -bufsize 1000k \
    "${plain[@]}" "${bits264[@]}" "$out/$scene-main.h264"
  ffmpeg "${quiet[@]}" -filter_complex "$graph,fps=15,scale=640:360" -frames:v $((15 * seconds)) -r 15 \
    "${x264[@]}" -profile:v baseline -g 30 -keyint_min 30 -b:v 130k -maxrate 170k -bufsize 340k \
    "${plain[@]}" "${bits264[@]}" "$out/$scene-sub.h264"
  # Mirrored from left to right, without grain: these are small.
  ffmpeg "${quiet[@]}" -filter_complex "$mirrored" -frames:v $((25 * seconds)) -r 25 \
    "${x264[@]}" -profile:v main -coder 0 -qmax 45 -g 50 -keyint_min 50 -crf 32 \
    "${plain[@]}" "${bits264[@]}" "$out/$scene-main-mirrored.h264"
  ffmpeg "${quiet[@]}" -filter_complex "$mirrored,fps=15,scale=640:360" -frames:v $((15 * seconds)) -r 15 \
    "${x264[@]}" -profile:v baseline -g 30 -keyint_min 30 -crf 32 \
    "${plain[@]}" "${bits264[@]}" "$out/$scene-sub-mirrored.h264"
  # The snapshots: a clip's first picture. Its codes are the usual ones, for any brightness.
  local side
  for side in "" -mirrored; do
    ffmpeg "${quiet[@]}" -f h264 -i "$out/$scene-sub$side.h264" -frames:v 1 -pix_fmt yuvj420p -huffman default -q:v 8 \
      -flags +bitexact -fflags +bitexact -f mjpeg "$out/$scene$side.jpg"
  done
  if [[ $scene == entrance ]]; then
    ffmpeg "${quiet[@]}" -filter_complex "$graph,fps=15,scale=640:360" -frames:v $((15 * seconds)) -r 15 \
      -c:v libx265 -preset medium -crf 30 \
      -x265-params "log-level=error:bframes=0:keyint=30:min-keyint=30:scenecut=0:open-gop=0:repeat-headers=1:info=0:pools=1:frame-threads=1" \
      -an -flags +bitexact -fflags +bitexact -f hevc "$out/any-sub.h265"
    # The same with more pixels than decoders in software take.
    ffmpeg "${quiet[@]}" -f hevc -i "$out/any-sub.h265" -vf scale=2560:1440 -frames:v $((15 * seconds)) -r 15 \
      -c:v libx265 -preset medium -crf 40 \
      -x265-params "log-level=error:bframes=0:keyint=30:min-keyint=30:scenecut=0:open-gop=0:repeat-headers=1:info=0:pools=1:frame-threads=1" \
      -an -flags +bitexact -fflags +bitexact -f hevc "$out/any-large.h265"
    # RTP carries no Huffman tables (RFC 2435), so these must be the usual ones.
    ffmpeg "${quiet[@]}" -f hevc -i "$out/any-sub.h265" -vf fps=5 -frames:v $((5 * seconds)) \
      -pix_fmt yuvj420p -huffman default -q:v 16 -flags +bitexact -fflags +bitexact \
      -f mjpeg "$out/any.mjpeg"
  fi
}

mkdir -p "$out"
rm -f "$out"/*
encode entrance "Entrance"
encode counter "Counter"
encode backdoor "Back door"
encode carpark "Car park"

# Four seconds of a quiet two-tone chime: G.711 µ-law, 8 kHz, mono, no header.
ffmpeg -hide_banner -loglevel error -y -f lavfi \
  -i "aevalsrc='0.25*exp(-5*mod(t\,1))*sin(2*PI*(440+220*mod(floor(t)\,2))*t)':s=8000:d=4" \
  -c:a pcm_mulaw -ac 1 -ar 8000 -f mulaw "$out/chime.ulaw"

# Two seconds of a tone as cameras send it that browsers cannot play: AAC at 16 kHz, and G.726 at 32 kbit/s.
ffmpeg -hide_banner -loglevel error -y -f lavfi -i "sine=frequency=1000:duration=2" \
  -ar 16000 -ac 1 -c:a aac -b:a 24k -flags +bitexact -fflags +bitexact -f adts "$out/tone.aac"
ffmpeg -hide_banner -loglevel error -y -f lavfi -i "sine=frequency=600:duration=2" \
  -ar 8000 -ac 1 -c:a g726le -b:a 32k -f g726le "$out/tone.g726"

ls -l "$out"
du -cb "$out"/* | tail -1
