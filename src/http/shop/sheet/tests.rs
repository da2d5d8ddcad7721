//! What goes out comes in again, and what is wrong is named by its line.

use super::change::Difference;
use super::figure;
use super::{Kind, compare, harmless, write};
use proptest::prelude::*;
use quiora_signaling::{Currency, Language, Product, ProductStatus, Variant};
use uuid::Uuid;

const HEAD: &str = "handle,title,description,status,vat_bp,max_per_buyer,variant,sku,price_minor,stock\n";

fn read<'a>(bytes: &[u8], known: &'a [Product]) -> super::Sheet<'a> {
    super::read(bytes, known, Currency::EUR)
}

fn product(n: u128) -> Product {
    let variant = |id: u128, name: &str| Variant {
        variant: Uuid::from_u128(id).into(),
        name: name.into(),
        sku: "A,1".into(),
        price_minor: 18_900,
        lowest_30_days_minor: None,
        stock: 5,
        free: 3,
        reserved: 1,
        sold: 1,
    };
    Product {
        product: Uuid::from_u128(n).into(),
        position: 0,
        title: "Borsa \"Conero\"".into(),
        description: "one\n\ntwo, three".into(),
        status: ProductStatus::Active,
        vat_bp: 2_200,
        max_per_buyer: Some(2),
        images: Vec::new(),
        variants: vec![variant(10 * n, "cognac"), variant(10 * n + 1, "nero")],
        currency: Currency::EUR,
        created_at_ms: 1,
        updated_at_ms: 1,
    }
}

#[test]
fn what_goes_out_comes_in_again() {
    let known = [product(1), product(2)];
    for language in [None, Some(Language::It), Some(Language::En)] {
        let text = write(&known, language).unwrap();
        let sheet = read(&text, &known);
        assert_eq!(sheet.problems, []);
        assert_eq!(sheet.products.len(), 2);
        let entry = &sheet.products[0];
        assert_eq!(entry.ours.map(|ours| ours.product), Some(known[0].product));
        let draft = &entry.draft;
        assert_eq!((draft.title.as_str(), draft.description.as_str()), ("Borsa \"Conero\"", "one\n\ntwo, three"));
        assert_eq!(draft.variants[1].variant, Some(known[0].variants[1].variant), "the same variant, with its stock");
        let change = compare(entry);
        assert_eq!((change.kind, change.differs, change.stock_stays), (Kind::Unchanged, vec![], false));
        assert!(read(&text, &[]).products[0].ours.is_none(), "in another shop they are new");
    }
    let italian = String::from_utf8(write(&known, Some(Language::It)).unwrap()).unwrap();
    assert!(italian.starts_with("\u{feff}handle;title;"), "{italian}");
    assert!(italian.contains(";22,00;2;cognac;A,1;189,00;3\n"), "{italian}");
}

#[test]
fn a_seller_is_told_what_becomes_of_each() {
    let known = [product(1)];
    let id = known[0].product;
    let text = format!(
        "{HEAD}{id},Borsa,,active,2200,2,nero,,17900,9\n{id},Borsa,,active,2200,2,rosso,,17900,1\nneu,Cintura,,draft,2200,,,,1,1\n"
    );
    let sheet = read(text.as_bytes(), &known);
    let changes: Vec<_> = sheet.products.iter().map(compare).collect();
    assert_eq!((changes[0].kind, changes[1].kind), (Kind::Changed, Kind::New));
    assert_eq!((changes[0].row, changes[1].row), (2, 4));
    assert!(changes[0].stock_stays, "there are three of them, whatever the sheet says");
    use Difference::{Description, Price, Sku, Title, VariantsAdded, VariantsRemoved};
    assert_eq!(changes[0].differs, [Title, Description, VariantsAdded, VariantsRemoved, Price, Sku]);
    let turned = [product(1), product(2)].map(|mut product| {
        product.variants.reverse();
        product
    });
    let text = write(&turned, None).unwrap();
    assert_eq!(compare(&read(&text, &known).products[0]).differs, [Difference::VariantsOrder]);
}

