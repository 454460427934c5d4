"""Runs third-party programs against ours, and cameras that behave as bug reports describe, prints
what came out, and fails if something that should work does not.
Usage: main.py PEERVIEW RECORDER [clients] [servers] [name of a case...]"""

import asyncio
import pathlib
import shutil
import signal
import sys
import tempfile

PARTS = ("clients", "servers")


async def main(peerview, recorder, *wanted):
    # Some shells leave it ignored, and then no child's end can be seen.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    parts = [part for part in PARTS if part in wanted]
    cases = [name for name in wanted if name not in PARTS]
    failures = 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="peerview-interop-"))
    try:
        if "clients" in parts or not wanted:
            import clients

            failures += await clients.run(recorder)
        if "servers" in parts or cases or not wanted:
            import servers

            failures += await servers.run(peerview, folder, cases)
        if failures:
            kept = pathlib.Path("target/interop/agent.log")
            if (folder / "agent.log").exists():
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(folder / "agent.log", kept)
                print(f"What the agent logged: {kept}", file=sys.stderr)
            print(f"{failures} rows are wrong.", file=sys.stderr)
    finally:
        shutil.rmtree(folder)
    return 1 if failures else 0


sys.exit(asyncio.run(main(*sys.argv[1:])))
