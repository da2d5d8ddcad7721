//! The seller's catalogue over HTTP: products, pictures, sheets, line-ups.

use crate::harness::Server;
use crate::http::{ask, assert_problem, set_up};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

fn draft(title: &str) -> Value {
    json!({"title": title, "status": "active", "vat_bp": 2_200,
        "variants": [{"name": "", "sku": "B1", "price_minor": 18_900, "stock": 4}]})
}

async fn upload(server: &Server, cookie: &str, path: &str, kind: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let request = Client::new().post(server.url(path)).header("cookie", cookie).header("content-type", kind);
    let response = request.body(body).send().await.unwrap();
    (response.status(), serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null))
}

/// A PNG of one brown pixel.
fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let pixel = image::RgbImage::from_pixel(1, 1, image::Rgb([120, 70, 30]));
    pixel.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn products_are_made_changed_counted_and_put_in_order() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    assert_problem(&ask(&server, Method::GET, "/api/products", "", None).await, 401, "not_logged_in");
    assert_problem(&ask(&server, Method::POST, "/api/products", &cookie, Some(draft(" "))).await, 422, "title_invalid");
    let mut ids = Vec::new();
    for title in ["Borsa", "Cintura"] {
        let made = ask(&server, Method::POST, "/api/products", &cookie, Some(draft(title))).await;
        assert_eq!(made.status, 201, "{}", made.body);
        ids.push(made.body);
    }
    let path = format!("/api/products/{}", ids[0]["product"].as_str().unwrap());
    let variant = ids[0]["variants"][0]["variant"].as_str().unwrap().to_owned();
    let mut change = draft("Borsa grande");
    change["variants"][0]["variant"] = json!(variant);
    change["variants"][0]["stock"] = json!(99);
    let changed = ask(&server, Method::PUT, &path, &cookie, Some(change)).await.body;
    assert_eq!((&changed["title"], &changed["variants"][0]["free"]), (&json!("Borsa grande"), &json!(4)), "{changed}");
    let stock = format!("/api/variants/{variant}/stock");
    let more = ask(&server, Method::POST, &stock, &cookie, Some(json!({"change": 3}))).await.body;
    assert_eq!((&more["variants"][0]["free"], &more["variants"][0]["stock"]), (&json!(7), &json!(7)));
    let less = ask(&server, Method::POST, &stock, &cookie, Some(json!({"change": -8}))).await;
    assert_problem(&less, 409, "sold_out");
    let order = json!({"products": [ids[1]["product"]]});
    assert_eq!(ask(&server, Method::PUT, "/api/products-order", &cookie, Some(order)).await.status, 204);
    server.restart().await;
    let listed = ask(&server, Method::GET, "/api/products", &cookie, None).await.body;
    let titles: Vec<_> = listed["products"].as_array().unwrap().iter().map(|p| p["title"].clone()).collect();
    assert_eq!(titles, ["Cintura", "Borsa grande"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_uploaded_once_and_kept_for_ever() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    assert_eq!(upload(&server, "", "/api/images", "image/png", png()).await.0, 401);
    let (status, image) = upload(&server, &cookie, "/api/images", "image/png", png()).await;
    assert_eq!(status, 201, "{image}");
    assert_eq!(upload(&server, &cookie, "/api/images", "image/png", png()).await.1, image, "the same content");
    let (status, problem) = upload(&server, &cookie, "/api/images", "image/png", b"<svg/>".to_vec()).await;
    assert_eq!((status.as_u16(), &problem["code"]), (415, &json!("unsupported_type")));
    let (status, _) = upload(&server, &cookie, "/api/images", "image/png", vec![0; 13 * 1024 * 1024]).await;
    assert_eq!(status, 413);

    let name = image["image"].as_str().unwrap();
    for file in [format!("/images/{name}.jpg"), format!("/images/{name}-s.jpg")] {
        let response = reqwest::get(server.url(&file)).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"image/jpeg".parse().unwrap())
        );
        assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }
    for file in ["/images/x.jpg", &format!("/images/{}.jpg", "0".repeat(64)), &format!("/images/{name}.png")] {
        assert_eq!(reqwest::get(server.url(file)).await.unwrap().status(), 404, "{file}");
    }
    let mut with = draft("Borsa");
    with["images"] = json!([{"image": name, "width_px": 9, "height_px": 9, "alt": "Marrone"}]);
    let made = ask(&server, Method::POST, "/api/products", &cookie, Some(with.clone())).await.body;
    assert_eq!((&made["images"][0]["width_px"], &made["images"][0]["alt"]), (&json!(1), &json!("Marrone")), "{made}");
    with["images"][0]["image"] = json!("0".repeat(64));
    assert_problem(&ask(&server, Method::POST, "/api/products", &cookie, Some(with)).await, 422, "images_invalid");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sheet_comes_in_whole_or_not_at_all() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    let head = "handle,title,description,status,vat_bp,max_per_buyer,variant,sku,price_minor,stock\n";
    let good = format!("{head}a,Borsa,,active,2200,2,cognac,,18900,5\na,Borsa,,active,2200,2,nero,,18900,5\n");
    let bad = format!("{good}b,Cintura,,active,2200,,,,much,1\n");
    let path = "/api/products/import?apply=true";
    let (status, preview) = upload(&server, &cookie, path, "text/csv", bad.into_bytes()).await;
    assert_eq!((status.as_u16(), &preview["applied"]), (200, &json!(false)));
    assert_eq!(
        (&preview["problems"][0]["line"], &preview["problems"][0]["code"]),
        (&json!(4), &json!("price_invalid"))
    );
    let (_, preview) = upload(&server, &cookie, "/api/products/import", "text/csv", good.clone().into_bytes()).await;
    assert_eq!(
        (&preview["products"], &preview["variants"], &preview["applied"]),
        (&json!(1), &json!(2), &json!(false))
    );
    assert_eq!(preview["changes"][0]["kind"], "new", "{preview}");
    assert_eq!(ask(&server, Method::GET, "/api/products", &cookie, None).await.body["products"], json!([]));
    let (_, done) = upload(&server, &cookie, path, "text/csv", good.into_bytes()).await;
    assert_eq!(done["applied"], true, "{done}");

    let export = async |query: &str| {
        let url = server.url(&format!("/api/products/export{query}"));
        Client::new().get(url).header("cookie", &cookie).send().await.unwrap().text().await.unwrap()
    };
    let italian = export("?language=it").await;
    assert!(italian.contains(";189,00;5"), "{italian}");
    let same = upload(&server, &cookie, path, "text/csv", italian.into_bytes()).await.1;
    assert_eq!((&same["applied"], &same["changes"][0]["kind"]), (&json!(true), &json!("unchanged")), "{same}");
    let text = export("").await;
    let again = upload(&server, &cookie, path, "text/csv", text.replace("18900", "17900").into_bytes()).await.1;
    assert_eq!((&again["applied"], &again["products"]), (&json!(true), &json!(1)), "{again}");
    let listed = ask(&server, Method::GET, "/api/products", &cookie, None).await.body;
    assert_eq!(listed["products"].as_array().unwrap().len(), 1, "it changed what it named");
    assert_eq!(listed["products"][0]["variants"][1]["price_minor"], 17_900);
    assert_eq!(listed["products"][0]["variants"][1]["free"], 5);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_up_is_seen_by_everybody() {
    let mut server = Server::start(1).await;
    let cookie = set_up(&server).await;
    server.show("borse").await;
    let made = ask(&server, Method::POST, "/api/products", &cookie, Some(draft("Borsa"))).await.body;
    let line_up = json!({"products": [made["product"], made["product"]]});
    assert_problem(
        &ask(&server, Method::PUT, "/api/shows/borse/line-up", "", Some(line_up.clone())).await,
        401,
        "not_logged_in",
    );
    assert_eq!(ask(&server, Method::PUT, "/api/shows/borse/line-up", &cookie, Some(line_up)).await.status, 204);
    let seen = ask(&server, Method::GET, "/api/shows/borse/line-up", "", None).await.body;
    assert_eq!(seen["products"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&seen["products"][0]["card"]["title"], &seen["products"][0]["stock"]["variants"][0]["left"]),
        (&json!("Borsa"), &json!(4))
    );
    let unknown = json!({"products": [quiora::clock::uuid()]});
    assert_problem(
        &ask(&server, Method::PUT, "/api/shows/borse/line-up", &cookie, Some(unknown)).await,
        404,
        "product_not_found",
    );
    let public = ask(&server, Method::GET, "/api/shop", "", None).await.body;
    assert_eq!((&public["name"], &public["payments"]), (&json!("La Bottega"), &json!(["manual"])));
    assert_problem(&ask(&server, Method::GET, "/api/shop/settings", "", None).await, 401, "not_logged_in");
    server.stop().await;
}
