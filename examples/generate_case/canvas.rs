//! A picture in memory and the pen that writes on it. Glyphs are rasterised once and kept, whole rows are copied, so that even an unoptimised build is quick.

use super::rng::Rng;
use ab_glyph::{Font, FontRef, PxScale, ScaleFont};
use std::collections::HashMap;

const REGULAR: &[u8] = include_bytes!("../../templates/fonts/NotoSansSC-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../templates/fonts/NotoSansSC-Bold.ttf");
const EMOJI: &[u8] = include_bytes!("../../templates/fonts/NotoEmoji-Regular.ttf");

pub type Colour = [u8; 3];
pub const WHITE: Colour = [255, 255, 255];
pub const BLACK: Colour = [24, 24, 28];
pub const GREY: Colour = [140, 142, 148];

/// Bytes of the text font, for the contract.
pub fn text_font() -> &'static [u8] {
    REGULAR
}

/// A rasterised character.
struct Glyph {
    left: i64,
    /// Above the baseline.
    top: i64,
    width: i64,
    advance: f32,
    coverage: Vec<u8>,
}

/// The fonts and what was rasterised so far. One a thread.
pub struct Pen {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
    emoji: FontRef<'static>,
    glyphs: HashMap<(char, u32, bool), Glyph>,
    steps: f32,
}

impl Pen {
    /// Opens the fonts. Edges of letters have `steps` shades: few pack better, many look finer.
    pub fn new(steps: u8) -> Result<Pen, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Pen {
            regular: FontRef::try_from_slice(REGULAR)?,
            bold: FontRef::try_from_slice(BOLD)?,
            emoji: FontRef::try_from_slice(EMOJI)?,
            glyphs: HashMap::new(),
            steps: f32::from(steps),
        })
    }

    fn glyph(&mut self, c: char, size: f32, bold: bool) -> &Glyph {
        let steps = self.steps;
        self.glyphs.entry((c, size.to_bits(), bold)).or_insert_with(|| {
            let text = if bold { &self.bold } else { &self.regular };
            let font = if text.glyph_id(c).0 == 0 && self.emoji.glyph_id(c).0 != 0 { &self.emoji } else { text };
            // ab_glyph scales by the line height, we by the em
            let em = font.units_per_em().unwrap_or(1000.0);
            let scale = PxScale::from(size * font.height_unscaled() / em);
            let id = font.glyph_id(c);
            let advance = font.as_scaled(scale).h_advance(id);
            let Some(outline) = font.outline_glyph(id.with_scale(scale)) else {
                return Glyph { left: 0, top: 0, width: 0, advance, coverage: Vec::new() };
            };
            let bounds = outline.px_bounds();
            let width = bounds.width() as usize;
            let mut coverage = vec![0; width * bounds.height() as usize];
            outline.draw(|x, y, c| {
                if let Some(cell) = coverage.get_mut(y as usize * width + x as usize) {
                    *cell = (c * steps).round().clamp(0.0, steps) as u8 * (255.0 / steps) as u8;
                }
            });
            Glyph { left: bounds.min.x as i64, top: bounds.min.y as i64, width: width as i64, advance, coverage }
        })
    }

    /// Width of a line in pixels.
    pub fn measure(&mut self, text: &str, size: f32, bold: bool) -> i64 {
        text.chars().map(|c| self.glyph(c, size, bold).advance).sum::<f32>().ceil() as i64
    }

    /// Breaks text into lines of at most `width`; a closing mark stays on its line.
    pub fn wrap(&mut self, text: &str, size: f32, bold: bool, width: i64) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        for c in text.chars() {
            let advance = self.glyph(c, size, bold).advance;
            let closing = "，。！？、；：）".contains(c);
            if c == '\n' || (used + advance > width as f32 && !closing) {
                lines.push(String::new());
                used = 0.0;
            }
            if c != '\n'
                && let Some(line) = lines.last_mut()
            {
                line.push(c);
                used += advance;
            }
        }
        lines
    }
}

/// RGB, 8 bits.
pub struct Canvas {
    pub width: i64,
    pub height: i64,
    pub pixels: Vec<u8>,
}

impl Canvas {
    /// A plain one.
    pub fn new(width: i64, height: i64, colour: Colour) -> Canvas {
        let mut canvas = Canvas { width, height, pixels: vec![0; (width * height * 3) as usize] };
        canvas.rect(0, 0, width, height, colour);
        canvas
    }

    /// The bytes of a row between two columns, clipped.
    pub fn row(&mut self, y: i64, from: i64, to: i64) -> &mut [u8] {
        let (from, to) = (from.clamp(0, self.width), to.clamp(0, self.width));
        if y < 0 || y >= self.height || from >= to {
            return &mut [];
        }
        &mut self.pixels[((y * self.width + from) * 3) as usize..((y * self.width + to) * 3) as usize]
    }

