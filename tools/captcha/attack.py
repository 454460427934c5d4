"""Reads pictures of letters as a program would, and prints how often it is right.

Usage: attack.py strokes.rs pictures [pictures to learn from]
Pictures are named number-ANSWER-fetch.png; several fetches of one id share number and answer. The
name is looked at only to judge an answer, and for the pictures to learn from.
"""

import collections
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import cv2
import numpy as np

ALPHABET = "ABCDEFHKMNPRTUVWXY34679"
N_LETTERS = 4
N_TRIES = 3

os.environ["OMP_THREAD_LIMIT"] = "1"


def pictures(folder):
    """[(answer, [fetch, ...])]"""
    by_id = collections.defaultdict(list)
    for path in sorted(pathlib.Path(folder).glob("*.png")):
        number, answer, _ = path.stem.split("-")
        by_id[number, answer].append(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    return [(answer, fetches) for (_, answer), fetches in sorted(by_id.items())]


# ---- stock OCR over pictures made easier


def tesseract(images, psm):
    """For each image: (what was read, how sure). An image that ends the program (it divides by zero at
    some) is one that it cannot read; the others are read without it."""
    try:
        return read_at_once(images, psm)
    except subprocess.CalledProcessError:
        if len(images) == 1:
            return [("", 0.0)]
        half = len(images) // 2
        return tesseract(images[:half], psm) + tesseract(images[half:], psm)


def read_at_once(images, psm):
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for n, image in enumerate(images):
            name = f"{folder}/{n}.png"
            cv2.imwrite(name, cv2.copyMakeBorder(image, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=255))
            names.append(name)
        pathlib.Path(folder, "list").write_text("\n".join(names) + "\n")
        output = subprocess.run(
            ["tesseract", f"{folder}/list", "stdout", "--psm", str(psm), "--dpi", "150", "-c", f"tessedit_char_whitelist={ALPHABET}", "tsv"],
            capture_output=True, text=True, check=True,
        ).stdout
    words = collections.defaultdict(list)
    for line in output.splitlines()[1:]:
        fields = line.split("\t")
        if len(fields) == 12 and fields[0] == "5" and fields[11].strip():
            words[int(fields[1]) - 1].append((fields[11].strip(), float(fields[10])))
    result = []
    for n in range(len(images)):
        text = "".join(word for word, _ in words[n])
        result.append((text, float(np.mean([sure for _, sure in words[n]])) if words[n] else 0.0))
    return result


def kernel(size):
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def filled(ink, widest):
    """Ink, and the narrow regions between outlines that it closes in; dark on white."""
    _, regions, stats, _ = cv2.connectedComponentsWithStats(255 - ink, connectivity=4)
    inside = ink.copy()
    depth = cv2.distanceTransform(255 - ink, cv2.DIST_L2, 3)
    for region in range(1, len(stats)):
        mask = regions == region
        if depth[mask].max() <= widest:
            inside[mask] = 255
    return 255 - inside


def largest(dark_on_white, least):
    """Without the small islands."""
    _, regions, stats, _ = cv2.connectedComponentsWithStats(255 - dark_on_white)
    keep = np.isin(regions, [r for r in range(1, len(stats)) if stats[r, cv2.CC_STAT_AREA] >= least])
    return np.where(keep, 0, 255).astype(np.uint8)


def thresholded(image, at):
    return np.where(image < at, 255, 0).astype(np.uint8)


THRESHOLDS = (80, 110, 140, 170)

WAYS = {
    "as it is": [lambda p: p, lambda p: cv2.GaussianBlur(p, (0, 0), 2), lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)],
    "threshold": [lambda p, t=t: 255 - thresholded(p, t) for t in THRESHOLDS],
    "threshold and fill": [
        lambda p, t=t, w=w: largest(filled(thresholded(p, t), w), 150) for t in THRESHOLDS for w in (6, 8)
    ],
    "closing and fill": [
        lambda p, t=t, c=c: largest(filled(cv2.morphologyEx(thresholded(p, t), cv2.MORPH_CLOSE, kernel(c)), 8), 200)
        for t in (110, 140) for c in (5, 7, 9)
    ],
    "fill and opening": [
        lambda p, c=c, o=o: largest(
            cv2.morphologyEx(filled(cv2.morphologyEx(thresholded(p, 140), cv2.MORPH_CLOSE, kernel(c)), 8), cv2.MORPH_CLOSE, kernel(o)), 200)
        for c in (1, 5, 9) for o in (5, 7, 9)
    ],
}


def answers_of(readings):
    """The answers of the right length, the surest first; the same from several ways is surer."""
    score = collections.Counter()
    for text, sure in readings:
        if len(text) == N_LETTERS:
            score[text] += sure + 1
        elif len(text) > N_LETTERS:
            for start in range(len(text) - N_LETTERS + 1):
                score[text[start:start + N_LETTERS]] += sure / 8
    return [text for text, _ in score.most_common(N_TRIES)]


def read_by_ocr(ids, ways):
    readings = [[] for _ in ids]
    for way, psm in itertools.product(ways, (7, 8)):
        for n, reading in enumerate(tesseract([way(picture) for picture in ids], psm)):
            readings[n].append(reading)
    return [answers_of(r) for r in readings]


