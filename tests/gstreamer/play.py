"""Plays a show by WHEP into nothing, and counts what was decoded: `play.py URL vp8|h264 FRAMES`."""

import sys

from client import Client, Gst, GstWebRTC

CAPS = {
    "vp8": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,"
    "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true",
    "h264": "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,"
    'packetization-mode=(string)1,profile-level-id=(string)42e01f,'
    "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true",
}
SOUND = "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2"
DECODE = {"vp8": "rtpvp8depay ! vp8dec", "h264": "rtph264depay ! h264parse ! avdec_h264"}


class Player:
    """Two branches behind a webrtcbin, each ending in a counter."""

    def __init__(self, url, codec, wanted):
        self.codec, self.wanted = codec, wanted
        self.counts = {"video": 0, "audio": 0}
        # One element alone would be parsed into itself, not into a pipeline.
        self.pipeline = Gst.Pipeline.new(None)
        rtc = Gst.ElementFactory.make("webrtcbin", "rtc")
        rtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(rtc)
        self.client = Client(self.pipeline, url, "")
        self.client.rtc.connect("pad-added", self.incoming)
        for caps in (CAPS[codec], SOUND):
            direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            self.client.rtc.emit("add-transceiver", direction, Gst.Caps.from_string(caps))
        self.client.rtc.connect("on-negotiation-needed", lambda _: self.client.offer())

    def incoming(self, _, pad):
        """A stream has come: decode it."""
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        decode = DECODE[self.codec] if kind == "video" else "rtpopusdepay ! opusdec"
        sink = Gst.parse_bin_from_description(f"queue ! {decode} ! fakesink name=out sync=false signal-handoffs=true", True)
        sink.get_by_name("out").connect("handoff", lambda *_: self.count(kind))
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def count(self, kind):
        self.counts[kind] += 1
        if self.counts["video"] >= self.wanted and self.counts["audio"] >= self.wanted:
            self.client.stop()


def main():
    url, codec, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
    Gst.init(None)
    player = Player(url, codec, wanted)
    code = player.client.run(30)
    print(f"decoded: {player.counts['video']} pictures, {player.counts['audio']} sounds", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
