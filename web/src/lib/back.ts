// The payment provider sends the buyer back to the show with the order in the address. It is read once: what is copied
// or reloaded afterwards is the show and nothing else.
export interface CameBack {
  order: string;
  back: "paid" | "unpaid";
}

export function cameBack(): CameBack | null {
  const query = new URLSearchParams(location.search);
  const back = (["paid", "unpaid"] as const).find((one) => query.has(one));
  if (!back) return null;
  const order = query.get(back) ?? "";
  query.delete("paid");
  query.delete("unpaid");
  const rest = query.size > 0 ? `?${query}` : "";
  history.replaceState(history.state, "", `${location.pathname}${rest}${location.hash}`);
  return { order, back };
}
