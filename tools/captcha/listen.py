"""Listens to the spoken letters as a program would, and prints how often it is right.

Usage: listen.py en.ulaw sounds
Sounds are English, named number-ANSWER-fetch.wav; the name is looked at only to judge an answer.
"""

import collections
import pathlib
import sys
import tempfile
import wave

import numpy as np
from pocketsphinx import Decoder, Config, get_model_path

ALPHABET = "ABCDEFHKMNPRTUVWXY34679"
N_LETTERS = 4
RATE = 8_000
WORDS = {"3": "three", "4": "four", "6": "six", "7": "seven", "9": "nine"}


def sound(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32_768


def recognizer():
    """A stock recogniser with its own English model, told that four letters are said."""
    words = {WORDS.get(c, c.lower()): c for c in ALPHABET}
    grammar = "#JSGF V1.0;\ngrammar letters;\npublic <four> = " + " ".join(["<letter>"] * N_LETTERS) + ";\n<letter> = " + " | ".join(words) + ";\n"
    file = tempfile.NamedTemporaryFile("w", suffix=".gram", delete=False)
    file.write(grammar)
    file.close()
    decoder = Decoder(Config(hmm=get_model_path("en-us/en-us"), dict=get_model_path("en-us/cmudict-en-us.dict"), jsgf=file.name, loglevel="FATAL"))

    def read(samples):
        fast = np.interp(np.arange(len(samples) * 2) / 2, np.arange(len(samples)), samples)
        decoder.start_utt()
        decoder.process_raw((fast * 32_000).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        said = decoder.hyp()
        return "".join(words.get(w.split("(")[0], "") for w in said.hypstr.split()) if said else ""
    return read


def recordings(path):
    """The public clips, by letter."""
    data, clips = pathlib.Path(path).read_bytes(), {}
    while data:
        length = int.from_bytes(data[1:3], "big")
        bits = ~np.frombuffer(data[3:3 + length], np.uint8)
        size = (((bits & 15).astype(np.int32) << 3) + 0x84) << ((bits >> 4) & 7)
        clips[chr(data[0])] = np.where(bits & 0x80, -(size - 0x84), size - 0x84).astype(np.float32)
        data = data[3 + length:]
    return clips


def at_speed(clip, speed):
    at = np.arange(int(len(clip) / speed)) * speed
    return np.interp(at, np.arange(len(clip)), clip).astype(np.float32)


def matcher(clips):
    """Each public clip at many speeds against every moment of the sound."""
    templates = [(letter, at_speed(clip, speed)) for letter, clip in clips.items() for speed in np.linspace(0.9, 1.08, 10)]
    size = 1 << 17

    def read(samples):
        spectrum = np.fft.rfft(samples, size)
        energy = np.concatenate([[0], np.cumsum(samples ** 2)])
        found = []
        for letter, template in templates:
            n = len(template)
            if n >= len(samples):
                continue
            score = np.fft.irfft(spectrum * np.conj(np.fft.rfft(template, size)), size)[:len(samples) - n]
            score = score / np.sqrt((energy[n:-1] - energy[:-n - 1] + 1e-3) * (template ** 2).sum())
            for _ in range(N_LETTERS):
                at = int(score.argmax())
                found.append((score[at], at, at + n, letter))
                score[max(0, at - n):at + n] = 0
        taken = []
        for score, start, end, letter in sorted(found, reverse=True):
            if len(taken) < N_LETTERS and all(end <= s or start >= e for s, e, _ in taken):
                taken.append((start, end, letter))
        return "".join(letter for _, _, letter in sorted(taken))
    return read


def main():
    paths = sorted(pathlib.Path(sys.argv[2]).glob("*-0.wav"))[:60]
    print(f"{len(paths)} recordings, English, one try each", flush=True)
    for name, read in (("pocketsphinx, en-us, told the alphabet", recognizer()), ("public clips matched", matcher(recordings(sys.argv[1])))):
        right = collections.Counter()
        for path in paths:
            answer, said = path.stem.split("-")[1], read(sound(path))
            right["all"] += said == answer
            right["letters"] += sum(a == b for a, b in zip(answer, said))
        n = max(len(paths), 1)
        print(f"  {name:<38} one try {100 * right['all'] / n:5.1f} %   letters {100 * right['letters'] / (N_LETTERS * n):5.1f} %", flush=True)


if __name__ == "__main__":
    main()
