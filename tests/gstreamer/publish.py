"""Publishes a test picture and a tone by WHIP: `publish.py URL KEY vp8|h264 SECONDS`."""

import sys

from client import Client, GLib, Gst, GstWebRTC

VIDEO = {
    "vp8": "vp8enc deadline=1 cpu-used=8 target-bitrate=600000 keyframe-max-dist=60 ! rtpvp8pay picture-id-mode=15-bit pt=96",
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=600 key-int-max=60 bframes=0 "
    "! video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1 "
    "! rtph264pay aggregate-mode=zero-latency pt=96",
}
CAPS = {
    "vp8": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,"
    "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true",
    "h264": "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,"
    "packetization-mode=(string)1,"
    "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true",
}


def main():
    url, key, codec, seconds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    Gst.init(None)
    pipeline = Gst.parse_launch(
        "webrtcbin name=rtc bundle-policy=max-bundle "
        f"videotestsrc is-live=true ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! queue ! {VIDEO[codec]} "
        f"! {CAPS[codec]} ! rtc. "
        "audiotestsrc is-live=true wave=sine ! audio/x-raw,rate=48000,channels=2 ! queue ! opusenc ! rtpopuspay pt=97 "
        "! application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2 ! rtc."
    )
    client = Client(pipeline, url, key)
    for index in range(2):
        transceiver = client.rtc.emit("get-transceiver", index)
        transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
    client.rtc.connect("on-negotiation-needed", lambda _: client.offer())
    connected = GstWebRTC.WebRTCPeerConnectionState.CONNECTED

    def changed(rtc, _):
        if rtc.get_property("connection-state") == connected:
            print("connected", flush=True)
            GLib.timeout_add_seconds(seconds, client.stop)

    client.rtc.connect("notify::connection-state", changed)
    return client.run(seconds + 20)


if __name__ == "__main__":
    sys.exit(main())
