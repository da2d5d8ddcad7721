// What is wrong with a line of a sheet, and what a sheet changes, in the seller's words.
import * as m from "../../generated/messages";
import type { SheetDifference, SheetProblem } from "../../lib/seller_api";

/** `cell` is what stands there, in quotation marks. */
const PROBLEMS: Record<string, (cell: string, value: string) => string> = {
  workbook: m.sheet_workbook,
  encoding_invalid: m.sheet_encoding,
  head_invalid: (_, columns) => m.sheet_head({ columns }),
  empty: m.sheet_empty,
  too_many_lines: m.sheet_too_many,
  line_invalid: m.sheet_line,
  handle_invalid: m.sheet_handle,
  title_invalid: (cell, value) => (value === "" ? m.sheet_title_empty() : m.sheet_title({ cell })),
  description_invalid: m.sheet_description,
  status_invalid: (cell, value) => (value === "" ? m.sheet_status_empty() : m.sheet_status({ cell })),
  vat_invalid: (cell, value) => (value === "" ? m.sheet_vat_empty() : m.sheet_vat({ cell })),
  max_per_buyer_invalid: (cell) => m.sheet_max({ cell }),
  price_invalid: (cell, value) => (value === "" ? m.sheet_price_empty() : m.sheet_price({ cell })),
  stock_invalid: (cell) => m.sheet_stock({ cell }),
  variant_invalid: m.sheet_variant,
  variants_invalid: m.sheet_variants,
  sku_invalid: m.sheet_sku,
};

export const problemText = ({ code, value }: SheetProblem): string => (PROBLEMS[code] ?? m.sheet_other)(m.sheet_quoted({ text: value }), value);

/** Of the file, not of a row. */
export const ofFile = ({ code }: SheetProblem): boolean => ["workbook", "encoding_invalid", "head_invalid", "empty"].includes(code);

export const DIFFERENCES: Record<SheetDifference, () => string> = {
  title: m.sheet_diff_title, description: m.sheet_diff_description, status: m.sheet_diff_status, vat: m.sheet_diff_vat, max_per_buyer: m.sheet_diff_max,
  variants_added: m.sheet_diff_added, variants_removed: m.sheet_diff_removed, variants_order: m.sheet_diff_order, price: m.sheet_diff_price, sku: m.sheet_diff_sku,
};
