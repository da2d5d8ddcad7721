// How loud the microphone is, as a person hears it: decibels, quick to rise and slow to fall.
const FLOOR_DB = -60;
const EVERY_MS = 80;
const FALL_PER_LOOK = 0.06;

/** Root mean square of samples in -1..1, as 0 (silence) to 1 (full scale) on a decibel scale. */
export function loudness(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms === 0) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(rms)) / FLOOR_DB));
}

/** Listens to a track until the returned function is called. */
export function meter(track: MediaStreamTrack, onlevel: (level: number) => void): () => void {
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    shown = Math.max(loudness(samples), shown - FALL_PER_LOOK);
    onlevel(shown);
  }, EVERY_MS);
  // Some browsers start an audio context only after a gesture.
  const resume = (): void => void audio.resume();
  if (audio.state === "suspended") document.addEventListener("pointerdown", resume, { once: true });
  return () => {
    clearInterval(timer);
    document.removeEventListener("pointerdown", resume);
    source.disconnect();
    void audio.close();
  };
}
