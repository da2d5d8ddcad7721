// What has just happened, told in passing. At most three at once: the oldest gives way.
export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "error";
}

const SHOWN_MS = 5000;
const AT_MOST = 3;

let next = 0;
export const toasts: Toast[] = $state([]);

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

export function toast(text: string, tone: Toast["tone"] = "plain"): void {
  const id = next++;
  toasts.push({ id, text, tone });
  if (toasts.length > AT_MOST) toasts.shift();
  setTimeout(() => dismiss(id), SHOWN_MS);
}
