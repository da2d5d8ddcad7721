//! Answers in both framings, and what is none.

use super::*;

#[test]
fn answers_are_read() {
    let plain = parse(b"HTTP/1.1 201 Created\r\nLocation: /a/b\r\nContent-Length: 2\r\n\r\nhi").unwrap();
    assert_eq!((plain.status, plain.header("location"), plain.body.as_str()), (201, Some("/a/b"), "hi"));
    let chunked =
        parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n").unwrap();
    assert_eq!(chunked.body, "abcd");
    for bad in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0\r\n\r\n",
        b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n",
    ] {
        assert_eq!(parse(bad), None);
    }
}

#[test]
fn a_refusal_tells_its_code() {
    let refused = parse(b"HTTP/1.1 404 Not Found\r\n\r\n{\"code\":\"show_not_found\"}").unwrap();
    assert_eq!(refused.good().unwrap_err().to_string(), "HTTP 404 (show_not_found)");
}
