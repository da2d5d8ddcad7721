// A test with a server and people in it: all of them go home afterwards, and a failure leaves a picture of every page.
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { Person } from "./browser.mjs";
import { ARTEFACTS, Server } from "./server.mjs";
import { Stripe } from "./stripe.mjs";

/** Real browsers on two busy cores; what is quick is asserted inside. */
const LIMIT_MS = 420_000;

/**
 * `play` gets the server, and `invite(options)` for a person with a browser. At the end no page may have thrown, and
 * the server must go at once when asked to. With `cards` there is an imitation of Stripe as well.
 */
export function scene(name, command, play, { cards = false } = {}) {
  const slug = name.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase();
  test(name, { timeout: LIMIT_MS }, async () => {
    const stripe = cards ? await Stripe.start() : null;
    const server = await Server.start(command, slug, stripe ? { QUIORA_STRIPE_URL: stripe.url } : {});
    const people = [];
    const invite = async (options) => {
      const person = await Person.come(options);
      people.push(person);
      return person;
    };
    let failed = false;
    try {
      await play({ server, invite, stripe });
      assert.deepEqual(people.flatMap(({ errors }) => errors), [], "a page threw");
    } catch (error) {
      failed = true;
      for (const [n, person] of people.entries()) {
        person.thaw();
        await person.page.screenshot({ path: join(ARTEFACTS, `${slug}-failed-${n}.png`), timeout: 5_000 }).catch(() => undefined);
      }
      throw error;
    } finally {
      await Promise.all(people.map((person) => person.leave()));
      const clean = await server.stop();
      stripe?.stop();
      // What went wrong first is what the reader must see.
      if (!failed) assert.ok(clean, "the server did not end cleanly");
    }
  });
}
