// The browser's speech recognition, whose other end is a service of its maker: here a test says what it understands. The page
// meets it under its own name and by its own events (https://webaudio.github.io/web-speech-api/).

/** Runs in the page before its scripts: this browser recognises what `understands` says. */
export function recognises() {
  window.__recognitions = [];
  class Recognition extends EventTarget {
    #running = false;
    #results = [];
    start() {
      if (this.#running) throw new DOMException("already started", "InvalidStateError");
      this.#running = true;
      this.#results = [];
      window.__recognitions.push(this);
    }
    stop() {
      this.#end();
    }
    abort() {
      this.#end();
    }
    get running() {
      return this.#running;
    }
    /** A sentence as it grows; `isFinal`: no more of it will come. */
    say(transcript, isFinal) {
      if (this.#results.length === 0 || this.#results.at(-1).isFinal) {
        this.#results.push(null);
        this.#fire("speechstart");
      }
      const resultIndex = this.#results.length - 1;
      this.#results[resultIndex] = Object.assign([{ transcript, confidence: 0.9 }], { isFinal });
      this.#fire("result", { resultIndex, results: [...this.#results] });
    }
    /** As a browser ends it: its time is up, or something went wrong. */
    end(error) {
      if (error) this.#fire("error", { error });
      this.#end();
    }
    #end() {
      if (!this.#running) return;
      this.#running = false;
      setTimeout(() => this.#fire("end"));
    }
    #fire(type, fields = {}) {
      this[`on${type}`]?.(Object.assign(new Event(type), fields));
    }
  }
  delete window.SpeechRecognition;
  window.webkitSpeechRecognition = Recognition;
}

/** Runs in the page before its scripts: this browser offers no speech recognition. */
export function recognisesNothing() {
  delete window.SpeechRecognition;
  delete window.webkitSpeechRecognition;
}

/** The recogniser that listens on the page now understands this. */
export const understands = (page, text, isFinal = false) =>
  page.evaluate(([text, isFinal]) => window.__recognitions.find(({ running }) => running).say(text, isFinal), [text, isFinal]);

/** How many listen on the page: one, or none. */
export const listening = (page) => page.evaluate(() => window.__recognitions.filter(({ running }) => running).length);

/** The browser ends the one that listens. */
export const breaksOff = (page, error) => page.evaluate((error) => window.__recognitions.find(({ running }) => running).end(error), error);
