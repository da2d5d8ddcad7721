// Cameras, microphones and the screen. What the browser throws, differently in each browser, becomes one
// stable code that the catalogues have words for.
import { kept } from "./storage";

/** `insecure`: not https. `refused`: by the person. `blocked`: by the system. `busy`: another program has it. */
export type DeviceProblem = "insecure" | "unsupported" | "refused" | "blocked" | "missing" | "busy" | "unsuitable" | "failed";
export type DeviceKind = "camera" | "microphone";

export class DeviceError extends Error {
  readonly code: DeviceProblem;
  constructor(code: DeviceProblem, detail: string) {
    super(detail);
    this.code = code;
  }
}

export interface Device {
  id: string;
  label: string;
}
export interface Devices {
  cameras: Device[];
  microphones: Device[];
}
/** Each kind by itself: a show without a camera is better than none. */
export interface Opened {
  camera: MediaStreamTrack | DeviceError;
  microphone: MediaStreamTrack | DeviceError;
}

const BY_NAME: Record<string, DeviceProblem> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  OverconstrainedError: "unsuitable",
  TypeError: "unsupported",
};

/** The stable code of whatever getUserMedia or getDisplayMedia threw. */
export function problemOf(error: unknown): DeviceError {
  if (error instanceof DeviceError) return error;
  const { name, message } = error as { name?: string; message?: string };
  // Chromium and Safari tell by the text alone that it was the operating system that said no.
  const blocked = name === "NotAllowedError" && /system/i.test(message ?? "");
  return new DeviceError(blocked ? "blocked" : (BY_NAME[name ?? ""] ?? "failed"), message ?? String(error));
}

function devices(): MediaDevices {
  if (!window.isSecureContext) throw new DeviceError("insecure", "not a secure context");
  if (!navigator.mediaDevices) throw new DeviceError("unsupported", "no mediaDevices");
  return navigator.mediaDevices;
}

const choice = (kind: DeviceKind): string | null => kept.get(`device.${kind}`);
export const remember = (kind: DeviceKind, id: string): void => kept.set(`device.${kind}`, id);

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const WHO = (id: string | null): MediaTrackConstraints => (id ? { deviceId: { exact: id } } : {});
const wish: Record<DeviceKind, (id: string | null) => MediaStreamConstraints> = {
  camera: (id) => ({ video: { ...PICTURE, ...WHO(id), ...(id ? {} : { facingMode: { ideal: "user" } }) } }),
  microphone: (id) => ({ audio: { ...SOUND, ...WHO(id) } }),
};

async function first(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  const track = (await devices().getUserMedia(constraints)).getTracks()[0];
  if (!track) throw new DeviceError("failed", "no track");
  return track;
}

/** One device, the given or the remembered; when that one is gone, any. */
export async function openDevice(kind: DeviceKind, id: string | null = choice(kind)): Promise<MediaStreamTrack> {
  try {
    return await first(wish[kind](id));
  } catch (error) {
    const problem = problemOf(error);
    if (id === null || (problem.code !== "unsuitable" && problem.code !== "missing")) throw problem;
  }
  return first(wish[kind](null)).catch((error: unknown) => Promise.reject(problemOf(error)));
}

/** Both with one question to the person; when that fails, each for itself, so that each has its own answer. */
export async function openBoth(): Promise<Opened> {
  try {
    const constraints = { ...wish.camera(choice("camera")), ...wish.microphone(choice("microphone")) };
    const stream = await devices().getUserMedia(constraints);
    const [camera] = stream.getVideoTracks();
    const [microphone] = stream.getAudioTracks();
    if (camera && microphone) return { camera, microphone };
    throw new DeviceError("failed", "a track is missing");
  } catch (error) {
    const problem = problemOf(error);
    // The person has just answered: asking twice more would be rude.
    if (problem.code === "refused" && !(await anyGranted())) return { camera: problem, microphone: problem };
    if (problem.code === "insecure" || problem.code === "unsupported") return { camera: problem, microphone: problem };
  }
  const one = (kind: DeviceKind): Promise<MediaStreamTrack | DeviceError> => openDevice(kind).catch(problemOf);
  return { camera: await one("camera"), microphone: await one("microphone") };
}

/** Whether one of the two is allowed for good: then the refusal was for the other. */
async function anyGranted(): Promise<boolean> {
  const granted = async (name: string): Promise<boolean> => {
    try {
      return (await navigator.permissions.query({ name: name as PermissionName })).state === "granted";
    } catch {
      return false;
    }
  };
  return (await granted("camera")) || (await granted("microphone"));
}

export const canShareScreen = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === "function";

/** The screen's picture; null when the person thought better of it. */
export async function openScreen(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await devices().getDisplayMedia({
      video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 15, max: 30 } },
    });
    return stream.getVideoTracks()[0] ?? null;
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === "refused") return null;
    throw problem;
  }
}

/** What there is to pick from. Names are empty until the person has allowed one of the kind. */
export async function listDevices(): Promise<Devices> {
  const all = await devices().enumerateDevices().catch(() => []);
  const of = (kind: MediaDeviceKind): Device[] =>
    all.filter((device) => device.kind === kind && device.deviceId !== "").map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { cameras: of("videoinput"), microphones: of("audioinput") };
}

/** Calls `changed` when something is plugged in or out, until the returned function is called. */
export function watchDevices(changed: () => void): () => void {
  const media = navigator.mediaDevices;
  media?.addEventListener("devicechange", changed);
  return () => media?.removeEventListener("devicechange", changed);
}

/** A camera that looks at its user is seen as in a mirror; a laptop's does not say and does. */
export const looksAtUser = (track: MediaStreamTrack): boolean => (track.getSettings().facingMode ?? "user") === "user";