def vote(fetches):
    """One picture of many of the same id: what is dark in most of them."""
    ink = np.mean([cv2.GaussianBlur(255 - fetch, (0, 0), 2.5) for fetch in fetches], axis=0)
    return (255 - np.clip(ink * 255 / max(ink.max(), 1), 0, 255)).astype(np.uint8)


# ---- matching the known strokes


def strokes(path):
    """The alphabet as segments, read from the source: the attacker has it, it is public."""
    source = pathlib.Path(path).read_text()
    letters = {}
    for name, body in re.findall(r"'(.)' => &\[(.*?)\],\n", source, re.S):
        segments = []
        for kind, inner in re.findall(r"(Line)\(&\[(.*?)\]\)|Arc\((.*?)\)", body) and [
            (m.group(0)[0], m.group(1) or m.group(2)) for m in re.finditer(r"Line\(&\[(.*?)\]\)|Arc\((.*?)\)", body, re.S)
        ]:
            n = [float(x) for x in re.findall(r"-?\d+\.\d+", inner)]
            if kind == "L":
                points = list(zip(n[0::2], n[1::2]))
            else:
                x, y, rx, ry, first, last = n
                angles = np.radians(np.linspace(first, last, 15))
                points = [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]
            segments += list(zip(points, points[1:]))
        letters[name] = np.array(segments)
    letters["9"] = np.array([6.0, 10.0]) - letters["6"]
    assert sorted(letters) == sorted(ALPHABET), sorted(letters)
    return letters


