"""A camera that behaves well: RTSP over TCP, Digest, H.264 in RTP (RFC 2326, 2617, 6184). The cameras of
cases.py change one thing each. One listener per camera on a free port of 127.0.0.1."""

import asyncio
import base64
import contextlib
import dataclasses
import hashlib
import random
import re
import struct
import time

import clips

USER, PASSWORD = "viewer", "Pass-1234"
# Payload of one packet; the rest of an Ethernet frame are headers.
MOST_PAYLOAD = 1300
PAYLOAD_TYPE = 96


@dataclasses.dataclass
class Request:
    method: str
    url: str
    headers: dict


def fragments(nal):
    """A NAL unit as payloads: whole, or in fragments of type FU-A (RFC 6184 §5.8)."""
    if len(nal) <= MOST_PAYLOAD:
        return [nal]
    step = MOST_PAYLOAD - 2
    parts = [nal[at : at + step] for at in range(1, len(nal), step)]
    out = []
    for number, part in enumerate(parts):
        flags = (0x80 if number == 0 else 0) | (0x40 if number == len(parts) - 1 else 0)
        out.append(bytes([nal[0] & 0xE0 | 28, flags | nal[0] & 0x1F]) + part)
    return out


class Session:
    """One connection to a camera."""

    def __init__(self, camera, reader, writer):
        self.camera, self.reader, self.writer = camera, reader, writer
        self.nonce = self.nonce_url = None
        self.nonce_at = self.alive_at = time.monotonic()
        self.sequence, self.ssrc = random.getrandbits(16), random.getrandbits(32)
        self.sends = self.write_interleaved
        self.tasks, self.closers = [], []

    async def answer(self, request, status, headers="", body=""):
        number = request.headers.get("cseq", "0")
        if body:
            headers += f"Content-Length: {len(body)}\r\n"
        self.writer.write(f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n{headers}\r\n{body}".encode())
        await self.writer.drain()

    def packet(self, payload, rtp_time, marker=False, payload_type=PAYLOAD_TYPE, counts=True):
        second = (0x80 if marker else 0) | payload_type
        head = struct.pack(">BBHII", 0x80, second, self.sequence, rtp_time & 0xFFFFFFFF, self.ssrc)
        if counts:
            self.sequence = self.sequence + 1 & 0xFFFF
        return head + payload

    def write_interleaved(self, packet):
        self.writer.write(struct.pack(">cBH", b"$", 0, len(packet)) + packet)

    def start(self, work):
        self.tasks.append(asyncio.ensure_future(work))

    async def requests(self):
        """What the client sends, without its own packets."""
        while True:
            first = await self.reader.readexactly(1)
            if first == b"$":
                _, length = struct.unpack(">BH", await self.reader.readexactly(3))
                await self.reader.readexactly(length)
                continue
            head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode("latin1").lstrip()
            line, *others = head.split("\r\n")
            if line.startswith("RTSP/"):
                continue  # the answer to a request of the camera
            pairs = (other.split(":", 1) for other in others if ":" in other)
            method, url, _ = line.split(" ", 2)
            yield Request(method, url, {name.strip().lower(): value.strip() for name, value in pairs})


class Camera:
    """A camera and its answers; a case overrides what is odd about it."""

    # What a row shows, and what has to come out: `plays` or the name of a reason.
    name, says, expects = "plain", "nothing odd", "plays"
    # The tests of the project that hold this case.
    tests = ("requests_follow_the_standard",)
    clip, start_at, pictures_per_second = "plain", 0, clips.PICTURES_PER_SECOND
    # What the settings of agent and ffmpeg say.
    login, transport, seconds = None, "tcp", 8
    needs_login, realm, hash_name, has_qop = False, "IP Camera(12345)", "md5", False
    session_header = "12345678;timeout=60"

    def __init__(self):
        self.port, self.n_plays, self.n_refused = None, 0, 0

    async def listen(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        return server

    @property
    def url(self):
        return f"rtsp://127.0.0.1:{self.port}/live"

    async def serve(self, reader, writer):
        session = Session(self, reader, writer)
        gone = (ConnectionError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
        try:
            with contextlib.suppress(*gone):
                async for request in session.requests():
                    if self.is_admitted(session, request):
                        await self.handle(session, request)
                        continue
                    lines = [f"WWW-Authenticate: {it}\r\n" for it in self.challenges(session)]
                    await session.answer(request, "401 Unauthorized", "".join(lines))
        finally:
            for task in session.tasks:
                task.cancel()
            for closer in session.closers:
                closer.close()
            writer.close()

    async def handle(self, session, request):
        handlers = {"DESCRIBE": self.on_describe, "SETUP": self.on_setup, "PLAY": self.on_play}
        await handlers.get(request.method, self.on_other)(session, request)

    # Login.

    def is_admitted(self, session, request):
        if not self.needs_login:
            return True
        sent = request.headers.get("authorization", "")
        if sent and self.is_right(session, request, sent):
            return True
        self.n_refused += bool(sent)
        session.nonce, session.nonce_at = "%032x" % random.getrandbits(128), time.monotonic()
        return False

    def is_right(self, session, request, sent):
        pairs = re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', sent.removeprefix("Digest "))
        said = {name.lower(): quoted or bare for name, quoted, bare in pairs}
        if not sent.startswith("Digest ") or said.get("nonce") != session.nonce:
            return False
        digest = lambda text: hashlib.new(self.hash_name, text.encode()).hexdigest()
        who = digest(f"{USER}:{self.realm}:{PASSWORD}")
        what = digest(f"{request.method}:{said.get('uri')}")
        middle = session.nonce
        if "qop" in said:
            middle += f":{said['nc']}:{said['cnonce']}:{said['qop']}"
        return said.get("response") == digest(f"{who}:{middle}:{what}")

    def challenges(self, session):
        return [self.digest_challenge(session)]

    def digest_challenge(self, session, more=""):
        return f'Digest realm="{self.realm}", nonce="{session.nonce}"{more}'

    # Requests.

    async def on_describe(self, session, request):
        await session.answer(request, "200 OK", self.description_headers(), self.description())

    def description_headers(self):
        return f"Content-Type: application/sdp\r\nContent-Base: {self.url}/\r\n"

    def description(self):
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Media Presentation\r\nt=0 0\r\na=control:*\r\n"
            f"{self.video_description()}{self.more_description()}"
        )

    def video_description(self):
        return (
            "m=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 H264/90000\r\n"
            f"a=fmtp:96 packetization-mode=1{self.sprop()}\r\na=control:trackID=1\r\n"
        )

    def sprop(self):
        sets = [base64.b64encode(nal).decode() for nal in clips.parameter_sets(self.clip)]
        return "; sprop-parameter-sets=" + ",".join(sets)

    def more_description(self):
        return ""

    async def on_setup(self, session, request):
        line = self.transport_header(session, request.headers.get("transport", ""))
        await session.answer(request, "200 OK", f"Session: {self.session_header}\r\nTransport: {line}\r\n")

    def transport_header(self, session, wish):
        return f"{wish};ssrc={session.ssrc:08X}"

    async def on_play(self, session, request):
        self.n_plays += 1
        await session.answer(request, "200 OK", f"Session: {self.session_header.split(';')[0]}\r\n")
        session.start(self.play(session))

    async def on_other(self, session, request):
        public = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n"
        await session.answer(request, "200 OK", public if request.method == "OPTIONS" else "")

    # Pictures.

    def pictures(self):
        """Access units with their time in units of 1/90000 s, without end."""
        units = clips.units(self.clip)
        number = 0
        while True:
            yield units[(self.start_at + number) % len(units)], int(number * 90_000 / self.pictures_per_second)
            number += 1

    def packets(self, session, unit, rtp_time):
        payloads = [payload for nal in unit for payload in fragments(nal)]
        last = len(payloads) - 1
        return [session.packet(it, rtp_time, n == last) for n, it in enumerate(payloads)]

    async def play(self, session):
        first_time, due = random.getrandbits(31), time.monotonic()
        with contextlib.suppress(ConnectionError, OSError):
            for unit, rtp_time in self.pictures():
                for packet in self.packets(session, unit, first_time + rtp_time):
                    session.sends(packet)
                await session.writer.drain()
                due += 1 / self.pictures_per_second
                await asyncio.sleep(max(0, due - time.monotonic()))
