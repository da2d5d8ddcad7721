//! What letters say, in both languages. Plain text: it is readable everywhere, and nothing in it is fetched or counted.

use crate::store::Letter;
use quiora_signaling::{Currency, Language, Order, OrderStatus};
use std::fmt::Write as _;
use time::OffsetDateTime;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
}

/// Writes it; nothing for a kind that no letter is of.
pub(super) fn write(kind: &str, at_ms: u64, letter: &Letter, name: &str, shop: &str, base: &str) -> Option<Text> {
    let italian = letter.settings.language == Some(Language::It);
    let (number, when) = (letter.order.number.unwrap_or_default(), moment(at_ms)?);
    let (subject, said) = if italian { italiano(kind, number, &when)? } else { english(kind, number, &when)? };
    let hello = if italian { "Buongiorno" } else { "Hello" };
    let mut body = format!("{hello} {name},\n\n{said}\n\n{}\n", table(&letter.order, italian));
    let details = &letter.settings.seller_details;
    if matches!(kind, "placed" | "bought" | "again") {
        let (pay, page, days) = if italian {
            ("Come pagare", "L'ordine (stato, ricevuta, recesso)", "Diritto di recesso, in giorni dalla consegna")
        } else {
            ("How to pay", "Your order (status, receipt, withdrawal)", "Right of withdrawal, in days from delivery")
        };
        let to_pay = letter.order.status == OrderStatus::Placed;
        if to_pay && !letter.settings.payment_instructions.is_empty() {
            let _ = write!(body, "\n{pay}:\n{}\n", letter.settings.payment_instructions);
        }
        let _ = write!(body, "\n{days}: {}\n", letter.settings.withdrawal_days);
        if let Some(key) = &letter.key {
            let _ = write!(body, "\n{page}:\n{base}/o/{}#{}\n", letter.order.order, key.0);
        }
    }
    let _ = write!(body, "\n{shop}\n{details}");
    Some(Text { subject: format!("{shop}: {subject}"), body: body.trim_end().to_owned() + "\n" })
}

/// A letter to see whether letters arrive.
pub(super) fn trial(shop: &str, language: Option<Language>) -> Text {
    let (subject, body) = if language == Some(Language::It) {
        ("prova", "Questa è una lettera di prova. Se la leggi, le lettere ai tuoi clienti partono.")
    } else {
        ("a test", "This is a test letter. If you can read it, letters to your buyers are on their way.")
    };
    Text { subject: format!("{shop}: {subject}"), body: format!("{body}\n\n{shop}\n") }
}

fn english(kind: &str, number: u64, when: &str) -> Option<(String, String)> {
    let (subject, said) = match kind {
        "placed" => ("received", format!("we received your order on {when}.")),
        "bought" => ("received and paid", format!("we received your order and your payment on {when}. Thank you.")),
        "too_late" => (
            "sold out, your money comes back",
            format!(
                "your payment came on {when}, after the time for it was over and the last piece was gone. We are sorry. Nothing was sold to you, and the whole amount goes back to the card that you paid with; banks take up to ten days."
            ),
        ),
        "paid" => ("paid", format!("your payment is registered as of {when}. Thank you.")),
        "shipped" => ("on its way", "your order is on its way, or ready for pick-up if you chose that.".to_owned()),
        "cancelled_by_buyer" => (
            "cancelled",
            format!(
                "we received your declaration to cancel the order on {when}. The order is cancelled; nothing is owed."
            ),
        ),
        "withdrawn" => (
            "withdrawal received",
            format!(
                "we received your declaration of withdrawal from the contract on {when}. We will write about the return and the refund."
            ),
        ),
        "cancelled" => ("cancelled", format!("your order was cancelled by the shop on {when}. Nothing is owed.")),
        "refunded" => ("refunded", format!("your payment was refunded on {when}.")),
        "again" => ("once more", "here is your order once more, with the link to its page.".to_owned()),
        _ => return None,
    };
    Some((format!("order {number} {subject}"), said))
}

