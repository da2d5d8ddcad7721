"""A real server, fed by GStreamer over WHIP and watched by GStreamer over WHEP, once for each codec.

`test.py QUIORA_BINARY`. Prints what it saw; the exit code says whether all of it held.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
PYTHON = "/usr/bin/python3"  # The one that Debian's gi belongs to.
FRAMES = 60


class Server:
    """A fresh server with a shop, on free ports."""

    def __init__(self, binary, folder):
        listen, media = "127.0.0.1:18085", "18485"
        self.base = f"http://{listen}"
        command = [binary, "serve", "--listen", listen, "--media-port", media, "--data-dir", folder, "--base-url", self.base]
        command += ["--public-ip", own_address()]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"RUST_LOG": "quiora=warn"})
        self.cookie = None
        for line in self.process.stdout:
            if "#setup=" in line:
                token = line.strip().rsplit("=", 1)[1]
                break
        else:
            raise SystemExit("the server did not start")
        headers = self.ask("POST", "/api/session", {"token": token, "shop": "Bottega"})[1]
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
            return json.loads(text) if text else None, response.headers

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


def own_address():
    """GStreamer's ICE agent does not pair with the loopback address. Nothing is sent: connecting asks the routing table."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        return probe.getsockname()[0]


def python(script, *args):
    return [PYTHON, str(HERE / script), *map(str, args)]


def round_trip(server, codec):
    """One show in one codec: published, watched, and started by its feed."""
    show = server.ask("POST", "/api/shows", {"title": f"GStreamer {codec}"})[0]
    at = f"/api/shows/{show['slug']}"
    key = server.ask("GET", f"{at}/stream-key")[0]
    publisher = subprocess.Popen(python("publish.py", key["url"], key["key"], codec, 60), stdout=subprocess.PIPE, text=True)
    try:
        if publisher.stdout.readline().strip() != "connected":
            return f"{codec}: the publisher did not connect"
        players = [subprocess.Popen(python("play.py", f"{server.base}{at}/whep", codec, FRAMES)) for _ in range(2)]
        codes = [player.wait(timeout=60) for player in players]
        if any(codes):
            return f"{codec}: the players ended with {codes}"
        status = server.ask("GET", at)[0]["status"]
        return None if status == "live" else f"{codec}: the show is {status}, and its feed should have started it"
    finally:
        publisher.terminate()
        publisher.wait(timeout=10)


def main():
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], folder)
        try:
            troubles = [trouble for codec in ("vp8", "h264") if (trouble := round_trip(server, codec))]
        finally:
            server.stop()
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    print(f"{2 - len(troubles)} of 2 codecs, after {time.monotonic() - began:.0f} s")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
