// The STUN and TURN servers that the page was written with, for every connection of the page.
let servers: RTCIceServer[] = [];

export function useIceServers(known: RTCIceServer[] | undefined): void {
  servers = known ?? [];
}

export const configuration = (): RTCConfiguration => ({ bundlePolicy: "max-bundle", iceServers: servers });
