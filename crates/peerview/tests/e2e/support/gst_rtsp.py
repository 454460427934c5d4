#!/usr/bin/python3
"""A third-party recorder: GStreamer's RTSP server with a moving green ball on blue and
a G.711 test tone at /ball, rings that keep moving at 2 Mbit/s at /rings, and at /clock pictures that
show the time when they were made, in squares that a program can read. Prints "port N" when it serves rtsp://127.0.0.1:N, ends with its stdin.
Usage: gst_rtsp.py [port] [seconds between key frames] [kbit/s]"""

import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

FRAMES_PER_SECOND = 25
WIDTH, HEIGHT = 640, 360
# The clock: 16 columns and 3 rows of squares, the highest bit of the milliseconds since 1970 first.
SQUARE = 40
COLUMNS, ROWS = 16, 3
BLACK, WHITE, GREY = 16, 235, 128
# The ball leaves most of the picture as it was, and its encoder far below what it may send.
RINGS_KILOBITS = 2000


def h264(seconds_between_key_frames, kilobits_per_second):
    key_int = max(1, round(FRAMES_PER_SECOND * seconds_between_key_frames))
    return (
        f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate={kilobits_per_second}"
        f" key-int-max={key_int} option-string=scenecut=0"
        " ! video/x-h264,profile=constrained-baseline"
        " ! rtph264pay name=pay0 pt=96 config-interval=-1"
    )


def ball(encoder):
    return (
        "( videotestsrc is-live=true pattern=ball motion=sweep animation-mode=wall-time"
        " foreground-color=0xff20d020 background-color=0xff2040c0"
        f" ! video/x-raw,width={WIDTH},height={HEIGHT},framerate={FRAMES_PER_SECOND}/1 {encoder}"
        " audiotestsrc is-live=true wave=sine freq=440 volume=0.2"
        " ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0 )"
    )


def rings(encoder):
    return (
        "( videotestsrc is-live=true pattern=zone-plate kx2=6 ky2=6 kt=3"
        f" ! video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FRAMES_PER_SECOND}/1"
        f" {encoder} )"
    )


def clock(encoder):
    return (
        # A picture that the encoder is too late for is dropped: it would be shown as an old one.
        "( appsrc name=pictures is-live=true format=time do-timestamp=true max-buffers=2 leaky-type=downstream"
        f" caps=video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FRAMES_PER_SECOND}/1"
        f" {encoder} )"
    )


def picture_of(milliseconds):
    brightness = bytearray()
    for row in range(ROWS):
        shifts = [COLUMNS * ROWS - 1 - (row * COLUMNS + column) for column in range(COLUMNS)]
        bits = [milliseconds >> shift & 1 for shift in shifts]
        line = b"".join(bytes([WHITE if bit else BLACK]) * SQUARE for bit in bits)
        brightness += line * SQUARE
    brightness += bytes([GREY]) * (WIDTH * HEIGHT - len(brightness))
    return bytes(brightness) + bytes([GREY]) * (WIDTH * HEIGHT // 2)


def show_clock(_factory, media):
    pictures = media.get_element().get_by_name_recurse_up("pictures")

    def push():
        due = time.monotonic()
        while True:
            buffer = Gst.Buffer.new_wrapped(picture_of(int(time.time() * 1000)))
            if pictures.emit("push-buffer", buffer) not in (Gst.FlowReturn.OK, Gst.FlowReturn.FLUSHING):
                return
            due += 1 / FRAMES_PER_SECOND
            time.sleep(max(0, due - time.monotonic()))

    threading.Thread(target=push, daemon=True).start()


def add(server, path, launch_line):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch_line)
    factory.set_shared(True)
    server.get_mount_points().add_factory(path, factory)
    return factory


def main():
    port = sys.argv[1] if len(sys.argv) > 1 else "0"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    kilobits = int(sys.argv[3]) if len(sys.argv) > 3 else 800

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    encoder = h264(seconds, kilobits)
    add(server, "/ball", ball(encoder))
    add(server, "/rings", rings(h264(seconds, RINGS_KILOBITS)))
    add(server, "/clock", clock(encoder)).connect("media-configure", show_clock)
    if server.attach(None) == 0:
        sys.exit(f"cannot listen on port {port}")
    loop = GLib.MainLoop()

    def end_with_stdin():
        sys.stdin.read()
        GLib.idle_add(loop.quit)

    threading.Thread(target=end_with_stdin, daemon=True).start()
    print("port", server.get_bound_port(), flush=True)
    loop.run()


main()
