"""The agent as a process with one RTSP recorder for each camera, and what its status says of them."""

import asyncio
import json

import players
from camera import PASSWORD, USER

# Nobody answers there: the agent pulls streams without a cloud, too.
NO_CLOUD = "https://127.0.0.1:9/"
CONFIG = """\
[agent]
cloud = "{cloud}"
data_dir = "{data}"
warm_memory_bytes = 536870912
"""
RECORDER = """
[[agent.recorders]]
kind = "rtsp"
id = "{id}"
name = "{name}"
url = "{url}"
transport = "{transport}"
"""


class Agent:
    def __init__(self, program, folder):
        self.program, self.data, self.config = program, folder / "agent", folder / "agent.toml"
        self.log = folder / "agent.log"

    async def start(self, cameras):
        """`cameras` have name, url, transport, login."""
        text = CONFIG.format(cloud=NO_CLOUD, data=self.data)
        for camera in cameras:
            identity = camera.name.replace("_", "-")
            text += RECORDER.format(id=identity, name=camera.name, url=camera.url, transport=camera.transport)
            if camera.login:
                password = PASSWORD if camera.login == "right" else "wrong"
                text += f'user = "{USER}"\npassword = "{password}"\n'
        self.config.write_text(text)
        self.config.chmod(0o600)
        command = [self.program, "agent", "--config", self.config, "--log", "warn,agent=debug"]
        with self.log.open("wb") as log:
            quiet = {"stdin": asyncio.subprocess.DEVNULL, "stdout": log, "stderr": log}
            self.process = await asyncio.create_subprocess_exec(*command, **quiet)

    async def status(self):
        """The cameras by the names of their recorders."""
        command = [self.program, "agent", "status", "--config", self.config, "--json"]
        asked = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        said, _ = await asked.communicate()
        if asked.returncode != 0:
            raise RuntimeError(f"the agent has no status; see {self.log}")
        recorders = json.loads(said)["recorders"]
        return {recorder["name"]: recorder["cameras"][0] for recorder in recorders if recorder["cameras"]}

    async def stop(self):
        await players.stop(self.process)
