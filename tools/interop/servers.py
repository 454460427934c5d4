"""Cameras and servers against the agent, each compared with ffmpeg: the agent plays whatever ffmpeg plays."""

import asyncio
import contextlib
import dataclasses
import shutil
import socket
import sys

import clips
import players
from agent import Agent
from camera import PASSWORD, USER
from cases import CASES
from table import Table

GSTREAMER = clips.ROOT / "crates/peerview/tests/e2e/support/gst_rtsp.py"
# ffmpeg decodes, so only some at a time; otherwise the machine would be what is measured.
AT_A_TIME = 4
# Pictures that may be missing of a second's, because two cores do all of this at once.
ENOUGH = 0.8


@dataclasses.dataclass
class Server:
    """A server that others wrote."""

    name: str
    says: str
    url: str
    pictures_per_second: float
    expects: str = "plays"
    login: str | None = None
    transport: str = "tcp"
    seconds: int = 8
    n_plays: int = 1
    n_refused: int = 0


async def gstreamer_server():
    """GStreamer's RTSP server of the end-to-end tests, with the Python that has its bindings."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("/usr/bin/python3", GSTREAMER, stdin=pipe, stdout=pipe)
    said = (await process.stdout.readline()).decode().split()
    if said[:1] != ["port"]:
        sys.exit("GStreamer's RTSP server does not start: make setup")
    url = f"rtsp://127.0.0.1:{said[1]}/ball"
    return process, Server("gstreamer", "GStreamer's RTSP server", url, 25)


async def vlc_server(folder):
    """VLC's own RTSP server, which sends the clip of the simulated recorder again and again."""
    if shutil.which("cvlc") is None:
        return None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # VLC runs as another user, who cannot look into this one's folders.
    public = folder / "public"
    public.mkdir()
    clip = public / "clip.h264"
    shutil.copy(clips.ROOT / "crates/simdvr/clips/entrance-sub.h264", clip)
    folder.chmod(0o711), public.chmod(0o755), clip.chmod(0o644)
    url = f"rtsp://127.0.0.1:{port}/cam"
    command = ["cvlc", "--demux", "h26x", "--h264-fps", "15", "--loop", clip, "--sout-keep"]
    command += ["--sout", f"#rtp{{sdp={url}}}"]
    nowhere = asyncio.subprocess.DEVNULL
    quiet = {"stdin": nowhere, "stdout": nowhere, "stderr": nowhere}
    process = await asyncio.create_subprocess_exec(*command, **quiet, **players.as_vlc_wants())
    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        await asyncio.sleep(0.1)
    return process, Server("vlc", "VLC's RTSP server", url, 15, transport="udp", seconds=10)


async def by_ffmpeg(camera, turns):
    async with turns:
        login = {"right": f"{USER}:{PASSWORD}@", "wrong": f"{USER}:wrong@", None: ""}[camera.login]
        url = camera.url.replace("rtsp://", f"rtsp://{login}")
        return await players.ffmpeg(url, camera.seconds + 4, camera.transport)


def words(report, stream):
    """What the agent says of a camera."""
    if report.get("reason"):
        return report["reason"]
    if stream is None or not stream["is_playing"]:
        return "no picture and no word"
    rate = stream.get("pictures_per_second")
    return f"{stream.get('first_picture_ms')} ms" + (f", {rate}/s" if rate else "")


def judge(camera, report, beside):
    """Whether the agent is right about a camera, and its words."""
    stream = next((it for it in report["streams"] if it["is_playing"]), None)
    text = words(report, stream)
    if camera.n_plays > 1:
        text += f", connected {camera.n_plays} times"
    if camera.expects != "plays":
        # A refused password is sent once.
        return report.get("reason") == camera.expects and camera.n_refused <= 1, text
    rate = (stream or {}).get("pictures_per_second", 0)
    expected = camera.pictures_per_second
    # Between two pictures of one that sends few there is no rate yet.
    is_enough = rate >= ENOUGH * expected or expected < 1
    is_right = bool(stream) and not report.get("reason") and is_enough and camera.n_plays == 1
    if not is_right and not beside.pictures:
        text += " (nor ffmpeg)"
    return is_right, text


async def run(program, folder, only):
    cameras = [camera for camera in CASES if not only or camera.name in only]
    for camera in cameras:
        # Made and read before anybody waits for a picture.
        clips.units(camera.clip)
    listeners = [await camera.listen() for camera in cameras]
    servers = [it for it in (await gstreamer_server(), await vlc_server(folder)) if it]
    cameras += [server for _, server in servers if not only or server.name in only]
    if not cameras:
        sys.exit(f"no such case: {' '.join(only)}; there are {' '.join(camera.name for camera in CASES)}")

    # First alone, so that its times are not those of a machine that decodes everything as well.
    agent = Agent(program, folder)
    await agent.start(cameras)
    try:
        await asyncio.sleep(max(camera.seconds for camera in cameras))
        reports = await agent.status()
    finally:
        await agent.stop()
    counts = {camera.name: (camera.n_plays, camera.n_refused) for camera in cameras}
    turns = asyncio.Semaphore(AT_A_TIME)
    beside = await asyncio.gather(*(by_ffmpeg(camera, turns) for camera in cameras))
    for process, _ in servers:
        await players.stop(process)
    for listener in listeners:
        listener.close()

    title = "Cameras and servers, each played by ffmpeg and by the agent: first picture after, pictures per second"
    table = Table(title, "case", "the camera", "ffmpeg", "agent")
    for camera, shown in zip(cameras, beside):
        camera.n_plays, camera.n_refused = counts[camera.name]
        report = reports.get(camera.name, {"streams": [], "reason": "no camera"})
        is_right, text = judge(camera, report, shown)
        table.row(is_right, camera.name, camera.says, shown, text)
    table.show()
    return table.failures
