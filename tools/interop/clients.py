"""Third-party clients of recorders, against the simulated recorder."""

import asyncio
import logging
import threading
import urllib.parse

import requests
from hikvisionapi import Client
from pyhik import hikvision

import onvif_clients
import players
from table import Table, check

USER, PASSWORD = "admin", "Pass 1#2"
MOVE = "<PTZData><pan>60</pan><tilt>0</tilt><zoom>0</zoom></PTZData>"
STOP = "<PTZData><pan>0</pan><tilt>0</tilt><zoom>0</zoom></PTZData>"


class Recorder:
    """The simulated recorder as a process of its own."""

    async def start(self, program):
        pipe = asyncio.subprocess.PIPE
        self.user, self.password = USER, PASSWORD
        self.loop = asyncio.get_running_loop()
        self.process = await asyncio.create_subprocess_exec(program, USER, PASSWORD, stdin=pipe, stdout=pipe)
        said = [(await self.process.stdout.readline()).decode().split() for _ in range(2)]
        self.addresses = dict(said)
        return self

    def raise_event(self, camera, event_type, state):
        """Called by clients, which run in threads."""
        line = f"event {camera} {event_type} {state}\n".encode()
        self.loop.call_soon_threadsafe(self.process.stdin.write, line)

    async def stop(self):
        self.process.stdin.close()
        await self.process.wait()

    def url(self, stream, password=None):
        """With the login, or without one."""
        login = f"{USER}:{urllib.parse.quote(password)}@" if password else ""
        return f"rtsp://{login}{self.addresses['rtsp']}/Streaming/Channels/{stream}"


def is_jpeg(data):
    return bool(data) and data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9"


def azimuth(api):
    status = api.PTZCtrl.channels[4].status(method="get")
    return float(status["PTZStatus"]["AbsoluteHigh"]["azimuth"])


def steer(api):
    """Whether the camera looks elsewhere after a movement and then stands still."""
    before = azimuth(api)
    api.PTZCtrl.channels[4].continuous(method="put", data=MOVE)
    moving = azimuth(api)
    while moving == before:
        moving = azimuth(api)
    api.PTZCtrl.channels[4].continuous(method="put", data=STOP)
    return azimuth(api) == azimuth(api), f"turned from {before:.1f}° to {azimuth(api):.1f}°"


def try_hikvisionapi(table, recorder):
    address = f"http://{recorder.addresses['http']}"
    row = lambda what, work: check(table, "hikvisionapi", what, work)
    api = Client(address, USER, PASSWORD, timeout=10)

    def device():
        info = api.System.deviceInfo(method="get")["DeviceInfo"]
        return info["deviceName"] == "Simulated DVR", f"{info['model']} {info['firmwareVersion']}"

    def channels():
        analog = api.System.Video.inputs.channels(method="get")["VideoInputChannelList"]["VideoInputChannel"]
        network = api.ContentMgmt.InputProxy.channels(method="get")["InputProxyChannelList"]["InputProxyChannel"]
        names = [channel["name"] for channel in analog + network]
        return len(names) == 5, ", ".join(names)

    def streams():
        listed = api.Streaming.channels(method="get")["StreamingChannelList"]["StreamingChannel"]
        ids = [channel["id"] for channel in listed]
        return ids[:2] == ["101", "102"] and len(ids) == 8, " ".join(ids)

    def snapshot():
        answer = api.Streaming.channels[101].picture(method="get", type="opaque_data")
        return is_jpeg(answer.content), f"JPEG, {len(answer.content)} bytes"

    def wrong():
        try:
            Client(address, USER, "wrong", timeout=10)
        except requests.HTTPError as error:
            return error.response.status_code == 401, f"status {error.response.status_code}"
        return False, "let in"

    row("device info", device)
    row("channels", channels)
    row("streams", streams)
    row("snapshot", snapshot)
    row("PTZ", lambda: steer(api))
    row("wrong password", wrong)


