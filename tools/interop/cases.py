"""Cameras that behave as public bug reports describe, one oddity each."""

import asyncio
import random
import socket
import time

import clips
from camera import PAYLOAD_TYPE, Camera, fragments

CASES = []


def case(kind):
    CASES.append(kind())
    return kind


case(Camera)


# Login.


class LoginCamera(Camera):
    needs_login, login = True, "right"


@case
class DigestThenBasic(LoginCamera):
    name, says = "digest_then_basic", "offers Digest, then Basic"
    tests = ("digest_is_preferred_to_basic_in_either_order",)

    def challenges(self, session):
        return [self.digest_challenge(session), f'Basic realm="{self.realm}"']


@case
class BasicThenDigest(DigestThenBasic):
    name, says = "basic_then_digest", "offers Basic, then Digest"

    def challenges(self, session):
        return super().challenges(session)[::-1]


@case
class Sha256Only(LoginCamera):
    name, says, hash_name = "sha256_only", "takes only SHA-256", "sha256"
    tests = ("the_example_of_the_standard_is_answered_exactly",)

    def challenges(self, session):
        return [self.digest_challenge(session, ', algorithm=SHA-256, qop="auth"')]


@case
class Sha512ThenMd5(LoginCamera):
    name, says = "sha512_then_md5", "offers SHA-512, then MD5"
    tests = ("unknown_hash_functions_are_skipped_for_known_ones",)

    def challenges(self, session):
        return [self.digest_challenge(session, ', algorithm="SHA-512"'), self.digest_challenge(session)]


@case
class NonceOfOneUrl(LoginCamera):
    name, says = "nonce_of_one_url", "binds a nonce to one URL and never says stale"
    tests = ("a_nonce_bound_to_one_url_is_not_used_ahead",)

    def is_admitted(self, session, request):
        is_admitted = super().is_admitted(session, request)
        if not is_admitted:
            session.nonce_url = request.url
        return is_admitted

    def is_right(self, session, request, sent):
        return super().is_right(session, request, sent) and session.nonce_url == request.url


@case
class NonceGoodOnce(LoginCamera):
    name, says = "nonce_good_once", "takes each nonce once, then says stale"
    tests = ("a_nonce_that_is_good_once_is_renewed_each_time",)

    def is_admitted(self, session, request):
        is_admitted = super().is_admitted(session, request)
        if is_admitted:
            session.nonce = None
        return is_admitted

    def challenges(self, session):
        return [self.digest_challenge(session, ", stale=TRUE")]


@case
class NonceExpires(LoginCamera):
    name, says = "nonce_expires", "lets a nonce expire after 6 s, a session after 10 s"
    tests = ("a_nonce_that_expires_is_renewed_at_keep_alives",)
    session_header, seconds = "12345678;timeout=10", 20

    def is_admitted(self, session, request):
        if time.monotonic() - session.nonce_at > 6:
            session.nonce = None
        is_admitted = super().is_admitted(session, request)
        if is_admitted:
            session.alive_at = time.monotonic()
        return is_admitted

    def challenges(self, session):
        return [self.digest_challenge(session, ", stale=TRUE")]

    async def play(self, session):
        async def end_when_silent():
            while time.monotonic() - session.alive_at < 10:
                await asyncio.sleep(0.2)
            session.writer.close()

        session.start(end_when_silent())
        await super().play(session)


@case
class WrongPassword(LoginCamera):
    name, says, expects = "wrong_password", "refuses the password", "refused"
    tests = ("a_wrong_password_is_sent_once",)
    login = "wrong"


@case
class LoginMissing(LoginCamera):
    name, says, expects = "login_missing", "wants a login, and the settings have none", "login-missing"
    tests = ("reasons_about_logins_are_distinguished",)
    login = None


# Headers.


@case
class Redirect(Camera):
    name, says = "redirect_301", "sends to another address of its own"
    tests = ("a_redirect_on_the_same_host_is_followed",)

    async def on_describe(self, session, request):
        if request.url.rstrip("/").endswith("/moved"):
            return await super().on_describe(session, request)
        place = self.url.replace("/live", "/moved")
        await session.answer(request, "301 Moved Permanently", f"Location: {place}\r\n")


@case
class Full(Camera):
    name, says, expects = "full_453", "answers 453, not enough bandwidth", "full"
    tests = ("rtsp_refusals_have_their_own_reasons",)

    async def on_setup(self, session, request):
        await session.answer(request, "453 Not Enough Bandwidth")


@case
class NoHead(Camera):
    name, says = "sdp_without_head", "sends a description that begins at m="
    tests = ("a_description_without_a_head_plays",)

    def description(self):
        lines = self.video_description().split("\r\n")
        return "\r\n".join(line for line in lines if line[:2] != "c=")


