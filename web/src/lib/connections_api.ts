// Who else is told what happens: the shop's own programs by webhook, its buyers by letter. The studio's cookie says who asks.
import type { Language } from "../protocol";
import { call } from "./api";

export const EVENTS = ["order.placed", "order.paid", "order.cancelled", "stock.changed", "show.live", "show.ended"] as const;

export interface Webhook {
  webhook: string;
  url: string;
  events: string[];
  active: boolean;
  disabled_by?: "seller" | "gone";
  created_at_ms: number;
  last?: { at_ms: number; outcome: string };
  old_secret_until_ms?: number;
  waiting: number;
  given_up: number;
}

export interface Delivery {
  message: string;
  kind: string;
  subject: string;
  at_ms: number;
  status: "waiting" | "sent" | "given_up";
  attempts: number;
  outcome?: string;
  then_ms: number;
}

export interface FailedLetter {
  order: string;
  number: number | null;
  kind: string;
  at_ms: number;
  outcome: string;
}

export interface MailState {
  configured: boolean;
  from?: string;
  language?: Language;
  waiting: number;
  given_up: FailedLetter[];
}

/** A secret is told once: when it is made. */
export interface Secret {
  webhook: string;
  secret: string;
}

const one = (webhook: string): string => `/api/webhooks/${encodeURIComponent(webhook)}`;

export const connectionsApi = {
  webhooks: async (): Promise<Webhook[]> => (await call<{ webhooks: Webhook[] }>("GET", "/api/webhooks")).webhooks,
  add: (url: string, events: readonly string[]): Promise<Secret> => call("POST", "/api/webhooks", { url, events }),
  turn: (webhook: string, active: boolean): Promise<void> => call("PUT", one(webhook), { active }),
  remove: (webhook: string): Promise<void> => call("DELETE", one(webhook)),
  ping: (webhook: string): Promise<void> => call("POST", `${one(webhook)}/ping`),
  rotate: (webhook: string): Promise<Secret> => call("POST", `${one(webhook)}/secret`),
  messages: async (webhook: string): Promise<Delivery[]> => (await call<{ messages: Delivery[] }>("GET", `${one(webhook)}/messages`)).messages,
  resend: (webhook: string, message: string): Promise<void> => call("POST", `${one(webhook)}/messages/${encodeURIComponent(message)}/resend`),
  mail: (): Promise<MailState> => call("GET", "/api/mail"),
  tryLetter: async (to: string): Promise<string> => (await call<{ outcome: string }>("POST", "/api/mail/test", { to })).outcome,
  letterAgain: (order: string): Promise<void> => call("POST", `/api/orders/${encodeURIComponent(order)}/letter`),
};
