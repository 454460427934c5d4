"""Programs that play a stream and were written by others: whether pictures come, how soon and how many."""

import asyncio
import contextlib
import dataclasses
import os
import re
import shutil
import signal
import time

# After so long a player shows pictures as they come.
SETTLED = 1.0
VIEWER_USER = 65534  # nobody: VLC refuses to run as root


@dataclasses.dataclass
class Played:
    """What a player showed."""

    pictures: int = 0
    first_after: float | None = None
    per_second: float | None = None
    words: str = ""

    def __str__(self):
        if not self.pictures or self.first_after is None:
            return f"no picture: {self.words}" if self.words else "no picture"
        rate = "" if self.per_second is None else f", {self.per_second:.3g}/s"
        return f"{self.first_after * 1000:.0f} ms{rate}"


async def stop(process):
    """Ends a process. Not with its own `terminate`, which would reap one that has just ended and so hide its
    exit code from the loop."""
    for name, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            if process.returncode is None:
                os.kill(process.pid, name)
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(process.wait(), patience)


async def lines_of(command, seconds, stream="stdout", **options):
    """Runs a program for so long and gives its lines with their times; its other output comes last."""
    pipe = asyncio.subprocess.PIPE
    begun = time.monotonic()
    options.setdefault("stdin", asyncio.subprocess.DEVNULL)
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, **options)
    outputs = {"stdout": process.stdout, "stderr": process.stderr}
    watched = outputs.pop(stream)
    rest = asyncio.ensure_future(outputs.popitem()[1].read())
    lines = []

    async def read():
        async for line in watched:
            lines.append((time.monotonic() - begun, line.decode(errors="replace").strip()))

    try:
        await asyncio.wait_for(read(), seconds)
    except TimeoutError:
        pass
    await stop(process)
    return lines, (await rest).decode(errors="replace").strip(), process.returncode


async def ffmpeg(url, seconds, transport="tcp"):
    """ffmpeg decodes for so long and counts."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", transport, "-i", url, "-an"]
    command += ["-fps_mode", "passthrough", "-f", "null", "-progress", "pipe:1", "-stats_period", "0.05", "-"]
    lines, errors, _ = await lines_of(command, seconds)
    counts = [(at, int(line[6:])) for at, line in lines if re.fullmatch(r"frame=\d+", line)]
    counts = [(at, n) for at, n in counts if n > 0]
    last_words = errors.splitlines()[-1] if errors else ""
    if not counts:
        return Played(words=re.sub(r"\S*rtsp://\S+ ?", "", last_words)[:60])
    first_at, (last_at, last) = counts[0][0], counts[-1]
    # What ffmpeg has read before it knows the stream comes at once and would look like a high rate.
    since_at, since = next((it for it in counts if it[0] > first_at + SETTLED), (last_at, last))
    rate = (last - since) / (last_at - since_at) if last_at - since_at > 0.5 else None
    return Played(last, first_at, rate, last_words)


async def gstreamer(location, user, password, seconds=20, pictures=30):
    """gst-launch-1.0 decodes this many pictures and ends."""
    command = ["gst-launch-1.0", "-v", "rtspsrc", f"location={location}", f"user-id={user}", f"user-pw={password}"]
    command += ["protocols=tcp", "!", "rtph264depay", "!", "h264parse", "!", "identity", f"eos-after={pictures + 1}"]
    command += ["silent=false", "!", "fakesink", "silent=true"]
    lines, errors, code = await lines_of(command, seconds)
    chains = [at for at, line in lines if "last-message" in line and "chain" in line]
    if not chains:
        return Played(words=first_error(errors))
    if code == 0 or len(chains) >= pictures:
        return Played(len(chains), chains[0])
    return Played(words=f"{len(chains)} pictures, then it ended")


def as_vlc_wants():
    """Options of a process for VLC."""
    options = {"env": {**os.environ, "HOME": "/tmp"}, "cwd": "/tmp"}
    if os.geteuid() == 0:
        options |= {"user": VIEWER_USER, "group": VIEWER_USER, "extra_groups": []}
    return options


async def why_no_vlc():
    """Why VLC cannot be asked; Debian builds it without live555, its RTSP client."""
    if shutil.which("cvlc") is None:
        return "not installed"
    _, words, _ = await lines_of(["cvlc", "--rtsp-tcp", "--version"], 20, **as_vlc_wants())
    return "not tried: this VLC is built without RTSP" if "unknown option" in words else None


async def vlc(url, seconds=12):
    """VLC plays until its decoder has a picture."""
    command = ["cvlc", "-vv", "--no-audio", "--vout", "dummy", "--rtsp-tcp", "--play-and-exit", url]
    lines, _, _ = await lines_of(command, seconds, "stderr", **as_vlc_wants())
    for at, line in lines:
        if "eceived first picture" in line:
            return Played(1, at)
    refusals = [line for _, line in lines if re.search(r"live555.*(error|auth|401|fail)", line, re.I)]
    return Played(words=re.sub(r"^\[\w+\] ", "", refusals[-1])[:60] if refusals else "no first picture")


def first_error(text):
    found = re.search(r"ERROR: .*?: (.*)", text)
    return (found.group(1) if found else text[-60:]).replace("\n", " ")[:60]
