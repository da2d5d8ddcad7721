//! The catalogue as a sheet (RFC 4180): one line per variant, lines of one `handle` are one product. A sheet that was
//! exported and comes back changes the products it names; a handle that is none of ours makes a new one.
//!
//! | file | owns |
//! |---|---|
//! | `table` | a file as lines with our columns, whatever spreadsheet wrote it |
//! | `figure` | numbers as people write them |
//! | `change` | what a sheet would do to the catalogue |

mod change;
mod figure;
mod table;

pub(super) use change::{Change, Kind, compare};

use crate::shop::core::{Fault, clean_draft};
use quiora_signaling::{Currency, Language, Product, ProductDraft, ProductStatus, VariantDraft};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use table::{Bad, Line, Written};

/// Faults that are told: somebody corrects these and asks again.
const MAX_PROBLEMS: usize = 100;

/// What of a cell is shown beside its fault.
const MAX_SHOWN_CHARS: usize = 60;

/// The columns as they go out: as programs read them, or as people do.
const EXACT: [&str; 10] =
    ["handle", "title", "description", "status", "vat_bp", "max_per_buyer", "variant", "sku", "price_minor", "stock"];
const FOR_PEOPLE: [&str; 10] =
    ["handle", "title", "description", "status", "vat", "max_per_buyer", "variant", "sku", "price", "stock"];

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// Counted as an editor counts, the head being line 1.
    pub(super) line: u64,
    /// Counted as a spreadsheet counts: a cell with several lines is one row.
    pub(super) row: u64,
    pub(super) code: &'static str,
    pub(super) detail: String,
    /// What stands there, if one cell is to blame; for a bad head, the columns that are missing.
    pub(super) value: String,
}

/// Lines that make one product.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) row: u64,
    /// The one that it names.
    pub(super) ours: Option<&'a Product>,
    pub(super) draft: ProductDraft,
}

/// A sheet that was read.
#[derive(Debug, Default)]
pub(super) struct Sheet<'a> {
    pub(super) products: Vec<Entry<'a>>,
    pub(super) problems: Vec<Problem>,
}

/// A product whose lines are being gathered.
struct Group {
    first: Line,
    draft: ProductDraft,
}

/// Reads a sheet against the catalogue as it is.
pub(super) fn read<'a>(bytes: &[u8], known: &'a [Product], currency: Currency) -> Sheet<'a> {
    let mut sheet = Sheet::default();
    let lines = match table::read(bytes) {
        Ok(lines) => lines,
        Err(bad) => {
            sheet.complain(bad);
            return sheet;
        }
    };
    let ours: HashMap<String, &Product> = known.iter().map(|known| (known.product.to_string(), known)).collect();
    for group in gather(lines, currency, &mut sheet) {
        let Group { first, draft } = group;
        let ours = ours.get(&first.handle).copied();
        match clean_draft(draft) {
            Ok(draft) => sheet.products.push(Entry { row: first.row, ours, draft: joined(draft, ours) }),
            Err(fault) => sheet.complain(bad(&first, fault)),
        }
    }
    if sheet.products.is_empty() && sheet.problems.is_empty() {
        let fault = fault("empty", "The sheet has no products.");
        sheet.complain(Bad { line: 1, row: 1, fault, value: String::new() });
    }
    sheet
}

/// Lines of one handle are one product; what is said of the product itself, its first line says.
fn gather(lines: Vec<Result<Line, Bad>>, currency: Currency, sheet: &mut Sheet<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let read = line.and_then(|line| draft(&line, currency).map(|draft| (line, draft)));
        let (first, draft) = match read {
            Ok(read) => read,
            Err(bad) => {
                sheet.complain(bad);
                continue;
            }
        };
        match places.get(&first.handle).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.draft.variants.extend(draft.variants),
            None => {
                places.insert(first.handle.clone(), groups.len());
                groups.push(Group { first, draft });
            }
        }
    }
    groups
}

impl Sheet<'_> {
    fn complain(&mut self, Bad { line, row, fault: Fault { code, detail }, value }: Bad) {
        if self.problems.len() < MAX_PROBLEMS {
            let value = value.chars().take(MAX_SHOWN_CHARS).collect();
            self.problems.push(Problem { line, row, code, detail: detail.to_owned(), value });
        }
    }
}

const fn fault(code: &'static str, detail: &'static str) -> Fault {
    Fault { code, detail }
}

