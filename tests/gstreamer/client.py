"""What the two GStreamer clients share: HTTP as WHIP and WHEP want it, and a webrtcbin that waits for its candidates."""

import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

SDP = "application/sdp"


class Refused(Exception):
    """The server said no."""


class Resource:
    """A WHIP or WHEP resource: made by an offer, ended by a DELETE."""

    def __init__(self, url, token, offer):
        self.token = token
        with self._ask("POST", url, offer) as response:
            if response.status != 201:
                raise Refused(f"{response.status} instead of 201")
            self.url = urllib.parse.urljoin(url, response.headers["Location"])
            self.etag = response.headers["ETag"]
            self.answer = response.read().decode()
        if not self.etag:
            raise Refused("no ETag")

    def delete(self):
        with self._ask("DELETE", self.url) as response:
            if response.status != 200:
                raise Refused(f"{response.status} instead of 200")

    def _ask(self, method, url, body=None):
        headers = {"Content-Type": SDP, "Accept": SDP} if body else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, body.encode() if body else None, headers, method=method)
        try:
            return urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {url}: {error.code} {error.read().decode()}") from error


class Client:
    """A pipeline with a webrtcbin named `rtc`, connected through an endpoint. Ends with the exit code of `done`."""

    def __init__(self, pipeline, url, token):
        self.pipeline, self.url, self.token = pipeline, url, token
        self.rtc = pipeline.get_by_name("rtc")
        self.loop = GLib.MainLoop()
        self.resource = None
        self.failure = None
        self.asked = False
        bus = pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(message.parse_error()[0].message))
        self.rtc.connect("notify::ice-gathering-state", lambda *_: GLib.idle_add(self._gathered))
        self.rtc.connect("notify::connection-state", lambda *_: GLib.idle_add(self._changed))

    def offer(self):
        """Makes the offer; what follows happens by itself."""
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self._offered, None))

    def run(self, limit_s):
        """Runs until `stop`, a failure, or the limit. Says what went wrong, and returns the exit code."""
        GLib.timeout_add_seconds(limit_s, lambda: self.fail(f"not within {limit_s} s"))
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        try:
            if self.resource:
                self.resource.delete()
        except Refused as refused:
            self.failure = self.failure or str(refused)
        self.pipeline.set_state(Gst.State.NULL)
        if self.failure:
            print(f"failed: {self.failure}", file=sys.stderr)
        return 1 if self.failure else 0

    def stop(self):
        self.loop.quit()
        return False

    def fail(self, why):
        self.failure = self.failure or why
        return self.stop()

    def _offered(self, promise, _):
        promise.wait()
        reply = promise.get_reply()  # Owns the offer: it must outlive its use.
        self.rtc.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def _gathered(self):
        """All candidates are in the local description now: one POST, no trickling."""
        complete = self.rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE
        local = self.rtc.get_property("local-description")
        if not complete or local is None or self.asked:
            return
        self.asked = True
        text = local.sdp.as_text()
        # The request blocks; the pipeline's own threads go on.
        threading.Thread(target=self._ask, args=(text,), daemon=True).start()

    def _ask(self, offer):
        try:
            resource = Resource(self.url, self.token, offer)
        except (Refused, OSError) as error:
            GLib.idle_add(self.fail, f"{error}\n{offer}")
            return
        GLib.idle_add(self._answered, resource)

    def _answered(self, resource):
        self.resource = resource
        _, sdp = GstSdp.SDPMessage.new_from_text(resource.answer)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.rtc.emit("set-remote-description", answer, Gst.Promise.new())
        return False

    def _changed(self):
        if self.rtc.get_property("connection-state") == GstWebRTC.WebRTCPeerConnectionState.FAILED:
            self.fail("the connection failed")
        return False
