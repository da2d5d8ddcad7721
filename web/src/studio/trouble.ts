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
  not_ready: m.studio_trouble_offline,
  bad_origin: m.studio_trouble_origin,
  shop_invalid: m.studio_shop_name_invalid,
  title_invalid: m.studio_show_title_invalid,
  title_taken: m.studio_show_title_taken,
  date_invalid: m.studio_show_date_invalid,
  show_begun: m.rehearsal_too_late,
  not_in_rehearsal: m.rehearsal_not_here,
  rehearsal_over: m.rehearsal_over,
};

export const troubleText = (code: string): string => (WORDS[code] ?? (() => refusal(code)))();
