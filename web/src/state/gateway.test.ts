import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../lib/api";
import { sellerApi, type StripeKeys, type StripeView } from "../lib/seller_api";
import { Gateway } from "./gateway.svelte";

const OFF: StripeView = { connected: false, webhook: false, webhook_url: "https://shop.example/hook", stuck: 0 };
const ON: StripeView = { ...OFF, connected: true, key_hint: "sk_test_…4242" };
let sent: StripeKeys[];
let gateway: Gateway;

beforeEach(() => {
  sent = [];
  vi.spyOn(sellerApi, "stripe").mockResolvedValue(OFF);
  vi.spyOn(sellerApi, "connectStripe").mockImplementation(async (keys) => (sent.push(keys), ON));
  vi.spyOn(sellerApi, "disconnectStripe").mockResolvedValue();
  gateway = new Gateway();
});
afterEach(() => vi.restoreAllMocks());

it("sends the keys without what was pasted around them, and lets go of them", async () => {
  gateway.key = " sk_test_51Abc4242 \n";
  gateway.secret = "whsec_abc ";
  expect(await gateway.connect()).toBe(true);
  expect(sent).toEqual([{ secret_key: "sk_test_51Abc4242", webhook_secret: "whsec_abc" }]);
  expect(gateway).toMatchObject({ key: "", secret: "", view: ON });
});

it("works without a signing secret", async () => {
  gateway.key = "sk_live_51Abc";
  await gateway.connect();
  expect(sent).toEqual([{ secret_key: "sk_live_51Abc" }]);
});

it.each([["", ""], ["pk_live_51Abc", ""], ["sk_live_", ""], ["sk_live_51Abc", "sk_live_51Abc"]])("sends nothing that cannot be a key: %s, %s", async (key, secret) => {
  Object.assign(gateway, { key, secret });
  expect(await gateway.connect()).toBe(false);
  expect(sent).toEqual([]);
});

it("a key that Stripe refuses stays to be looked at", async () => {
  vi.mocked(sellerApi.connectStripe).mockRejectedValue(new ApiError(400, "key_refused", ""));
  gateway.key = "sk_live_51Abc";
  expect(await gateway.connect()).toBe(false);
  expect(gateway).toMatchObject({ trouble: "key_refused", key: "sk_live_51Abc", busy: false });
});

it("disconnecting shows how it is then", async () => {
  gateway.view = ON;
  expect(await gateway.disconnect()).toBe(true);
  expect(gateway.view).toEqual(OFF);
});
