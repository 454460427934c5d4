"""H.264 clips as lists of access units, each a list of NAL units. One is the simulated recorder's; the
others, which cameras of today rarely send, are made with ffmpeg below target/."""

import functools
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MADE = ROOT / "target" / "interop" / "clips"
PICTURES_PER_SECOND = 15

# Name: profile, size, bits per second, seconds, x264's own settings.
RECIPES = {
    "slices": ("baseline", "320x180", "250k", 8, "keyint=30:bframes=0:slices=4"),
    "b_frames": ("main", "320x180", "250k", 8, "keyint=30:bframes=2:b-adapt=0:b-pyramid=none:slices=1"),
    "long_group": ("baseline", "640x360", "900k", 40, "keyint=600:bframes=0:slices=1"),
}


def make(name):
    """The file of a clip; made at its first use."""
    profile, size, rate, seconds, settings = RECIPES[name]
    path = MADE / f"{name}.h264"
    if not path.exists():
        MADE.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        source = f"testsrc2=size={size}:rate={PICTURES_PER_SECOND}"
        command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds)]
        command += ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v", profile, "-b:v", rate]
        command += ["-maxrate", rate, "-bufsize", rate, "-f", "h264"]
        command += ["-x264-params", f"repeat-headers=1:scenecut=0:{settings}", str(unfinished)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        unfinished.rename(path)
    return path


def kind(nal):
    """nal_unit_type (ITU-T H.264 table 7-1)."""
    return nal[0] & 0x1F


def is_slice(nal):
    return 1 <= kind(nal) <= 5


def is_key(unit):
    return any(kind(nal) == 5 for nal in unit)


def nal_units(stream):
    """The units between the start codes of Annex B, without the zeros that may follow them."""
    pieces = stream.split(b"\0\0\1")[1:]
    return [piece.rstrip(b"\0") for piece in pieces]


@functools.cache
def units(name):
    """The access units of a clip. first_mb_in_slice is 0 in the first slice of a picture, and its
    Exp-Golomb code for 0 is a single one-bit."""
    own = ROOT / "crates" / "simdvr" / "clips" / "entrance-sub.h264"
    path = own if name == "plain" else make(name)
    found, unit = [], []
    for nal in nal_units(path.read_bytes()):
        begins = not is_slice(nal) or nal[1] & 0x80
        if begins and any(map(is_slice, unit)):
            found.append(unit)
            unit = []
        if is_slice(nal) or kind(nal) in (7, 8):
            unit.append(nal)
    return found + [unit]


def parameter_sets(name):
    """SPS and PPS of a clip."""
    return [nal for nal in units(name)[0] if kind(nal) in (7, 8)]


def pps_with_id(pps, number):
    """The same picture parameter set under the number 1: ue(0) is `1`, ue(1) is `010`."""
    assert number == 1
    bits = "".join(f"{byte:08b}" for byte in pps[1:]).rstrip("0")
    assert bits[0] == "1", "the clip's own set has the number 0"
    bits = "010" + bits[1:]
    bits += "0" * (-len(bits) % 8)
    return pps[:1] + bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def display_order(decoded):
    """The place of each unit among the displayed pictures: those that no other depends on
    (nal_ref_idc 0) come before the one that was sent before them."""
    places, next_place, at = [0] * len(decoded), 0, 0
    while at < len(decoded):
        after = at + 1
        while after < len(decoded) and decoded[after][-1][0] >> 5 == 0:
            places[after] = next_place
            next_place += 1
            after += 1
        places[at] = next_place
        next_place += 1
        at = after
    return places
