// What the shop says before one buys: ways, payments, whether one can wait. Asked when it is first needed.
import { ApiError } from "../lib/api";
import { shopApi, type ShopView } from "../lib/shop_api";

export class Terms {
  shop: ShopView | null = $state.raw(null);
  /** The code of what the last attempt met. */
  trouble: string | null = $state(null);

  /** Asks, also again: what was known stays until there is an answer. */
  async load(): Promise<void> {
    this.trouble = null;
    try {
      this.shop = await shopApi.shop();
    } catch (error) {
      this.trouble = error instanceof ApiError && error.status !== 0 ? error.code : "server_stopping";
    }
  }
}