    /// A filled rectangle.
    pub fn rect(&mut self, x: i64, y: i64, w: i64, h: i64, colour: Colour) {
        let line = colour.repeat(w.max(0) as usize);
        for y in y..y + h {
            let row = self.row(y, x, x + w);
            let len = row.len();
            row.copy_from_slice(&line[..len]);
        }
    }

    /// A rectangle with round corners.
    pub fn round_rect(&mut self, x: i64, y: i64, w: i64, h: i64, radius: i64, colour: Colour) {
        for i in 0..h {
            let edge = (i.min(h - 1 - i)).min(radius);
            let (r, d) = (radius as f32, (radius - edge) as f32 - 0.5);
            let inset = if edge >= radius { 0 } else { (r - (r * r - d * d).max(0.0).sqrt()).round() as i64 };
            self.rect(x + inset, y + i, w - 2 * inset, 1, colour);
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, cx: i64, cy: i64, radius: i64, colour: Colour) {
        self.round_rect(cx - radius, cy - radius, 2 * radius, 2 * radius, radius, colour);
    }

    /// Writes a line, `y` its baseline; gives the end.
    #[expect(clippy::too_many_arguments, reason = "place, size, weight, colour and words of one line")]
    pub fn text(&mut self, pen: &mut Pen, x: i64, y: i64, size: f32, bold: bool, colour: Colour, text: &str) -> i64 {
        let mut at = x as f32;
        for c in text.chars() {
            let glyph = pen.glyph(c, size, bold);
            let (left, top) = (at.round() as i64 + glyph.left, y + glyph.top);
            at += glyph.advance;
            if glyph.width == 0 || left < 0 || left + glyph.width > self.width {
                continue;
            }
            for (i, line) in glyph.coverage.chunks_exact(glyph.width as usize).enumerate() {
                let row = self.row(top + i as i64, left, left + glyph.width);
                for (pixel, &cover) in row.chunks_exact_mut(3).zip(line) {
                    if cover > 0 {
                        let cover = u16::from(cover);
                        for (p, &c) in pixel.iter_mut().zip(&colour) {
                            *p = ((u16::from(*p) * (255 - cover) + u16::from(c) * cover) / 255) as u8;
                        }
                    }
                }
            }
        }
        at.ceil() as i64
    }

    /// Writes a line around a middle.
    #[expect(clippy::too_many_arguments, reason = "place, size, weight, colour and words of one line")]
    pub fn centred(&mut self, pen: &mut Pen, cx: i64, y: i64, size: f32, bold: bool, colour: Colour, text: &str) {
        let width = pen.measure(text, size, bold);
        self.text(pen, cx - width / 2, y, size, bold, colour, text);
    }

    /// What a phone's camera makes of a pot on a table: shading, a shape, and grain (`grain` = greatest step), which is what gives photographs their bytes.
    #[expect(clippy::too_many_arguments, reason = "place, size and what is on it")]
    pub fn photo(&mut self, rng: &mut Rng, x: i64, y: i64, w: i64, h: i64, pot: Colour, grain: i64) {
        let table: Colour = *rng.pick(&[[196, 168, 132], [208, 204, 198], [168, 150, 130], [188, 194, 190]]);
        for i in 0..h {
            let shade = 40 * i / h;
            let tone = table.map(|c| c.saturating_sub(shade as u8));
            self.rect(x, y + i, w, 1, if i < h / 3 { [226 - (shade as u8), 224 - (shade as u8), 218 - (shade as u8)] } else { tone });
        }
        let (cx, cy, r) = (x + w / 2 + rng.range(-w / 12, w / 12 + 1), y + h * 11 / 20, w.min(h) / 3);
        let dark = pot.map(|c| (u16::from(c) * 7 / 10) as u8);
        let light = pot.map(|c| c.saturating_add(36));
        self.round_rect(cx + r - 8, cy - r / 8, r * 5 / 6, r / 5, r / 12, [70, 52, 44]);
        self.round_rect(cx - r, cy - r / 3, 2 * r, r, r / 3, dark);
        self.round_rect(cx - r, cy - r / 2, 2 * r, r / 2, r / 4, pot);
        self.round_rect(cx - r * 9 / 10, cy - r * 9 / 20, r * 18 / 10, r * 3 / 8, r / 5, light);
        self.round_rect(cx - r * 8 / 10, cy - r * 8 / 20, r * 16 / 10, r / 4, r / 8, dark);
        if grain > 0 {
            let span = (2 * grain + 1) as u64;
            for i in 0..h {
                let row = self.row(y + i, x, x + w);
                for chunk in row.chunks_mut(8) {
                    let mut bits = rng.bits();
                    for p in chunk {
                        *p = (i64::from(*p) + (((bits & 0xff) * span) >> 8) as i64 - grain).clamp(0, 255) as u8;
                        bits >>= 8;
                    }
                }
            }
        }
    }
}
