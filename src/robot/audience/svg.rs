//! A line plot as SVG: axes, lines, names. Enough for a README, and nothing to install.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;

/// Told apart also by those who do not see all colours (Okabe and Ito).
const COLOURS: [&str; 6] = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// A plot.
pub(super) struct Plot {
    pub(super) title: &'static str,
    pub(super) x: &'static str,
    pub(super) y: &'static str,
    /// The vertical axis; the horizontal one always is.
    pub(super) logarithmic: bool,
    pub(super) lines: Vec<Line>,
}

/// A line; a dashed one has the colour of the line before it.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) dashed: bool,
    pub(super) points: Vec<(f64, f64)>,
}

/// One axis: from a value to a place.
struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, logarithmic: bool) -> Self {
        let positive = values.filter(|value| value.is_finite() && (*value > 0.0 || !logarithmic));
        let (low, high) = positive.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low > high { (0.1, 1.0) } else { (low, high) };
        match logarithmic {
            true => Self { low: low * 0.8, high: (high * 1.25).max(low * 2.0), logarithmic },
            false => Self { low: 0.0, high: if high > 0.0 { high * 1.1 } else { 1.0 }, logarithmic },
        }
    }

    /// Between 0 and 1.
    fn share(&self, value: f64) -> f64 {
        let share = match self.logarithmic {
            true => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        };
        share.clamp(0.0, 1.0)
    }

    fn ticks(&self) -> Vec<f64> {
        if !self.logarithmic {
            let step = nice((self.high - self.low) / 5.0);
            return (0..=10).map(|i| f64::from(i) * step).filter(|tick| *tick <= self.high).collect();
        }
        let decades = -4..=6;
        let ticks = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(decade)));
        ticks.filter(|tick| (self.low..=self.high).contains(tick)).collect()
    }
}

/// The next of 1, 2, 5 times a power of ten.
fn nice(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let digit = [1.0, 2.0, 5.0, 10.0].into_iter().find(|digit| digit * power >= value * 0.999);
    digit.unwrap_or(10.0) * power
}

impl Plot {
    /// The picture.
    pub(super) fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| line.points.iter());
        let x = Axis::over(points().map(|(x, _)| *x), true);
        let y = Axis::over(points().map(|(_, y)| *y), self.logarithmic);
        let place = |(vx, vy): (f64, f64)| {
            let (width, height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
            (LEFT + x.share(vx) * width, HEIGHT - BOTTOM - y.share(vy) * height)
        };
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
        );
        text(&mut out, (LEFT, 22.0), "start", &format!("{} ({})", self.title, self.y));
        text(&mut out, ((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0), "middle", self.x);
        for tick in y.ticks() {
            let (_, at) = place((x.low, tick));
            stroke(&mut out, (LEFT, at), (WIDTH - RIGHT, at));
            text(&mut out, (LEFT - 8.0, at + 4.0), "end", &short(tick));
        }
        for tick in x.ticks() {
            let (at, _) = place((tick, y.low));
            stroke(&mut out, (at, TOP), (at, HEIGHT - BOTTOM));
            text(&mut out, (at, HEIGHT - BOTTOM + 18.0), "middle", &short(tick));
        }
        let mut colour = COLOURS.len() - 1;
        for (row, line) in self.lines.iter().enumerate() {
            colour = if line.dashed { colour } else { (colour + 1) % COLOURS.len() };
            let paint = COLOURS.get(colour).copied().unwrap_or("#000");
            draw(&mut out, line, paint, place);
            let at = TOP + 12.0 + row as f64 * 18.0;
            let dash = if line.dashed { " stroke-dasharray=\"5 4\"" } else { "" };
            let (from, to) = (WIDTH - RIGHT + 12.0, WIDTH - RIGHT + 36.0);
            let _ = write!(
                out,
                "<line x1=\"{from}\" y1=\"{at}\" x2=\"{to}\" y2=\"{at}\" stroke=\"{paint}\" stroke-width=\"2\"{dash}/>"
            );
            text(&mut out, (to + 6.0, at + 4.0), "start", &line.name);
        }
        out.push_str("</svg>\n");
        out
    }
}

fn draw(out: &mut String, line: &Line, paint: &str, place: impl Fn((f64, f64)) -> (f64, f64)) {
    let dash = if line.dashed { " stroke-dasharray=\"5 4\"" } else { "" };
    let corners: Vec<String> = line.points.iter().map(|p| place(*p)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = write!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{paint}\" stroke-width=\"2\"{dash}/>",
        corners.join(" ")
    );
    for (x, y) in line.points.iter().map(|p| place(*p)) {
        let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{paint}\"/>");
    }
}

fn stroke(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = write!(out, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#ddd\"/>");
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#333\">{text}</text>");
}

/// A number without more digits than it needs.
fn short(value: f64) -> String {
    let rounded = format!("{value:.3}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
