// Writes src/generated: the message functions, the words of each page, and the subset fonts. Both are derived from sources in this
// folder and never committed; every npm script that needs them runs this first.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { writeFonts } from "./fonts.mjs";
import { writeMessages } from "./messages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
for (const part of ["fonts", "messages", "words"]) await mkdir(`${root}/src/generated/${part}`, { recursive: true });

try {
  await writeMessages(`${root}/messages`, `${root}/src`);
  await writeFonts(`${root}/src/generated/fonts`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
