// The clip's music: a plucked guitar over a soft pad, twelve seconds that close on themselves.
//
// Everything is computed into a ring of exactly one loop: a note that rings past the end goes on ringing at the start.

const RATE = 48_000;
const LOOP_S = 12;
const N = RATE * LOOP_S;
const BEAT_S = LOOP_S / 16;

/** A small deterministic noise source: the same clip on every machine. */
function noise(seed) {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1_664_525) + 1_013_904_223) >>> 0;
    return s / 2 ** 31 - 1;
  };
}

const hz = (midi) => 440 * 2 ** ((midi - 69) / 12);

/** A plucked string (Karplus and Strong, 1983) with a softened attack and a fractional delay, so that it is in tune. */
function pluck(left, right, at_s, midi, gain, pan, seed) {
  const period = RATE / hz(midi) - 0.5;
  const whole = Math.floor(period);
  const part = period - whole;
  const random = noise(seed);
  const line = Float64Array.from({ length: whole + 1 }, () => random());
  for (let pass = 0; pass < 3; pass += 1) {
    for (let i = 1; i < line.length; i += 1) line[i] = 0.5 * (line[i] + line[i - 1]);
  }
  // A pluck near the bridge would be bright; a third of the way along the string is round.
  const comb = Math.floor(whole / 3);
  const start = line.map((v, i) => v - 0.6 * line[(i + line.length - comb) % line.length]);
  const length = Math.floor(RATE * 3.4);
  const ring = start;
  let low = 0;
  let index = 0;
  const from = Math.round(at_s * RATE);
  const decay = 0.9965 - (midi - 48) * 0.00006;
  for (let i = 0; i < length; i += 1) {
    const a = ring[index];
    const b = ring[(index + 1) % ring.length];
    const y = mix(a, b, 1 - part);
    low = 0.5 * (y + low);
    ring[index] = low * decay;
    low = y;
    index = (index + 1) % ring.length;
    const fade = Math.min(1, (length - i) / (RATE * 0.5));
    const v = y * gain * fade * Math.min(1, i / 90);
    const k = (from + i) % N;
    left[k] += v * Math.cos(pan);
    right[k] += v * Math.sin(pan);
  }
}

const mix = (a, b, k) => a + (b - a) * k;

/** A quiet held chord, each voice swelling over its bar and gone before the next has grown. */
function pad(left, right, bar, notes) {
  const length = Math.floor(RATE * BEAT_S * 5.4);
  const from = Math.round(bar * 4 * BEAT_S * RATE);
  notes.forEach((midi, voice) => {
    const f = hz(midi);
    for (let i = 0; i < length; i += 1) {
      const t = i / RATE;
      const swell = Math.sin((Math.PI * i) / length) ** 1.5;
      const beat = 1 + 0.0011 * Math.sin(2 * Math.PI * 0.5 * t + voice);
      const p = 2 * Math.PI * f * t;
      const v = 0.021 * swell * (Math.sin(p * beat) + 0.28 * Math.sin(2 * p) + 0.08 * Math.sin(3 * p));
      const k = (from + i) % N;
      left[k] += v * (voice % 2 ? 1 : 0.72);
      right[k] += v * (voice % 2 ? 0.72 : 1);
    }
  });
}

/** A small room: a few feedback delays around the ring, damped, run twice so that its tail wraps too. */
function room(left, right) {
  const taps = [[1_687, 0.74], [2_053, 0.71], [2_593, 0.69], [3_119, 0.66]];
  const wet = [new Float64Array(N), new Float64Array(N)];
  [left, right].forEach((dry, side) => {
    for (const [delay0, feedback] of taps) {
      const delay = delay0 + side * 37;
      const line = new Float64Array(delay);
      let low = 0;
      for (let i = 0; i < 2 * N; i += 1) {
        const j = i % delay;
        low = mix(line[j], low, 0.42);
        line[j] = dry[i % N] + low * feedback;
        if (i >= N) wet[side][i - N] += low * 0.06;
      }
    }
  });
  for (let i = 0; i < N; i += 1) {
    left[i] += wet[0][i] + 0.3 * wet[1][i];
    right[i] += wet[1][i] + 0.3 * wet[0][i];
  }
}

/** The loop as interleaved 16-bit stereo PCM at 48 kHz, repeated `times`. */
function melody(times) {
  const left = new Float64Array(N);
  const right = new Float64Array(N);
  // F major seventh, A minor seventh, B flat major seventh, C suspended: four bars of four.
  const bars = [
    { bass: 41, chord: [53, 57, 60, 64], tune: [[0, 72], [1.5, 76], [2.5, 77], [3, 76]] },
    { bass: 45, chord: [52, 55, 60, 64], tune: [[0, 72], [2, 67], [3, 69]] },
    { bass: 46, chord: [53, 57, 58, 62], tune: [[0, 70], [1.5, 74], [2.5, 77], [3, 74]] },
    { bass: 48, chord: [52, 55, 58, 62], tune: [[0, 72], [1, 70], [2, 67]] },
  ];
  const arpeggio = [0, 2, 1, 3, 2, 1, 3, 2];
  let seed = 7;
  bars.forEach(({ bass, chord, tune }, bar) => {
    const beat = (b) => (bar * 4 + b) * BEAT_S;
    pluck(left, right, beat(0), bass, 0.5, 0.72, (seed += 1));
    pluck(left, right, beat(2), bass + 7, 0.32, 0.76, (seed += 1));
    arpeggio.forEach((n, i) => pluck(left, right, beat(i / 2) + 0.004 * (i % 3), chord[n], 0.24 - 0.03 * (i % 2), 0.55 + 0.08 * (i % 4), (seed += 1)));
    tune.forEach(([b, midi]) => pluck(left, right, beat(b) + 0.008, midi, 0.42, 0.95, (seed += 1)));
    pad(left, right, bar, chord);
  });
  room(left, right);
  let peak = 0;
  for (let i = 0; i < N; i += 1) peak = Math.max(peak, Math.abs(left[i]), Math.abs(right[i]));
  const gain = (0.5 * 32_767) / peak;
  const pcm = Buffer.alloc(N * 4 * times);
  for (let i = 0; i < N * times; i += 1) {
    pcm.writeInt16LE(Math.round(left[i % N] * gain), i * 4);
    pcm.writeInt16LE(Math.round(right[i % N] * gain), i * 4 + 2);
  }
  return pcm;
}

module.exports = { melody, LOOP_S };
