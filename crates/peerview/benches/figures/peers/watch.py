#!/usr/bin/python3
"""Watches cameras without looking, so that they run as a camera does before anybody watches. Ends with its stdin.
Usage: watch.py rtsp://... ..."""

import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
pipelines = [
    Gst.parse_launch(f"rtspsrc location={url} protocols=tcp ! fakesink sync=false")
    for url in sys.argv[1:]
]
for pipeline in pipelines:
    pipeline.set_state(Gst.State.PLAYING)
for pipeline in pipelines:
    _, state, _ = pipeline.get_state(20 * Gst.SECOND)
    if state != Gst.State.PLAYING:
        sys.exit("a camera does not play")
print("watching", flush=True)
sys.stdin.read()