@case
class Charset(Camera):
    name, says = "content_type_charset", "adds a charset to Content-Type"
    tests = ("a_content_type_with_a_charset_is_read",)

    def description_headers(self):
        return super().description_headers().replace("/sdp", "/sdp;charset=utf-8")


@case
class SessionExtra(Camera):
    name, says = "session_extra", "adds ;mode=live to Session"
    tests = ("odd_sessions_are_sent_back_as_their_id",)
    session_header = "12345678;timeout=60;mode=live"


@case
class SessionSemicolon(Camera):
    name, says = "session_semicolon", "ends Session with a semicolon"
    tests = ("odd_sessions_are_sent_back_as_their_id",)
    session_header = "12345678;"


@case
class SsrcWrong(Camera):
    name, says = "ssrc_wrong", "names another SSRC in Transport than it sends"
    tests = ("a_source_other_than_the_headers_is_played",)

    def transport_header(self, session, wish):
        return f'{wish};ssrc={(session.ssrc + 7) & 0xFFFFFFFF:08d};mode="play"'


@case
class UdpPortGap(Camera):
    name, says = "udp_port_gap", "sends UDP from ports that do not follow each other"
    tests = ("ports_need_not_follow_each_other",)
    transport = "udp"

    def transport_header(self, session, wish):
        fields = dict(field.split("=", 1) for field in wish.split(";") if "=" in field)
        client = ("127.0.0.1", int(fields["client_port"].split("-")[0]))
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
        for it in sockets:
            it.bind(("127.0.0.1", 0))
            it.setblocking(False)
        rtp, _between, rtcp = sorted(sockets, key=lambda it: it.getsockname()[1])
        session.closers += sockets

        def send(packet):
            try:
                rtp.sendto(packet, client)
            except OSError:
                pass  # a lost packet; nobody may listen any more

        session.sends = send
        ports = f"{rtp.getsockname()[1]}-{rtcp.getsockname()[1]}"
        return f"{wish};server_port={ports};ssrc={session.ssrc:08X}"


# Packets.


@case
class SsrcPerGroup(Camera):
    name, says = "ssrc_per_group", "changes its SSRC at each key frame"
    tests = ("a_new_ssrc_at_each_key_frame_goes_on",)

    def transport_header(self, session, wish):
        return wish

    def packets(self, session, unit, rtp_time):
        if clips.is_key(unit):
            session.ssrc = random.getrandbits(32)
        return super().packets(session, unit, rtp_time)


@case
class MarkerPerSlice(Camera):
    name, says, clip = "marker_per_slice", "sets the marker on each of four slices", "slices"
    tests = ("a_marker_on_each_slice_still_makes_whole_pictures",)

    def packets(self, session, unit, rtp_time):
        parts = [fragments(nal) for nal in unit]
        ends = [(it, n == len(part) - 1) for part in parts for n, it in enumerate(part)]
        return [session.packet(it, rtp_time, is_last) for it, is_last in ends]


@case
class FourSlices(Camera):
    name, says, clip = "four_slices", "sends each picture in four slices", "slices"
    tests = ("slices_with_one_marker_end_with_it",)


class OtherPayload(Camera):
    """After each picture one packet of a type that the description does not name."""

    other_type, other_counts = 50, False

    def packets(self, session, unit, rtp_time):
        packets = super().packets(session, unit, rtp_time)
        other = session.packet(bytes(40), rtp_time, True, self.other_type, self.other_counts)
        return packets + [other]


@case
class Payload50(OtherPayload):
    name, says = "payload_type_50", "mixes in packets of type 50 with used numbers"
    tests = ("unknown_payload_types_that_reuse_numbers_are_skipped",)


@case
class Payload112(OtherPayload):
    name, says = "payload_type_112", "mixes in packets of type 112 that count on"
    tests = ("unknown_payload_types_that_count_on_are_no_loss",)
    other_type, other_counts = 112, True


@case
class Twice(Camera):
    name, says = "packets_twice", "sends each packet twice"
    tests = ("packets_sent_twice_play_once",)

    def packets(self, session, unit, rtp_time):
        return [it for it in super().packets(session, unit, rtp_time) for _ in range(2)]


@case
class LineEnds(Camera):
    name, says = "line_ends_between", "puts empty lines between packets"
    tests = ("stray_line_ends_between_packets_are_skipped",)

    def packets(self, session, unit, rtp_time):
        if clips.is_key(unit):
            session.writer.write(b"\r\n")
        return super().packets(session, unit, rtp_time)


@case
class OwnRequests(Camera):
    name, says = "own_requests", "sends OPTIONS to the client"
    tests = ("requests_of_the_camera_are_answered",)

    def packets(self, session, unit, rtp_time):
        if clips.is_key(unit):
            session.writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        return super().packets(session, unit, rtp_time)


# Life.