def drawn(segments, wide, high, turn, slant, hollow=5.0):
    """A letter as the server draws it undistorted, hollow, at half size."""
    s = segments.copy()
    middle = s[..., 0].max() / 2
    x = (s[..., 0] - middle) * wide - (s[..., 1] - 5) * slant * high
    y = (s[..., 1] - 5) * high
    points = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], -1)
    least = points.reshape(-1, 2).min(0) - 10
    size = np.ceil(points.reshape(-1, 2).max(0) + 10 - least).astype(int)
    spine = np.full((size[1], size[0]), 255, np.uint8)
    for a, b in np.round(points - least).astype(int):
        cv2.line(spine, [int(v) for v in a], [int(v) for v in b], 0, 1)
    away = cv2.distanceTransform(spine, cv2.DIST_L2, 5)
    line = np.clip(2.2 - np.abs(away - hollow), 0, 1).astype(np.float32)
    return cv2.resize(line, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def templates(letters):
    for name, segments in letters.items():
        for wide, turn, slant in itertools.product((6.8, 8.2), (-0.2, -0.07, 0.07, 0.2), (-0.12, 0.0, 0.12)):
            yield name, drawn(segments, wide, 6.2, turn, slant)


def best_rows(columns):
    """The best four letters that do not overlap, several answers: columns[letter, x] are scores."""
    n = columns.shape[1]
    step = 26
    table = [[[(0.0, "")]] * (n + 1)] + [[[]] * (n + 1) for _ in range(N_LETTERS)]
    order = np.argsort(-columns, axis=0)[:3]
    for k in range(1, N_LETTERS + 1):
        for x in range(n):
            here = [
                (score + columns[letter, x], text + ALPHABET[letter])
                for score, text in table[k - 1][max(0, x - step + 1)]
                for letter in order[:, x] if columns[letter, x] > 0
            ]
            unique = {}
            for score, text in sorted(table[k][x] + here, reverse=True):
                unique.setdefault(text, score)
            table[k][x + 1] = [(score, text) for text, score in itertools.islice(unique.items(), 6)]
    return [text for _, text in table[N_LETTERS][n][:N_TRIES]]


def read_by_templates(ids, letters):
    all_templates = list(templates(letters))
    result = []
    for picture in ids:
        ink = cv2.resize((255 - picture).astype(np.float32) / 255, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        ink = cv2.copyMakeBorder(cv2.GaussianBlur(ink, (0, 0), 0.8), 12, 12, 12, 12, cv2.BORDER_CONSTANT)
        columns = np.zeros((len(ALPHABET), ink.shape[1]), np.float32)
        for name, template in all_templates:
            template = cv2.GaussianBlur(template, (0, 0), 0.8)
            if template.shape[0] > ink.shape[0] or template.shape[1] > ink.shape[1]:
                continue
            score = cv2.matchTemplate(ink, template, cv2.TM_CCOEFF_NORMED).max(0)
            left = template.shape[1] // 2
            row = columns[ALPHABET.index(name)]
            np.maximum(row[left:left + len(score)], score, out=row[left:left + len(score)])
        result.append(best_rows(columns))
    return result


# ---- learning from pictures that the attacker drew with the same public source


def described(crop):
    """How strong the edges of each direction are in each part of a crop, whatever its brightness."""
    dx = cv2.Sobel(crop, cv2.CV_32F, 1, 0)
    dy = cv2.Sobel(crop, cv2.CV_32F, 0, 1)
    strength, angle = np.hypot(dx, dy), np.mod(np.arctan2(dy, dx), np.pi) / np.pi * 8
    parts = []
    for direction in range(8):
        away = np.abs(np.mod(angle - direction + 4, 8) - 4)
        part = (strength * np.clip(1 - away, 0, 1)).astype(np.float32)
        parts.append(cv2.resize(part, (12, 14), interpolation=cv2.INTER_AREA))
    flat = np.concatenate(parts).ravel()
    return flat / (np.linalg.norm(flat) + 1e-6) * 6


def crops(picture, slot, shifts):
    small = cv2.resize(picture, (160, 56), interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(small, 0, 0, 30, 30, cv2.BORDER_CONSTANT, value=255)
    for shift in shifts:
        left = int(30 + 160 / 4.35 * (slot + 0.68) - 24 + shift)
        yield small[:, left:left + 48]


def softmax_regression(x, y, hidden=192, rounds=30):
    """A net with one hidden layer, by plain gradient descent with momentum."""
    rng = np.random.default_rng(1)
    classes = len(ALPHABET)
    w = [rng.normal(0, 0.05, (x.shape[1], hidden)).astype(np.float32), np.zeros(hidden, np.float32),
         rng.normal(0, 0.05, (hidden, classes)).astype(np.float32), np.zeros(classes, np.float32)]
    m = [np.zeros_like(p) for p in w]
    for epoch in range(rounds):
        rate = 0.05 * 0.9 ** epoch
        order = rng.permutation(len(x))
        for start in range(0, len(x), 64):
            batch = order[start:start + 64]
            a, t = x[batch], y[batch]
            kept = (rng.random((len(a), hidden)) > 0.3) / np.float32(0.7)
            h = np.maximum(a @ w[0] + w[1], 0) * kept
            z = h @ w[2] + w[3]
            p = np.exp(z - z.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(t)), t] -= 1
            p /= len(t)
            back = (p @ w[2].T) * (h > 0) * kept
            for i, g in enumerate((a.T @ back, back.sum(0), h.T @ p, p.sum(0))):
                m[i] = 0.9 * m[i] + g + 1e-4 * w[i]
                w[i] -= rate * m[i]

    def sure(a):
        z = np.maximum(a @ w[0] + w[1], 0) @ w[2] + w[3]
        z -= z.max(1, keepdims=True)
        return z - np.log(np.exp(z).sum(1, keepdims=True))
    return sure


def read_by_learning(ids, learn_from):
    x, y = [], []
    for answer, fetches in learn_from:
        for slot, letter in enumerate(answer):
            for crop in crops(fetches[0], slot, (-4, 0, 4)):
                x.append(described(crop))
                y.append(ALPHABET.index(letter))
    sure = softmax_regression(np.array(x, np.float32), np.array(y))
    result = []
    for picture in ids:
        table = [np.mean(sure(np.array([described(c) for c in crops(picture, slot, (-4, 0, 4))], np.float32)), 0) for slot in range(N_LETTERS)]
        ranked = [np.argsort(-row)[:3] for row in table]
        answers = sorted(itertools.product(*ranked), key=lambda a: -sum(table[s][l] for s, l in enumerate(a)))
        result.append(["".join(ALPHABET[l] for l in a) for a in answers[:N_TRIES]])
    return result


# ---- the report


def report(name, answers, guesses):
    n = len(answers)
    one = sum(g[:1] == [a] for a, g in zip(answers, guesses))
    three = sum(a in g[:N_TRIES] for a, g in zip(answers, guesses))
    right = sum(x == y for a, g in zip(answers, guesses) if g for x, y in zip(a, g[0]))
    print(f"  {name:<38} one try {100 * one / n:5.1f} %   three tries {100 * three / n:5.1f} %   letters {100 * right / (N_LETTERS * n):5.1f} %", flush=True)


def main():
    ids = pictures(sys.argv[2])
    answers = [answer for answer, _ in ids]
    first = [fetches[0] for _, fetches in ids]
    n_fetches = len(ids[0][1])
    n_alike = sum(all(np.array_equal(fetches[0], f) for f in fetches) for _, fetches in ids)
    print(f"{len(ids)} pictures, each fetched {n_fetches} times; {n_alike} are one picture at every fetch", flush=True)
    every = []
    for name, ways in WAYS.items():
        guesses = read_by_ocr(first, ways)
        report(f"tesseract, {name}", answers, guesses)
        every.append(guesses)
    if n_fetches > 1:
        voted = [vote(fetches) for _, fetches in ids]
        report("tesseract, vote over fetches", answers, read_by_ocr(voted, [lambda p: p, *WAYS["threshold"]]))
    report("tesseract, every way together", answers, [answers_of([(t, N_TRIES - i) for g in gs for i, t in enumerate(g)]) for gs in zip(*every)])
    report("known strokes matched", answers, read_by_templates(first, strokes(sys.argv[1])))
    if len(sys.argv) > 3:
        report(f"a net taught by {len(pictures(sys.argv[3]))} pictures", answers, read_by_learning(first, pictures(sys.argv[3])))


if __name__ == "__main__":
    main()
