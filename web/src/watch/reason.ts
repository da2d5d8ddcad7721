// A request that was never answered has no refusal code; to the person it is a lost connection.
const UNANSWERED = ["timeout", "disconnected", "closed"];

export const reason = (code: string | null): string => (code === null || UNANSWERED.includes(code) ? "server_stopping" : code);
