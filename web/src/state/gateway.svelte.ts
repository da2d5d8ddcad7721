// The shop's account at Stripe: connected or not, and the keys on their way there. They are let go of as soon as they are
// sent; the server never shows them again.
import { sellerApi, type StripeView } from "../lib/seller_api";
import { Deeds } from "./deeds.svelte";

const KEY = /^[sr]k_(?:live|test)_\w+$/;
const SECRET = /^whsec_\S+$/;

export class Gateway extends Deeds {
  view: StripeView | null = $state.raw(null);
  key = $state("");
  secret = $state("");
  readonly keyOk = $derived(KEY.test(this.key.trim()));
  readonly secretOk = $derived(this.secret.trim() === "" || SECRET.test(this.secret.trim()));

  load(): Promise<boolean> {
    return this.do(async () => void (this.view = await sellerApi.stripe()));
  }

  /** True once Stripe has taken the keys. */
  async connect(): Promise<boolean> {
    if (!this.keyOk || !this.secretOk) return false;
    const webhook_secret = this.secret.trim();
    const keys = { secret_key: this.key.trim(), ...(webhook_secret !== "" && { webhook_secret }) };
    return this.do(async () => {
      this.view = await sellerApi.connectStripe(keys);
      this.key = this.secret = "";
    });
  }

  disconnect(): Promise<boolean> {
    return this.do(async () => {
      await sellerApi.disconnectStripe();
      this.view = await sellerApi.stripe();
    });
  }
}