/// A fault of a line, with the cell that has it.
fn bad(line: &Line, fault: Fault) -> Bad {
    let value = match fault.code {
        "title_invalid" => &line.title,
        "status_invalid" => &line.status,
        "price_invalid" => line.price.text(),
        "stock_invalid" => &line.stock,
        "vat_invalid" => line.vat.text(),
        "max_per_buyer_invalid" => &line.max_per_buyer,
        "variant_invalid" | "variants_invalid" => &line.variant,
        "sku_invalid" => &line.sku,
        "handle_invalid" => &line.handle,
        _ => "",
    };
    Bad { line: line.line, row: line.row, fault, value: value.to_owned() }
}

fn draft(line: &Line, currency: Currency) -> Result<ProductDraft, Bad> {
    // Each line must stand alone, so that a fault names the line that has it.
    parsed(line, currency).and_then(clean_draft).map_err(|fault| bad(line, fault))
}

fn parsed(line: &Line, currency: Currency) -> Result<ProductDraft, Fault> {
    if line.handle.is_empty() || line.handle.len() > 100 {
        return Err(fault("handle_invalid", "A handle has 1 to 100 bytes."));
    }
    let status = match line.status.as_str() {
        "draft" => ProductStatus::Draft,
        "active" => ProductStatus::Active,
        "archived" => ProductStatus::Archived,
        _ => return Err(fault("status_invalid", "A status is draft, active or archived.")),
    };
    let number = |written: &Written, digits: usize| match written {
        Written::Exact(text) => text.parse().ok(),
        Written::ByPeople(text) => figure::read(text, digits),
    };
    let price = number(&line.price, currency.minor_digits());
    // Hundredths of a percent are a percentage with two digits behind the sign.
    let vat_bp = number(&line.vat, 2).and_then(|bp| u32::try_from(bp).ok());
    let most = if line.max_per_buyer.is_empty() { Ok(None) } else { line.max_per_buyer.parse().map(Some) };
    let stock = if line.stock.is_empty() { Ok(0) } else { line.stock.parse() };
    let variant = VariantDraft {
        variant: None,
        name: line.variant.clone(),
        sku: line.sku.clone(),
        price_minor: price.ok_or(fault("price_invalid", "Not a price."))?,
        stock: stock.map_err(|_| fault("stock_invalid", "A stock is a number of pieces."))?,
    };
    Ok(ProductDraft {
        title: line.title.clone(),
        description: line.description.clone(),
        status,
        vat_bp: vat_bp.ok_or(fault("vat_invalid", "Not a rate of VAT; in `vat_bp` 2200 is 22 %."))?,
        max_per_buyer: most.map_err(|_| fault("max_per_buyer_invalid", "A number, or nothing."))?,
        images: Vec::new(),
        variants: vec![variant],
    })
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

/// A sheet to be written: for programs, or for the spreadsheet of somebody who speaks a language. An Italian one parts
/// cells with semicolons; both want a mark in front to take the text for UTF-8.
pub(super) fn writer(language: Option<Language>) -> csv::Writer<Vec<u8>> {
    let mark = if language.is_some() { "\u{feff}" } else { "" };
    let delimiter = if language == Some(Language::It) { b';' } else { b',' };
    csv::WriterBuilder::new().delimiter(delimiter).from_writer(mark.as_bytes().to_vec())
}

/// A number for programs, or as somebody writes it.
pub(super) fn number(exact: u64, digits: usize, language: Option<Language>) -> String {
    language.map_or_else(|| exact.to_string(), |language| figure::write(exact, digits, language))
}

/// The catalogue as a sheet: exact, or for people.
///
/// # Errors
/// None in practice: it is written into memory.
pub(super) fn write(products: &[Product], language: Option<Language>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = writer(language);
    writer.write_record(if language.is_some() { FOR_PEOPLE } else { EXACT })?;
    for product in products {
        for variant in &product.variants {
            writer.write_record([
                product.product.to_string(),
                product.title.clone(),
                product.description.clone(),
                crate::store::product_status(product.status).to_owned(),
                number(product.vat_bp.into(), 2, language),
                product.max_per_buyer.map_or(String::new(), |most| most.to_string()),
                variant.name.clone(),
                variant.sku.clone(),
                number(variant.price_minor, product.currency.minor_digits(), language),
                variant.free.to_string(),
            ])?;
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