@case
class KeepAliveUnanswered(Camera):
    name, says = "keep_alive_unanswered", "answers no keep-alive"
    tests = ("unanswered_keep_alives_are_no_end",)
    session_header, seconds = "12345678;timeout=10", 20

    async def on_other(self, session, request):
        if not self.is_playing(session):
            await super().on_other(session, request)

    def is_playing(self, session):
        return bool(session.tasks)


@case
class KeepAlive454(KeepAliveUnanswered):
    name, says = "keep_alive_454", "answers keep-alives with 454, session not found"
    tests = ("a_keep_alive_without_a_session_is_no_end",)

    async def on_other(self, session, request):
        if self.is_playing(session) and request.method == "GET_PARAMETER":
            await session.answer(request, "454 Session Not Found")
        else:
            await Camera.on_other(self, session, request)


@case
class SlowDescription(Camera):
    name, says, seconds = "describe_7s", "takes 7 s to describe itself", 14
    tests = ("a_description_may_take_seven_seconds",)

    async def on_describe(self, session, request):
        await asyncio.sleep(7)
        await super().on_describe(session, request)


@case
class LongGroup(Camera):
    name, says, clip = "group_of_40s", "sends a key frame each 40 s", "long_group"
    tests = ("an_outgrown_group_keeps_its_key_frame",)


@case
class NoFirstKey(LongGroup):
    name, says = "no_first_key", "begins 12 s before its next key frame"
    tests = ("pictures_before_the_first_key_frame_are_deltas", "pictures_without_a_key_frame_are_a_state")
    start_at, seconds = 600 - 12 * clips.PICTURES_PER_SECOND, 20


@case
class OneIn16Seconds(Camera):
    name, says = "one_in_16_seconds", "sends one picture each 16 s"
    tests = ("one_picture_every_sixteen_seconds_keeps_the_session", "a_picture_every_sixteen_seconds_is_shown_at_once")
    pictures_per_second, seconds = 1 / 16, 20

    def pictures(self):
        keys = [unit for unit in clips.units(self.clip) if clips.is_key(unit)]
        number = 0
        while True:
            yield keys[number % len(keys)], number * 16 * 90_000
            number += 1


# Pictures.


@case
class NoParameterSets(Camera):
    name, says = "no_parameter_sets", "sends SPS and PPS nowhere"
    expects = "no-parameter-sets"
    tests = ("a_stream_without_parameter_sets_says_so", "pictures_without_parameter_sets_are_reported")

    def sprop(self):
        return ""

    def packets(self, session, unit, rtp_time):
        return super().packets(session, [nal for nal in unit if clips.is_slice(nal)], rtp_time)


@case
class ParameterSetsInSdp(NoParameterSets):
    name, says, expects = "parameter_sets_in_sdp", "sends SPS and PPS only in the description", "plays"
    tests = ("parameter_sets_only_in_the_description_suffice",)

    def sprop(self):
        return Camera.sprop(self)


@case
class SdpWithoutPps(Camera):
    name, says = "sdp_without_pps", "sends only the SPS in the description"
    tests = ("a_description_without_pps_waits_for_it_in_band",)

    def sprop(self):
        return super().sprop().split(",")[0] + ","


@case
class SecondPps(Camera):
    name, says = "second_pps", "sends a second PPS that no picture uses"
    tests = ("all_parameter_sets_precede_each_key_frame",)

    def packets(self, session, unit, rtp_time):
        if clips.is_key(unit):
            first = [nal for nal in unit if not clips.is_slice(nal)]
            unit = first + [clips.pps_with_id(first[-1], 1)] + unit[len(first) :]
        return super().packets(session, unit, rtp_time)


@case
class EqualTimes(Camera):
    name, says = "equal_times", "gives all pictures one time"
    tests = ("pictures_with_equal_times_are_split_by_markers",)

    def pictures(self):
        return ((unit, 0) for unit, _ in super().pictures())


@case
class BFrames(Camera):
    name, says, clip = "b_frames", "sends B-frames", "b_frames"
    tests = ("b_frames_keep_their_order_and_are_counted",)

    def pictures(self):
        units = clips.units(self.clip)
        places = clips.display_order(units)
        step, round_ = 90_000 // clips.PICTURES_PER_SECOND, 0
        while True:
            for unit, place in zip(units, places):
                yield unit, (round_ * len(units) + place) * step
            round_ += 1


# Sound.


@case
class TalkBack(Camera):
    name, says = "talk_back", "describes a talk-back track"
    tests = ("a_talk_back_track_is_never_set_up_for_listening",)

    def more_description(self):
        return (
            "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=5\r\na=sendonly\r\n"
        )


@case
class TalkBackCloses(TalkBack):
    name, says = "talk_back_closes", "closes when the talk-back track is set up"
    tests = ("a_talk_back_track_is_never_set_up_for_listening", "a_camera_that_closes_on_sound_is_tried_without")

    async def on_setup(self, session, request):
        if "trackID=5" in request.url:
            session.writer.close()
        else:
            await super().on_setup(session, request)
