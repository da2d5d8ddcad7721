import { describe, expect, it } from "vitest";
import { configuration, useIceServers } from "./ice";

describe("ICE servers", () => {
  it("are those of the page", () => {
    const servers = [{ urls: ["turn:turn.example:3478"], username: "1:quiora", credential: "x" }];
    useIceServers(servers);
    expect(configuration()).toEqual({ bundlePolicy: "max-bundle", iceServers: servers });
  });
  it("are none where the page has none", () => {
    useIceServers(undefined);
    expect(configuration().iceServers).toEqual([]);
  });
});
