import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { helperTokens, staffApi } from "./staff_api";

beforeEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
});

it("redeems the key of a link once, and is known by the token after a reload", async () => {
  const join = vi.spyOn(staffApi, "join").mockResolvedValue("first");
  const tokens = helperTokens("demo", "remote", "key");
  expect(await tokens.current()).toBe("first");
  tokens.keep("fresh");
  expect(await tokens.current()).toBe("fresh");
  expect(await helperTokens("demo", "remote", null).current()).toBe("fresh");
  expect(join.mock.calls).toEqual([["demo", "remote", "key"]]);
});

it("means the link that was opened, whatever the device was before", async () => {
  helperTokens("demo", "moderator", null).keep("carlo");
  vi.spyOn(staffApi, "join").mockResolvedValue("carla");
  expect(await helperTokens("demo", "moderator", "key").current()).toBe("carla");
});

it("a link that is worth nothing ends it; a server that cannot be reached does not", async () => {
  const join = vi.spyOn(staffApi, "join").mockRejectedValueOnce(new ApiError(0, "offline", "")).mockRejectedValueOnce(new ApiError(401, "login_invalid", ""));
  const tokens = helperTokens("demo", "moderator", "key");
  await expect(tokens.current()).rejects.toMatchObject({ code: "offline" });
  await expect(tokens.current()).rejects.toMatchObject({ code: "access_revoked" });
  expect(join).toHaveBeenCalledTimes(2);
});

it("a moderator's link is good again when its token is not; a remote's is used up", async () => {
  vi.spyOn(staffApi, "join").mockResolvedValue("t");
  for (const as of ["moderator", "remote"] as const) {
    const tokens = helperTokens("demo", as, "key");
    await tokens.current();
    tokens.discard();
    if (as === "moderator") expect(await tokens.current()).toBe("t");
    else await expect(tokens.current()).rejects.toMatchObject({ code: "access_revoked" });
  }
});
