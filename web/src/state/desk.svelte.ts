// The seller's devices: what is open, what can be picked, what went wrong. It opens and closes tracks; whoever
// sends them listens to `onchange`.
import {
  canShareScreen,
  listDevices,
  looksAtUser,
  openBoth,
  openDevice,
  openScreen,
  problemOf,
  remember,
  watchDevices,
  DeviceError,
  type DeviceKind,
  type DeviceProblem,
  type Devices,
} from "../lib/devices";
import { meter } from "../lib/level";
import type { Sending } from "../lib/publish";
import { kept } from "../lib/storage";

const MIRROR = "mirror";
// A speaking voice at an arm's length; below it for long, the microphone is most likely the wrong one.
export const AUDIBLE = 0.25;

export class Desk {
  camera: MediaStreamTrack | null = $state.raw(null);
  microphone: MediaStreamTrack | null = $state.raw(null);
  screen: MediaStreamTrack | null = $state.raw(null);
  problems: Record<DeviceKind, DeviceProblem | null> = $state({ camera: null, microphone: null });
  screenProblem: DeviceProblem | null = $state(null);
  devices: Devices = $state.raw({ cameras: [], microphones: [] });
  opening = $state(true);
  cameraOn = $state(true);
  microphoneOn = $state(true);
  /** 0 to 1. */
  level = $state(0);
  /** What the person chose; null as long as the camera decides. */
  #mirror: boolean | null = $state(null);
  onchange: () => void = () => undefined;
  readonly canShareScreen = canShareScreen();
  #quietMeter: (() => void) | null = null;
  #stopWatching: (() => void) | null = null;
  #closed = false;

  readonly picture = $derived(this.screen ?? this.camera);
  readonly cameraId = $derived(this.camera?.getSettings().deviceId ?? "");
  readonly microphoneId = $derived(this.microphone?.getSettings().deviceId ?? "");
  readonly mirrored = $derived(this.screen === null && (this.#mirror ?? (this.camera !== null && looksAtUser(this.camera))));

  get sending(): Sending {
    return {
      video: this.picture,
      audio: this.microphone,
      source: this.screen ? "screen" : "camera",
      camera_on: this.cameraOn,
      microphone_on: this.microphoneOn,
    };
  }

  /** Asks for camera and microphone. Resolves when the answers are in, whatever they are. */
  async open(): Promise<void> {
    this.opening = true;
    const stored = kept.get(MIRROR);
    this.#mirror = stored === null ? null : stored === "true";
    this.#stopWatching ??= watchDevices(() => void this.#plugged());
    const { camera, microphone } = await openBoth();
    this.#take("camera", camera);
    this.#take("microphone", microphone);
    this.opening = false;
    await this.#list();
    this.onchange();
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching?.();
    this.#quietMeter?.();
    for (const track of [this.camera, this.microphone, this.screen]) end(track);
  }

  async choose(kind: DeviceKind, id: string): Promise<void> {
    remember(kind, id);
    await this.#replace(kind, id);
  }

  /** The next camera in the list: on a phone, the other side of it. */
  async nextCamera(): Promise<void> {
    const { cameras } = this.devices;
    const at = cameras.findIndex(({ id }) => id === this.cameraId);
    const next = cameras[(at + 1) % cameras.length];
    if (next) await this.choose("camera", next.id);
  }

  async retry(kind: DeviceKind): Promise<void> {
    await this.#replace(kind, null);
  }

  toggle(kind: DeviceKind): void {
    if (kind === "camera") this.cameraOn = !this.cameraOn;
    else this.microphoneOn = !this.microphoneOn;
    this.onchange();
  }

  mirror(on: boolean): void {
    this.#mirror = on;
    kept.set(MIRROR, String(on));
  }

  async shareScreen(): Promise<void> {
    this.screenProblem = null;
    try {
      const screen = await openScreen();
      if (!screen) return;
      // The browser has its own button to stop sharing.
      screen.onended = () => this.stopScreen();
      this.screen = screen;
      this.onchange();
    } catch (error) {
      this.screenProblem = problemOf(error).code;
    }
  }

  stopScreen(): void {
    const screen = this.screen;
    this.screen = null;
    this.onchange();
    end(screen);
  }

  async #replace(kind: DeviceKind, id: string | null): Promise<void> {
    const old = this[kind];
    try {
      this.#take(kind, await openDevice(kind, id ?? undefined));
      this.onchange();
      end(old);
    } catch (error) {
      if (problemOf(error).code !== "busy" || !old) return this.#take(kind, problemOf(error));
      // A phone opens one camera at a time.
      end(old);
      this.#take(kind, await openDevice(kind, id ?? undefined).catch(problemOf));
      this.onchange();
    }
    await this.#list();
  }

  #take(kind: DeviceKind, opened: MediaStreamTrack | DeviceError): void {
    if (opened instanceof DeviceError) {
      this.problems[kind] = opened.code;
      return;
    }
    if (this.#closed) return end(opened);
    this.problems[kind] = null;
    this[kind] = opened;
    opened.onended = () => this[kind] === opened && void this.#unplugged(kind);
    if (kind === "microphone") {
      this.#quietMeter?.();
      this.#quietMeter = meter(opened, (level) => (this.level = level));
    }
  }

  /** A device went away: another takes its place, if there is one. */
  async #unplugged(kind: DeviceKind): Promise<void> {
    this[kind] = null;
    this.problems[kind] = "missing";
    this.onchange();
    await this.#replace(kind, null);
  }

  async #plugged(): Promise<void> {
    await this.#list();
    for (const kind of ["camera", "microphone"] as const)
      if (this.problems[kind] === "missing") await this.#replace(kind, null);
  }

  async #list(): Promise<void> {
    this.devices = await listDevices().catch(() => ({ cameras: [], microphones: [] }));
  }
}

/** Ends a track of ours, without its `onended` mistaking that for a pulled plug. */
function end(track: MediaStreamTrack | null): void {
  if (!track) return;
  track.onended = null;
  track.stop();
}
