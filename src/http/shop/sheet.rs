//! The catalogue as a sheet (RFC 4180): one line per variant, lines of one `handle` are one product. A sheet that was
//! exported and comes back changes the products it names; a handle that is none of ours makes a new one.

use crate::shop::core::{Fault, clean_draft};
use quiora_signaling::{Product, ProductDraft, ProductId, ProductStatus, VariantDraft};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Lines of a sheet: the largest catalogue with a few variants each.
const MAX_LINES: usize = 10_000;

/// Faults that are told: somebody corrects these and asks again.
const MAX_PROBLEMS: usize = 100;

/// A line. What must be a number comes as text, so that a fault names its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    handle: String,
    title: String,
    description: String,
    status: String,
    vat_bp: String,
    max_per_buyer: String,
    variant: String,
    sku: String,
    price_minor: String,
    stock: String,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// Counted as an editor counts, the head being line 1.
    pub(super) line: u64,
    pub(super) code: &'static str,
    pub(super) detail: String,
}

/// A sheet that was read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// The products it makes or changes: an id if it names one of ours.
    pub(super) products: Vec<(Option<ProductId>, ProductDraft)>,
    pub(super) problems: Vec<Problem>,
}

/// Reads a sheet against the catalogue as it is.
pub(super) fn read(bytes: &[u8], known: &[Product]) -> Sheet {
    let mut sheet = Sheet::default();
    let mut groups: Vec<(String, u64, ProductDraft)> = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(without_mark(bytes));
    let headers = reader.headers().cloned();
    for (n, record) in reader.records().enumerate() {
        let line = record.as_ref().ok().and_then(csv::StringRecord::position).map_or(n as u64 + 2, csv::Position::line);
        if n >= MAX_LINES {
            sheet.complain(line, fault("too_many_lines", "A sheet has at most 10,000 lines."));
            break;
        }
        let parsed = headers.as_ref().ok().zip(record.ok());
        let parsed = parsed.and_then(|(headers, record)| record.deserialize::<Line>(Some(headers)).ok());
        let Some(parsed) = parsed else {
            sheet.complain(
                line,
                fault("line_invalid", "The line does not have the columns of the head, or the head not ours."),
            );
            continue;
        };
        match draft(&parsed) {
            Ok(draft) => gather(&mut groups, parsed.handle, line, draft),
            Err(fault) => sheet.complain(line, fault),
        }
    }
    for (handle, line, draft) in groups {
        let ours = known.iter().find(|product| product.product.to_string() == handle);
        match clean_draft(draft) {
            Ok(draft) => sheet.products.push((ours.map(|product| product.product), joined(draft, ours))),
            Err(fault) => sheet.complain(line, fault),
        }
    }
    if sheet.products.is_empty() && sheet.problems.is_empty() {
        sheet.complain(1, fault("empty", "The sheet has no products."));
    }
    sheet
}

impl Sheet {
    fn complain(&mut self, line: u64, Fault { code, detail }: Fault) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { line, code, detail: detail.to_owned() });
        }
    }
}

const fn fault(code: &'static str, detail: &'static str) -> Fault {
    Fault { code, detail }
}

/// Some editors put a byte order mark in front.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Lines of one handle are one product; what is said of the product itself, its first line says.
fn gather(groups: &mut Vec<(String, u64, ProductDraft)>, handle: String, line: u64, draft: ProductDraft) {
    match groups.iter_mut().rev().find(|(known, ..)| *known == handle) {
        Some((_, _, known)) => known.variants.extend(draft.variants),
        None => groups.push((handle, line, draft)),
    }
}

fn draft(line: &Line) -> Result<ProductDraft, Fault> {
    if line.handle.is_empty() || line.handle.len() > 100 {
        return Err(fault("handle_invalid", "A handle has 1 to 100 bytes."));
    }
    let status = match line.status.as_str() {
        "draft" => ProductStatus::Draft,
        "active" => ProductStatus::Active,
        "archived" => ProductStatus::Archived,
        _ => return Err(fault("status_invalid", "A status is draft, active or archived.")),
    };
    let vat_bp = line.vat_bp.parse();
    let most = if line.max_per_buyer.is_empty() { Ok(None) } else { line.max_per_buyer.parse().map(Some) };
    let price = line.price_minor.parse();
    let stock = if line.stock.is_empty() { Ok(0) } else { line.stock.parse() };
    let variant = VariantDraft {
        variant: None,
        name: line.variant.clone(),
        sku: line.sku.clone(),
        price_minor: price.map_err(|_| fault("price_invalid", "A price is an integer in minor units."))?,
        stock: stock.map_err(|_| fault("stock_invalid", "A stock is a number of pieces."))?,
    };
    let draft = ProductDraft {
        title: line.title.clone(),
        description: line.description.clone(),
        status,
        vat_bp: vat_bp.map_err(|_| fault("vat_invalid", "VAT is in hundredths of a percent: 2200 is 22 %."))?,
        max_per_buyer: most.map_err(|_| fault("max_per_buyer_invalid", "A number, or nothing."))?,
        images: Vec::new(),
        variants: vec![variant],
    };
    // Each line must stand alone, so that a fault names the line that has it.
    clean_draft(draft)
}

/// Variants that exist keep their ids (and so their stock), pictures stay.
fn joined(mut draft: ProductDraft, ours: Option<&Product>) -> ProductDraft {
    let Some(ours) = ours else { return draft };
    let ids: HashMap<&str, _> = ours.variants.iter().map(|known| (known.name.as_str(), known.variant)).collect();
    for variant in &mut draft.variants {
        variant.variant = ids.get(variant.name.as_str()).copied();
    }
    draft.images.clone_from(&ours.images);
    draft
}

/// The catalogue as a sheet.
///
/// # Errors
/// None in practice: it is written into memory.
pub(super) fn write(products: &[Product]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for product in products {
        for variant in &product.variants {
            writer.serialize(Line {
                handle: product.product.to_string(),
                title: product.title.clone(),
                description: product.description.clone(),
                status: crate::store::product_status(product.status).to_owned(),
                vat_bp: product.vat_bp.to_string(),
                max_per_buyer: product.max_per_buyer.map_or(String::new(), |most| most.to_string()),
                variant: variant.name.clone(),
                sku: variant.sku.clone(),
                price_minor: variant.price_minor.to_string(),
                stock: variant.free.to_string(),
            })?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A text that a buyer wrote, for a sheet that somebody opens: nothing that a spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
