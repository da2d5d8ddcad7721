//! What goes out comes in again, and what is wrong is named by its line.

use super::{harmless, read, write};
use proptest::prelude::*;
use quiora_signaling::{Currency, Product, ProductStatus, Variant};
use uuid::Uuid;

const HEAD: &str = "handle,title,description,status,vat_bp,max_per_buyer,variant,sku,price_minor,stock\n";

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
    let sheet = read(&write(&known).unwrap(), &known);
    assert_eq!(sheet.problems, []);
    assert_eq!(sheet.products.len(), 2);
    let (id, draft) = &sheet.products[0];
    assert_eq!(*id, Some(known[0].product));
    assert_eq!((draft.title.as_str(), draft.description.as_str()), ("Borsa \"Conero\"", "one\n\ntwo, three"));
    assert_eq!(draft.variants[1].variant, Some(known[0].variants[1].variant), "the same variant, with its stock");
    assert_eq!(read(&write(&known).unwrap(), &[]).products[0].0, None, "in another shop they are new");
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
    assert_eq!(read(b"a,b\n1,2\n", &[]).problems[0].code, "line_invalid");
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
    fn no_bytes_hurt_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let sheet = read(&[HEAD.as_bytes(), bytes.as_slice()].concat(), &[]);
        prop_assert!(!sheet.problems.is_empty() || !sheet.products.is_empty());
    }
}
