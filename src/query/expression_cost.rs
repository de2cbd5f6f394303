//! Estimates the time to parse and match a regular expression, as the bytes of a compiled form that
//! would take as long.

use regex_syntax::ast::{self, Ast, ClassSetBinaryOp, ClassSetItem};
use regex_syntax::hir::{Hir, HirKind};
use std::convert::Infallible;

/// The matching time for each position in the expression.
const POSITION: u64 = 512;

/// The number of characters in ranges that take as long as one byte, because the other cases of
/// each are looked up.
const CHARACTERS: u64 = 2;

/// The number of ranges of a class such as `\w` or `\p{L}`. Smaller classes count the same.
const RANGES_OF_CLASS: u64 = 800;

/// The size above which a set does not count as larger, because unions of classes have many ranges
/// in common.
const LARGEST_SET: u64 = 2_048;

/// The time per range, in bytes, for joining a class to a set, which walks through all ranges of
/// both.
const RANGE: u64 = 4;

/// The time for matching: each position in the expression, with each repetition counted in full.
pub fn matching(hir: &Hir) -> u64 {
    positions(hir).saturating_mul(POSITION)
}

fn positions(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            positions(&repetition.sub).saturating_mul(times.into())
        }
        HirKind::Capture(capture) => positions(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(positions).fold(0, u64::saturating_add)
        }
    }
}

/// The time for parsing: looking up the other cases of all characters in ranges, and joining
/// classes.
pub fn reading(ast: &Ast) -> u64 {
    ast::visit(ast, Reading::default()).unwrap_or_else(|never: Infallible| match never {})
}

#[derive(Default)]
struct Reading {
    /// Characters in ranges.
    characters: u64,
    /// Ranges that joining walks through.
    walked: u64,
    /// The sets around the current item, each by its number of ranges.
    sets: Vec<u64>,
}

impl Reading {
    /// A class outside all sets is not joined to anything.
    fn join(&mut self, ranges: u64) {
        let mut walked = ranges;
        if let Some(set) = self.sets.last_mut() {
            *set = (*set + ranges).min(LARGEST_SET);
            walked = *set;
        }
        self.walked = self.walked.saturating_add(walked);
    }

    /// A single character or range is inserted into the set by a binary search.
    fn insert(&mut self) {
        if let Some(set) = self.sets.last_mut() {
            *set = (*set + 1).min(LARGEST_SET);
        }
    }

    fn close_set(&mut self) -> u64 {
        self.sets.pop().unwrap_or_default()
    }
}

impl ast::Visitor for Reading {
    type Output = u64;
    type Err = Infallible;

    fn finish(self) -> Result<u64, Infallible> {
        Ok((self.characters / CHARACTERS).saturating_add(self.walked.saturating_mul(RANGE)))
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Infallible> {
        match ast {
            Ast::ClassPerl(_) | Ast::ClassUnicode(_) => self.join(RANGES_OF_CLASS),
            Ast::ClassBracketed(_) => self.sets.push(0),
            _ => {}
        }
        Ok(())
    }

    fn visit_post(&mut self, ast: &Ast) -> Result<(), Infallible> {
        if let Ast::ClassBracketed(_) = ast {
            let ranges = self.close_set();
            self.join(ranges);
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Infallible> {
        if let ClassSetItem::Bracketed(_) = item {
            self.sets.push(0);
        }
        Ok(())
    }

    fn visit_class_set_item_post(&mut self, item: &ClassSetItem) -> Result<(), Infallible> {
        match item {
            ClassSetItem::Empty(_) | ClassSetItem::Union(_) => {}
            ClassSetItem::Literal(_) => self.insert(),
            ClassSetItem::Range(range) => {
                let characters =
                    u32::from(range.end.c).saturating_sub(u32::from(range.start.c)) + 1;
                self.characters = self.characters.saturating_add(characters.into());
                self.insert();
            }
            ClassSetItem::Ascii(_) | ClassSetItem::Unicode(_) | ClassSetItem::Perl(_) => {
                self.join(RANGES_OF_CLASS);
            }
            ClassSetItem::Bracketed(_) => {
                let ranges = self.close_set();
                self.join(ranges);
            }
        }
        Ok(())
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ClassSetBinaryOp) -> Result<(), Infallible> {
        self.sets.push(0);
        Ok(())
    }

    fn visit_class_set_binary_op_in(&mut self, _: &ClassSetBinaryOp) -> Result<(), Infallible> {
        self.sets.push(0);
        Ok(())
    }

    fn visit_class_set_binary_op_post(&mut self, _: &ClassSetBinaryOp) -> Result<(), Infallible> {
        let (right, left) = (self.close_set(), self.close_set());
        self.join(left + right);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::ast::parse::Parser;

    #[test]
    fn joining_costs_the_size_of_the_set() {
        for (expression, cost) in [
            ("abc.", 0),
            ("[a-d]", 2 + RANGE),
            (r"\w", 800 * RANGE),
            (r"[\w]", (800 + 800) * RANGE),
            (r"[\w\W]", (800 + 1_600 + 1_600) * RANGE),
            (r"[\w\W[:alpha:]\pL]", (800 + 1_600 + 2_048 + 2_048 + 2_048) * RANGE),
            (r"[\w[ab][^c]]", (800 + 2 + 802 + 1 + 803 + 803) * RANGE - (2 + 1) * RANGE),
            (r"[\w&&\d]", (800 + 800 + 1_600 + 1_600) * RANGE),
            (r"(\d|[x--y])", (800 + 2 + 2) * RANGE),
        ] {
            assert_eq!(reading(&Parser::new().parse(expression).unwrap()), cost, "{expression}");
        }
    }
}