def try_pyhik(table, recorder):
    host, port = recorder.addresses["http"].rsplit(":", 1)
    row = lambda what, work: check(table, "pyhik", what, work)
    logging.getLogger("pyhik").setLevel(logging.CRITICAL)
    camera = hikvision.HikCamera(f"http://{host}", int(port), USER, PASSWORD)

    def channels():
        listed = hikvision.get_video_channels(f"http://{host}", int(port), USER, PASSWORD)
        return len(listed) == 3, ", ".join(channel.name for channel in listed)

    def snapshot():
        pictures = [camera.get_snapshot(1), camera.get_snapshot(3)]
        return all(map(is_jpeg, pictures)), f"JPEG, {len(pictures[0] or b'')} and {len(pictures[1] or b'')} bytes"

    def wrong():
        other = hikvision.HikCamera(f"http://{host}", int(port), USER, "wrong")
        return other.get_name is None, "refused" if other.get_name is None else "let in"

    row("device info", lambda: (camera.get_name == "Simulated DVR", f"{camera.get_name}, {camera.get_type}"))
    row("channels", channels)
    row("events it may watch", lambda: (camera.get_channels() == [1, 2, 3, 4], str(camera.get_channels())))
    row("snapshot", snapshot)
    row("stream address", lambda: stream_path(camera, recorder))
    row("wrong password", wrong)
    row("events", lambda: motion(camera, recorder))


def motion(camera, recorder):
    """pyhik listens in a thread of its own and tells the state of each event and channel."""
    heard = threading.Event()
    camera.add_update_callback(lambda _: heard.set(), f"{camera.get_id}.Motion.1")
    camera.start_stream()
    recorder.raise_event(1, "VMD", "active")
    is_active = lambda: camera.fetch_attributes("Motion", 1)[0] is True
    for _ in range(30):
        # It also calls when the stream is connected.
        if is_active():
            break
        heard.wait(1)
        heard.clear()
    was_active = is_active()
    camera.disconnect()
    return was_active, "motion of channel 1" if was_active else "no motion"


def stream_path(camera, recorder):
    """pyhik always names port 554; login and path are what it says about this recorder."""
    url, ours = (urllib.parse.urlsplit(it) for it in (camera.get_stream_url(3), recorder.url(301, PASSWORD)))
    parts = lambda it: (it.username, it.password, it.path)
    return parts(url) == parts(ours), url.path


async def try_players(table, recorder):
    why_no_vlc = await players.why_no_vlc()
    for stream in (101, 102, 302):
        name = {1: "main stream", 2: "sub stream"}[stream % 10] + f" {stream}"
        for transport in ("tcp", "udp") if stream == 102 else ("tcp",):
            played = await players.ffmpeg(recorder.url(stream, PASSWORD), 6, transport)
            expected = 25 if stream % 10 == 1 else 15
            is_right = played.per_second is not None and played.per_second > 0.8 * expected
            table.row(is_right, "ffmpeg", f"{name} over {transport.upper()}", played)
        played = await players.gstreamer(recorder.url(stream), USER, PASSWORD)
        table.row(played.pictures >= 30, "GStreamer", name, played)
        if why_no_vlc:
            table.row(None, "VLC", name, why_no_vlc)
        else:
            played = await players.vlc(recorder.url(stream, PASSWORD))
            table.row(played.pictures > 0, "VLC", name, played)
    refused = await players.ffmpeg(recorder.url(102, "wrong"), 10)
    table.row("401" in refused.words, "ffmpeg", "wrong password", refused)
    refused = await players.gstreamer(recorder.url(102), USER, "wrong")
    table.row(not refused.pictures, "GStreamer", "wrong password", refused)


async def run(program):
    table = Table("Third-party clients, against the simulated recorder", "client", "asked for", "got")
    for try_ in (try_hikvisionapi, try_pyhik, onvif_clients.try_zeep, onvif_clients.try_discovery, try_players):
        # One each, so that wrong passwords of one do not lock out the next.
        recorder = await Recorder().start(program)
        try:
            if asyncio.iscoroutinefunction(try_):
                await try_(table, recorder)
            else:
                await asyncio.to_thread(try_, table, recorder)
        finally:
            await recorder.stop()
    table.show()
    return table.failures
