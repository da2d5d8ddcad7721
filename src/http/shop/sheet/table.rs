//! A file as lines with our columns. Spreadsheets write what their country is used to: commas, semicolons or tabs, either
//! end of line, a mark in front. All of that is read; what is no sheet at all is refused with its reason.

use crate::shop::core::Fault;
use std::ops::Not;

/// Lines of a sheet: the largest catalogue with a few variants each.
pub(super) const MAX_LINES: usize = 10_000;

/// Columns that are always there.
const COLUMNS: [&str; 8] = ["handle", "title", "description", "status", "max_per_buyer", "variant", "sku", "stock"];

/// Of each of these pairs one is there: as people write it, or exact.
const EITHER: [(&str, &str); 2] = [("price", "price_minor"), ("vat", "vat_bp")];

/// What begins a workbook of today's or yesterday's spreadsheets.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

/// A line, as text, so that a fault can show what stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted as an editor counts, the head being line 1.
    pub(super) line: u64,
    /// Counted as a spreadsheet counts: a cell with several lines is one row.
    pub(super) row: u64,
    pub(super) handle: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) status: String,
    pub(super) vat: Written,
    pub(super) max_per_buyer: String,
    pub(super) variant: String,
    pub(super) sku: String,
    pub(super) price: Written,
    pub(super) stock: String,
}

/// A number that may be written in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// In the smallest unit.
    Exact(String),
    /// `189,00` or `1.189` or `22 %`.
    ByPeople(String),
}

impl Default for Written {
    fn default() -> Self {
        Self::Exact(String::new())
    }
}

impl Written {
    /// What stands there.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Exact(text) | Self::ByPeople(text) => text,
        }
    }
}

/// A fault, where it is, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) line: u64,
    pub(super) row: u64,
    pub(super) fault: Fault,
    pub(super) value: String,
}

/// All lines, in the order of the file, those that are none of ours as faults. Empty ones are left out.
///
/// # Errors
/// When it is no sheet, or its head is not ours.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Result<Line, Bad>>, Bad> {
    let text = text(bytes).map_err(|fault| Bad { line: 1, row: 1, fault, value: String::new() })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut place = Place::new(&text);
    let mut head: Option<Head> = None;
    let mut lines = Vec::new();
    for record in reader.records() {
        // The text is UTF-8 and lengths may differ: nothing is left that could be wrong.
        let Ok(record) = record else { continue };
        let (line, row) = place.of(&record);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(head) = &head else {
            head = Some(Head::of(&record).map_err(|(fault, value)| Bad { line, row, fault, value })?);
            continue;
        };
        if lines.len() == MAX_LINES {
            let fault = Fault { code: "too_many_lines", detail: "A sheet has at most 10,000 lines." };
            lines.push(Err(Bad { line, row, fault, value: String::new() }));
            break;
        }
        lines.push(head.line(&record, line, row));
    }
    Ok(lines)
}

/// The file as text.
fn text(bytes: &[u8]) -> Result<String, Fault> {
    if WORKBOOKS.iter().any(|begin| bytes.starts_with(begin)) {
        return Err(Fault { code: "workbook", detail: "This is a spreadsheet's own file; save it as CSV UTF-8." });
    }
    let wide = |pairs: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = pairs.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(unit)).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    };
    text.ok_or(Fault { code: "encoding_invalid", detail: "The sheet is not UTF-8; save it as CSV UTF-8." })
}

/// What parts the cells: whichever the head has most of.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| head.bytes().filter(|byte| *byte == sign).count();
    // Of equals the last is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// Where a record stands.
struct Place<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
    /// Ends of line within cells, up to here.
    inner: u64,
}

impl<'a> Place<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), byte: 0, line: 1, inner: 0 }
    }

    /// Its line and row. Records come in their order.
    fn of(&mut self, record: &csv::StringRecord) -> (u64, u64) {
        let begin = record.position().map_or(0, csv::Position::byte);
        let mut begin = usize::try_from(begin).unwrap_or(usize::MAX).min(self.text.len());
        // The reader leaves the end of the line before, and empty lines, to the record that follows.
        while matches!(self.text.get(begin), Some(b'\r' | b'\n')) {
            begin += 1;
        }
        let passed = self.text.get(self.byte..begin).unwrap_or_default();
        self.line += ends(passed);
        self.byte = begin;
        let row = self.line - self.inner;
        self.inner += record.iter().map(|cell| ends(cell.as_bytes())).sum::<u64>();
        (self.line, row)
    }
}

fn ends(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// Which column is where.
struct Head(Vec<String>);

impl Head {
    fn of(record: &csv::StringRecord) -> Result<Self, (Fault, String)> {
        let head = Self(record.iter().map(|cell| cell.trim().to_lowercase()).collect());
        let has = |name: &str| head.0.iter().any(|known| known == name);
        let single = COLUMNS.into_iter().filter(|name| !has(name));
        let either =
            EITHER.into_iter().filter_map(|(people, exact)| (has(people) || has(exact)).not().then_some(people));
        let missing: Vec<&str> = single.chain(either).collect();
        if missing.is_empty() {
            return Ok(head);
        }
        let fault = Fault { code: "head_invalid", detail: "The first line does not have these columns." };
        Err((fault, missing.join(", ")))
    }

    fn line(&self, record: &csv::StringRecord, line: u64, row: u64) -> Result<Line, Bad> {
        let beyond = record.iter().skip(self.0.len()).any(|cell| !cell.trim().is_empty());
        if record.len() < self.0.len() || beyond {
            let fault = Fault { code: "line_invalid", detail: "The line does not have the columns of the head." };
            return Err(Bad { line, row, fault, value: String::new() });
        }
        let find = |name: &str| {
            let at = self.0.iter().position(|known| known == name)?;
            record.get(at).map(|cell| cell.trim().to_owned())
        };
        let text = |name: &str| find(name).unwrap_or_default();
        let written =
            |people: &str, exact: &str| find(people).map_or_else(|| Written::Exact(text(exact)), Written::ByPeople);
        Ok(Line {
            line,
            row,
            handle: text("handle"),
            title: text("title"),
            description: text("description"),
            status: text("status"),
            vat: written("vat", "vat_bp"),
            max_per_buyer: text("max_per_buyer"),
            variant: text("variant"),
            sku: text("sku"),
            price: written("price", "price_minor"),
            stock: text("stock"),
        })
    }
}
