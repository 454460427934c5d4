#!/usr/bin/python3
"""A bad line: every packet that the kernel routes into the interface `line` comes back out of it after a delay, or
never. Random numbers come from a seed, so that a run can be repeated. Prints "ready", ends with its stdin.
Usage: line.py <per cent lost each way> <milliseconds each way> <seed>"""

import collections
import fcntl
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MOST_WAITING = 20_000


def main():
    loss = float(sys.argv[1]) / 100
    delay = float(sys.argv[2]) / 1000
    chance = random.Random(int(sys.argv[3]))

    tunnel = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tunnel, TUNSETIFF, struct.pack("16sH", b"line", IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", "dev", "line", "up", "txqueuelen", "10000"], check=True)
    subprocess.run(["ip", "route", "add", "default", "dev", "line", "table", "100"], check=True)
    print("ready", flush=True)

    # One delay for all: they leave in the order in which they came.
    waiting = collections.deque()
    while True:
        rest = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([tunnel, sys.stdin], [], [], rest)
        if sys.stdin in readable and not os.read(0, 100):
            return
        if tunnel in readable:
            take(tunnel, waiting, chance, loss, delay)
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            os.write(tunnel, waiting.popleft()[1])


def take(tunnel, waiting, chance, loss, delay):
    while True:
        try:
            packet = os.read(tunnel, 65_536)
        except BlockingIOError:
            return
        if chance.random() >= loss and len(waiting) < MOST_WAITING:
            waiting.append((time.monotonic() + delay, packet))


main()
