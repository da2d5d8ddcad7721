// The words for what an action met. The protocol's codes have their own file; these are the API's, and the
// ones that a page makes up itself.
import * as m from "../generated/messages";
import { refusal } from "../refusals";

const WORDS: Record<string, () => string> = {
  offline: m.studio_trouble_offline,
  timeout: m.studio_trouble_offline,
  disconnected: m.studio_trouble_offline,
  closed: m.studio_trouble_offline,
  not_logged_in: m.studio_trouble_logged_out,
  bad_origin: m.studio_trouble_origin,
  title_empty: m.studio_show_title_empty,
  title_too_long: m.studio_show_title_long,
};

export const troubleText = (code: string): string => (WORDS[code] ?? (() => refusal(code)))();