fn italiano(kind: &str, number: u64, when: &str) -> Option<(String, String)> {
    let (subject, said) = match kind {
        "placed" => ("ricevuto", format!("abbiamo ricevuto il tuo ordine il {when}.")),
        "bought" => ("ricevuto e pagato", format!("abbiamo ricevuto il tuo ordine e il pagamento il {when}. Grazie.")),
        "too_late" => (
            "esaurito, il denaro torna indietro",
            format!(
                "il tuo pagamento è arrivato il {when}, a tempo scaduto, quando l'ultimo pezzo era già andato. Ci dispiace. Non ti è stato venduto nulla e l'intero importo torna sulla carta con cui hai pagato; le banche impiegano fino a dieci giorni."
            ),
        ),
        "paid" => ("pagato", format!("il tuo pagamento risulta registrato il {when}. Grazie.")),
        "shipped" => ("in viaggio", "il tuo ordine è in viaggio, o pronto per il ritiro se lo hai scelto.".to_owned()),
        "cancelled_by_buyer" => (
            "annullato",
            format!(
                "abbiamo ricevuto la tua dichiarazione di annullamento il {when}. L'ordine è annullato; non c'è nulla da pagare."
            ),
        ),
        "withdrawn" => (
            "recesso ricevuto",
            format!(
                "abbiamo ricevuto la tua dichiarazione di recesso dal contratto il {when}. Ti scriveremo per la restituzione e il rimborso."
            ),
        ),
        "cancelled" => {
            ("annullato", format!("il tuo ordine è stato annullato dal negozio il {when}. Non c'è nulla da pagare."))
        }
        "refunded" => ("rimborsato", format!("il tuo pagamento è stato rimborsato il {when}.")),
        "again" => ("di nuovo", "ecco di nuovo il tuo ordine, con il link alla sua pagina.".to_owned()),
        _ => return None,
    };
    Some((format!("ordine {number} {subject}"), said))
}

fn table(order: &Order, italian: bool) -> String {
    let (number, shipping, total, vat) = if italian {
        ("Ordine", "Consegna", "Totale", "di cui IVA")
    } else {
        ("Order", "Shipping", "Total", "VAT included")
    };
    let money = |minor| amount(minor, order.currency);
    let form = if order.variant_name.is_empty() { String::new() } else { format!(" ({})", order.variant_name) };
    let mut text = format!("{number} {}\n", order.number.unwrap_or_default());
    let _ = writeln!(text, "{} × {}{form}: {}", order.quantity, order.title, money(order.goods_minor));
    if let Some(choice) = &order.shipping {
        let _ = writeln!(text, "{shipping}, {}: {}", choice.name, money(order.shipping_minor));
    }
    let _ = write!(text, "{total}: {} ({vat}: {})", money(order.total_minor), money(order.vat_minor));
    text
}

/// `198.00 EUR`: unambiguous in both languages.
fn amount(minor: u64, currency: Currency) -> String {
    let width = currency.minor_digits();
    let unit = (0..width).fold(1_u64, |unit, _| unit * 10);
    if width == 0 {
        format!("{minor} {currency}")
    } else {
        format!("{}.{:0width$} {currency}", minor / unit, minor % unit)
    }
}

/// `2026-11-18 11:06:40 UTC`: a declaration is acknowledged to the second (Directive (EU) 2023/2673).
fn moment(at_ms: u64) -> Option<String> {
    let t = OffsetDateTime::from_unix_timestamp(i64::try_from(at_ms / 1_000).ok()?).ok()?;
    let (date, month) = (t.date(), u8::from(t.month()));
    Some(format!("{}-{month:02}-{:02} {:02}:{:02}:{:02} UTC", date.year(), t.day(), t.hour(), t.minute(), t.second()))
}

#[cfg(test)]
mod tests;
