//! Making a picture fit: whatever a phone uploads becomes two JPEGs of known size. Making it anew also leaves behind what
//! a photograph tells of the place where it was taken.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;

/// The longer side of the large form: a product's page on a sharp phone.
const LARGE_PX: u32 = 1_600;

/// The longer side of the small form: a card.
const SMALL_PX: u32 = 400;

/// JPEG quality: the leather's grain stays.
const QUALITY: u8 = 82;

/// The longest side that is decoded: a hundred-megapixel camera's.
const MAX_SIDE_PX: u32 = 12_000;

/// Memory that decoding may take: a bomb of a few kilobytes must not become gigabytes.
const MAX_DECODED_BYTES: u64 = 400 * 1024 * 1024;

/// A picture in its two forms, both JPEG.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    pub(super) large: Vec<u8>,
    pub(super) small: Vec<u8>,
}

/// What is wrong with an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Not JPEG, PNG or WebP.
    Format,
    /// Damaged, or too large to be decoded.
    Content,
}

/// Decodes, turns upright, makes smaller, encodes. Takes up to a second of CPU: not for the runtime's threads.
///
/// # Errors
/// [`Unusable`].
pub(super) fn fit(bytes: &[u8]) -> Result<Picture, Unusable> {
    let format = image::guess_format(bytes).map_err(|_| Unusable::Format)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Unusable::Format);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| Unusable::Content)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Unusable::Content)?;
    picture = within(picture, LARGE_PX);
    picture.apply_orientation(orientation);
    let large = on_paper(&picture);
    let small = on_paper(&within(picture, SMALL_PX));
    Ok(Picture { width_px: large.width(), height_px: large.height(), large: encode(&large)?, small: encode(&small)? })
}

/// The picture, no larger than that, in its own proportions.
fn within(picture: DynamicImage, side_px: u32) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if width.max(height) <= side_px { picture } else { picture.resize(side_px, side_px, FilterType::CatmullRom) }
}

/// What was transparent becomes white: JPEG has nothing else.
fn on_paper(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, alpha] = source.get_pixel(x, y).0.map(u32::from);
        let over = |channel: u32| u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([over(r), over(g), over(b)])
    })
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture).map_err(|_| Unusable::Content)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