#[test]
fn whatever_a_spreadsheet_writes_is_read() {
    let italian = "\u{feff}handle;title;description;status;vat;max_per_buyer;variant;sku;price;stock\r\n\
                   a;Borsa;\"una\r\ndue\";active;22%;2;nero;;€ 1.189,50;5\r\n;;;;;;;;;\r\nb;Cintura;;draft;22,00;;;;39;1;;\r\n";
    let tabs = italian.replace(';', "\t");
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for bytes in [italian.as_bytes().to_vec(), wide(italian), wide(&tabs), tabs.clone().into_bytes()] {
        let sheet = read(&bytes, &[]);
        assert_eq!(sheet.problems, []);
        let draft = &sheet.products[0].draft;
        assert_eq!((draft.variants[0].price_minor, draft.vat_bp), (118_950, 2_200));
        assert_eq!(sheet.products[1].draft.variants[0].price_minor, 3_900);
        assert_eq!(sheet.products[1].row, 4, "a cell of two lines is one row, an empty row is one too");
    }
    let problem = |bytes: &[u8]| read(bytes, &[]).problems[0].code;
    assert_eq!(problem(b"PK\x03\x04..."), "workbook");
    assert_eq!(problem(b"handle;title\r\na;citt\xe0\r\n"), "encoding_invalid");
    let bad = read(italian.replace("39;1", "molto;1").as_bytes(), &[]).problems.remove(0);
    assert_eq!((bad.line, bad.row, bad.code, bad.value.as_str()), (5, 4, "price_invalid", "molto"));
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for (text, digits, value) in [
        ("189", 2, Some(18_900)),
        ("189,5", 2, Some(18_950)),
        ("1.189,50", 2, Some(118_950)),
        ("1,189.50 EUR", 2, Some(118_950)),
        ("€ 1.189", 2, Some(118_900)),
        ("1 189,00", 2, Some(118_900)),
        ("1’189.00", 2, Some(118_900)),
        ("1.500", 0, Some(1_500)),
        ("1.500", 3, Some(1_500)),
        ("22 %", 2, Some(2_200)),
        ("0", 2, Some(0)),
        ("", 2, None),
        ("-5", 2, None),
        ("1.18.9", 2, None),
        ("1.189.50", 2, None),
        ("189,555", 0, Some(189_555)),
        ("1,2,3", 2, None),
        ("189,", 2, None),
        ("99999999999999999999", 2, None),
        ("1a2", 2, None),
    ] {
        assert_eq!(figure::read(text, digits), value, "{text}");
    }
    assert_eq!(figure::write(18_905, 2, Language::It), "189,05");
    assert_eq!(figure::write(1_500, 0, Language::En), "1500");
}

#[test]
fn each_bad_line_is_named() {
    let text = format!(
        "{HEAD}a,Uno,,active,2200,,cognac,,18900,5\na,Uno,,active,2200,,nero,,x,5\nb,,,active,2200,,,,1,1\n\
         c,Tre,,sold,2200,,,,1,1\nd,Quattro,,active,2200,,,,1\ne,Cinque,,active,99999,,,,1,-1\n"
    );
    let sheet = read(text.as_bytes(), &[]);
    let told: Vec<_> = sheet.problems.iter().map(|problem| (problem.line, problem.code)).collect();
    let expected =
        [(3, "price_invalid"), (4, "title_invalid"), (5, "status_invalid"), (6, "line_invalid"), (7, "stock_invalid")];
    assert_eq!(told, expected);
    let twice = format!("{HEAD}a,Uno,,active,2200,,nero,,1,1\na,Uno,,active,2200,,nero,,1,1\n");
    assert_eq!(read(twice.as_bytes(), &[]).problems[0].code, "variants_invalid");
    for empty in ["", HEAD] {
        assert_eq!(read(empty.as_bytes(), &[]).problems[0].code, "empty", "{empty:?}");
    }
    let head = read(b"handle,title,description,status,vat,stock\n1,2\n", &[]).problems.remove(0);
    assert_eq!((head.code, head.value.as_str()), ("head_invalid", "max_per_buyer, variant, sku, price"));
}

#[test]
fn an_editors_mark_is_no_column() {
    let text = format!("\u{feff}{HEAD}a,Uno,,active,2200,,,,18900,5\n");
    assert_eq!(read(text.as_bytes(), &[]).problems, []);
}

#[test]
fn no_buyer_writes_a_formula() {
    assert_eq!(harmless("=1+1"), "'=1+1");
    assert_eq!(harmless("@x"), "'@x");
    assert_eq!(harmless("Aiko"), "Aiko");
}

proptest! {
    #[test]
    fn what_people_are_shown_is_read_back(minor in 0..=1_000_000_000u64, digits in 0..=3usize, italian: bool) {
        let language = if italian { Language::It } else { Language::En };
        prop_assert_eq!(figure::read(&figure::write(minor, digits, language), digits), Some(minor));
    }

    #[test]
    fn no_bytes_hurt_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let sheet = read(&[HEAD.as_bytes(), bytes.as_slice()].concat(), &[]);
        prop_assert!(!sheet.problems.is_empty() || !sheet.products.is_empty());
    }
}
