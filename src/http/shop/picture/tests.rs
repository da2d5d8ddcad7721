//! Whatever comes in, a picture of known size comes out, or a "no".

use super::{LARGE_PX, SMALL_PX, Unusable, fit};
use image::{DynamicImage, GenericImageView, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;
use std::io::Cursor;

fn upload(width: u32, height: u32, format: ImageFormat, pixel: Rgba<u8>) -> Vec<u8> {
    let picture = DynamicImage::from(RgbaImage::from_pixel(width, height, pixel));
    let picture = if format == ImageFormat::Jpeg { DynamicImage::from(picture.to_rgb8()) } else { picture };
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn size(jpeg: &[u8]) -> (u32, u32) {
    assert_eq!(image::guess_format(jpeg).unwrap(), ImageFormat::Jpeg);
    image::load_from_memory(jpeg).unwrap().dimensions()
}

#[test]
fn a_large_picture_becomes_two_that_fit() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let picture = fit(&upload(2_000, 1_000, format, Rgba([120, 70, 30, 255]))).unwrap();
        assert_eq!((picture.width_px, picture.height_px), (LARGE_PX, LARGE_PX / 2));
        assert_eq!((size(&picture.large), size(&picture.small)), ((LARGE_PX, 800), (SMALL_PX, 200)));
    }
}

#[test]
fn a_small_one_is_not_blown_up() {
    let picture = fit(&upload(50, 80, ImageFormat::Png, Rgba([0, 0, 0, 255]))).unwrap();
    assert_eq!((size(&picture.large), size(&picture.small)), ((50, 80), (50, 80)));
}

#[test]
fn what_is_transparent_is_white() {
    let picture = fit(&upload(8, 8, ImageFormat::Png, Rgba([0, 0, 0, 0]))).unwrap();
    let pixel = image::load_from_memory(&picture.large).unwrap().to_rgb8().get_pixel(4, 4).0;
    assert!(pixel.iter().all(|channel| *channel > 250), "{pixel:?}");
}

#[test]
fn a_photograph_stands_upright_and_does_not_say_where_it_was_taken() {
    let jpeg = upload(40, 20, ImageFormat::Jpeg, Rgba([200, 0, 0, 255]));
    // An Exif segment that says "turned by 90 degrees" (tag 0x0112, value 6), behind the start of the image.
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut turned = jpeg[..2].to_vec();
    turned.extend([0xff, 0xe1, length[0], length[1]]);
    turned.append(&mut exif);
    turned.extend(&jpeg[2..]);
    let picture = fit(&turned).unwrap();
    assert_eq!((picture.width_px, picture.height_px), (20, 40));
    assert!(!picture.large.windows(4).any(|bytes| bytes == b"Exif"));
}

#[test]
fn what_is_no_picture_is_refused() {
    assert_eq!(fit(b"GIF89a").unwrap_err(), Unusable::Format);
    assert_eq!(fit(b"<svg></svg>").unwrap_err(), Unusable::Format);
    assert_eq!(fit(b"").unwrap_err(), Unusable::Format);
    let png = upload(30, 30, ImageFormat::Png, Rgba([1, 2, 3, 255]));
    assert_eq!(fit(&png[..png.len() / 2]).unwrap_err(), Unusable::Content);
    // A header that promises 65,535 by 65,535.
    let mut bomb = png;
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    assert_eq!(fit(&bomb).unwrap_err(), Unusable::Content);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_hurt_it(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0usize..3) {
        let heads: [&[u8]; 3] = [&[0xff, 0xd8, 0xff, 0xe0], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\x20\0\0\0WEBPVP8 "];
        let _ = fit(&[heads[kind], bytes.as_slice()].concat());
    }
}
