#!/usr/bin/python3
"""A recorder that nobody here wrote: GStreamer's RTSP server with a moving green ball on blue and
a G.711 test tone. Prints "port N" when it serves rtsp://127.0.0.1:N/ball, ends with its stdin.
Usage: gst_rtsp.py [port] [seconds between key frames] [kbit/s]"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

FRAMES_PER_SECOND = 25


def launch_line(seconds_between_key_frames, kilobits_per_second):
    key_int = max(1, round(FRAMES_PER_SECOND * seconds_between_key_frames))
    return (
        "( videotestsrc is-live=true pattern=ball motion=sweep animation-mode=wall-time"
        " foreground-color=0xff20d020 background-color=0xff2040c0"
        f" ! video/x-raw,width=640,height=360,framerate={FRAMES_PER_SECOND}/1"
        f" ! x264enc tune=zerolatency speed-preset=ultrafast bitrate={kilobits_per_second}"
        f" key-int-max={key_int} option-string=scenecut=0"
        " ! video/x-h264,profile=constrained-baseline"
        " ! rtph264pay name=pay0 pt=96 config-interval=-1"
        " audiotestsrc is-live=true wave=sine freq=440 volume=0.2"
        " ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0 )"
    )


def main():
    port = sys.argv[1] if len(sys.argv) > 1 else "0"
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    kilobits = int(sys.argv[3]) if len(sys.argv) > 3 else 800

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch_line(seconds, kilobits))
    factory.set_shared(True)
    server.get_mount_points().add_factory("/ball", factory)
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
