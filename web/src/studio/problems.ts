// What went wrong with a device, in the seller's words, and what to do. The record is exhaustive: a new
// problem does not compile until somebody has found its words.
import * as m from "../generated/messages";
import type { DeviceKind, DeviceProblem } from "../lib/devices";

type Words = () => string;
interface Sentence {
  title: Words;
  todo: Words;
}

const same = (title: Words, todo: Words): Record<DeviceKind, Sentence> => ({ camera: { title, todo }, microphone: { title, todo } });

const SENTENCES: Record<DeviceProblem, Record<DeviceKind, Sentence>> = {
  insecure: same(m.studio_problem_insecure, m.studio_problem_insecure_todo),
  unsupported: same(m.studio_problem_unsupported, m.studio_problem_unsupported_todo),
  refused: {
    camera: { title: m.studio_problem_refused_camera, todo: m.studio_problem_refused_todo },
    microphone: { title: m.studio_problem_refused_microphone, todo: m.studio_problem_refused_todo },
  },
  blocked: {
    camera: { title: m.studio_problem_blocked_camera, todo: m.studio_problem_blocked_todo },
    microphone: { title: m.studio_problem_blocked_microphone, todo: m.studio_problem_blocked_todo },
  },
  missing: {
    camera: { title: m.studio_problem_missing_camera, todo: m.studio_problem_missing_camera_todo },
    microphone: { title: m.studio_problem_missing_microphone, todo: m.studio_problem_missing_microphone_todo },
  },
  busy: {
    camera: { title: m.studio_problem_busy_camera, todo: m.studio_problem_busy_todo },
    microphone: { title: m.studio_problem_busy_microphone, todo: m.studio_problem_busy_todo },
  },
  unsuitable: {
    camera: { title: m.studio_problem_failed_camera, todo: m.studio_problem_unsuitable_todo },
    microphone: { title: m.studio_problem_failed_microphone, todo: m.studio_problem_unsuitable_todo },
  },
  failed: {
    camera: { title: m.studio_problem_failed_camera, todo: m.studio_problem_failed_todo },
    microphone: { title: m.studio_problem_failed_microphone, todo: m.studio_problem_failed_todo },
  },
};

export function problemText(kind: DeviceKind, problem: DeviceProblem): { title: string; todo: string } {
  const { title, todo } = SENTENCES[problem][kind];
  return { title: title(), todo: todo() };
}
