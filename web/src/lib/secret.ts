// The secret of an order: 32 random bytes in base64url (RFC 4648 §5) without padding, 43 characters.
export function secret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
