//! Regular expressions of rules: compiled once, shared by all evaluators, and of bounded cost.

use super::expression_cost::{matching, reading};
use super::ignore_case::ignore_case;
use crate::memory::IN_ONE_PIECE;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use regex_automata::meta;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_syntax::ast::{Ast, parse::Parser as AstParser};
use regex_syntax::hir::translate::TranslatorBuilder;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

/// A compiled expression.
pub struct Expression {
    regex: meta::Regex,
    /// The expression as statements bind it: it matches a whole text, and lists every case of each
    /// letter.
    pub text: Arc<str>,
    /// The cost of compiling and matching: bytes of the compiled form, plus the bytes that would
    /// take as long.
    pub cost: u64,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expression").field("cost", &self.cost).finish_non_exhaustive()
    }
}

impl Expression {
    /// A function that matches texts. Each matcher has its own working memory and frees it at its
    /// end; the cache keeps only the compiled form.
    pub fn matcher(&self) -> impl Fn(&str) -> bool + Send + Sync + use<> {
        let regex = self.regex.clone();
        move |text| regex.is_match(text)
    }
}

/// The limit on the cost of the expressions of one rule, and on that of the expressions in the
/// attributes of one user. Compiling that much takes some 50 ms.
pub const MOST_OF_RULE: u64 = 2 << 20;

/// The largest compiled form.
const LARGEST: usize = 1 << 20;

/// The longest expression, in bytes, as written and with every case of its letters written out.
const LONGEST: usize = 8 * 1024;
const LONGEST_WRITTEN_OUT: usize = 128 * 1024;

/// The reason an expression can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The reason, for people.
    pub reason: String,
    /// Whether finding that out cost as much as the expressions of a rule may.
    pub is_costly: bool,
}

type Compiled = Result<Arc<Expression>, Arc<Refused>>;

/// A cache of compiled expressions, by text. Expressions that can't be used are cached as well.
#[derive(Debug)]
pub struct Expressions {
    /// Compiled expressions, by the text that statements bind.
    compiled: Cache<String, Compiled, Bytes>,
    /// The texts that statements bind, by the expression as written.
    written_out: Cache<String, WrittenOut, Bytes>,
    room: u64,
}

type WrittenOut = Result<Arc<str>, Arc<Refused>>;

#[derive(Clone, Debug)]
struct Bytes;

/// Bytes of an entry besides its text and the compiled form.
const ENTRY: u64 = 512;

impl Weighter<String, Compiled> for Bytes {
    fn weight(&self, text: &String, compiled: &Compiled) -> u64 {
        let held = match compiled {
            Ok(expression) => expression.regex.memory_usage() as u64,
            Err(refused) => refused.reason.len() as u64,
        };
        ENTRY + text.len() as u64 + held
    }
}

impl Weighter<String, WrittenOut> for Bytes {
    fn weight(&self, text: &String, written_out: &WrittenOut) -> u64 {
        let held = match written_out {
            Ok(text) => text.len(),
            Err(refused) => refused.reason.len(),
        };
        ENTRY + (text.len() + held) as u64
    }
}

impl Expressions {
    /// A cache of this many bytes.
    #[must_use]
    pub fn new(room: u64) -> Self {
        let texts = room / 8;
        Self {
            compiled: Cache::with_weighter(IN_ONE_PIECE, room - texts, Bytes),
            written_out: Cache::with_weighter(IN_ONE_PIECE, texts, Bytes),
            room,
        }
    }

    /// The bytes in use.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.compiled.weight() + self.written_out.weight()
    }

    /// The limit on the total cost of the expressions of all rules, so that they stay compiled and
    /// leave space for those of users.
    #[must_use]
    pub const fn most_of_all_rules(&self) -> u64 {
        self.room / 2
    }

    /// The expression for matching whole texts, ignoring case. Concurrent callers wait while it is
    /// compiled.
    ///
    /// # Errors
    /// [`Refused`] if the text is not a regular expression, or if it costs more than a rule may;
    /// the message says which.
    pub fn whole(&self, expression: &str) -> Compiled {
        let write_out = || -> Result<WrittenOut, Infallible> {
            Ok(write_out(expression).map(Arc::from).map_err(|problem| Arc::new(problem.into())))
        };
        match self.written_out.get_or_insert_with(expression, write_out) {
            Ok(written_out) => self.get(&written_out?),
        }
    }

    /// The expression for a text that statements bind.
    ///
    /// # Errors
    /// As [`Expressions::whole`].
    pub fn get(&self, text: &str) -> Compiled {
        let compile = || -> Result<Compiled, Infallible> {
            Ok(compile(text).map(Arc::new).map_err(|problem| Arc::new(problem.into())))
        };
        match self.compiled.get_or_insert_with(text, compile) {
            Ok(compiled) => compiled,
        }
    }
}

/// The text that statements bind. The expression is parsed on its own first: a stray parenthesis
/// could close the group and so remove the anchors.
fn write_out(expression: &str) -> Result<String, TextError> {
    let ast = understand(expression, LONGEST)?;
    check_cost(reading(&ast))?;
    Ok(format!("^(?:{})$", ignore_case(expression).map_err(TextError::Syntax)?))
}

/// An error in an expression.
enum TextError {
    Syntax(String),
    Cost(String),
}

impl From<TextError> for Refused {
    fn from(problem: TextError) -> Self {
        let (reason, is_costly) = match problem {
            TextError::Syntax(reason) => (reason, false),
            TextError::Cost(reason) => (reason, true),
        };
        Self { reason: format!("the regular expression can't be used: {reason}"), is_costly }
    }
}

fn compile(text: &str) -> Result<Expression, TextError> {
    let ast = understand(text, LONGEST_WRITTEN_OUT)?;
    let reading = reading(&ast);
    check_cost(reading)?;
    let hir = TranslatorBuilder::new().build().translate(text, &ast);
    let hir = hir.map_err(|error| TextError::Syntax(last_line(&error)))?;
    let matching = matching(&hir);
    check_cost(reading.saturating_add(matching))?;
    let config =
        meta::Config::new().nfa_size_limit(Some(LARGEST)).which_captures(WhichCaptures::None);
    let built = meta::Builder::new().configure(config).build_from_hir(&hir);
    let regex = built.map_err(|error| match error.size_limit() {
        Some(limit) => TextError::Cost(format!(
            "it needs more than {} KiB when compiled; {HINT}",
            limit / 1024
        )),
        None => TextError::Syntax(last_line(&error)),
    })?;
    let cost = reading + matching + regex.memory_usage() as u64;
    check_cost(cost)?;
    Ok(Expression { regex, text: text.into(), cost })
}

/// How to make an expression cheaper.
pub const HINT: &str = r"use lower counts than, say, {40}, and write [a-z0-9_] instead of \w";

fn check_cost(cost: u64) -> Result<(), TextError> {
    if cost <= MOST_OF_RULE {
        return Ok(());
    }
    let (cost, most) = (cost.div_ceil(1024), MOST_OF_RULE / 1024);
    Err(TextError::Cost(format!(
        "it costs {cost} KiB, more than the limit of {most} KiB for the expressions of a rule; \
         {HINT}"
    )))
}

fn understand(text: &str, longest: usize) -> Result<Ast, TextError> {
    if text.len() > longest {
        return Err(TextError::Syntax(format!("it is longer than {longest} bytes")));
    }
    AstParser::new().parse(text).map_err(|error| TextError::Syntax(last_line(&error)))
}

/// The reason is in the last line; the other lines show its position in the expression.
fn last_line(error: &impl ToString) -> String {
    error.to_string().lines().last().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn expressions() -> Expressions {
        Expressions::new(32 << 20)
    }

    #[test]
    fn an_expression_matches_whole_texts_ignoring_case() {
        let expressions = expressions();
        for (expression, text, matches) in [
            ("a|b", "B", true),
            ("a|b", "ab", false),
            ("", "", true),
            (r"fin_\w+", "FIN_é", true),
            ("[ä-ö]", "Ö", true),
            ("kim", "\u{212a}im", false),
            (r"[\s\S]*", "any\ntext", true),
            (".*", "any\ntext", false),
        ] {
            let matcher = expressions.whole(expression).unwrap().matcher();
            assert_eq!(matcher(text), matches, "{expression}: {text}");
        }
    }

    #[test]
    fn an_expression_is_compiled_once() {
        let expressions = expressions();
        let first = expressions.whole(r"a\w{40}").unwrap();
        assert!(Arc::ptr_eq(&first, &expressions.whole(r"a\w{40}").unwrap()));
        assert!(Arc::ptr_eq(&first, &expressions.get(&first.text).unwrap()));
        assert!(expressions.bytes() > 500_000, "{}", expressions.bytes());
    }

    #[test]
    fn an_invalid_or_costly_expression_is_refused_quickly() {
        let expressions = expressions();
        for (expression, reason) in [
            ("a)|(b", "unopened group"),
            ("[", "unclosed character class"),
            (r"\p{None}", "Unicode"),
            (&r"\w".repeat(500), "when compiled"),
            (r"((a{1000}){1000}){1000}", "it costs"),
            (r"(a?){5000}", "it costs"),
            (&r"[\W\w]".repeat(2_000), "longer than"),
            (&r"[a&&[\x{0}-\x{10FFFF}]]".repeat(50), "it costs"),
            (&r"[\x{0}-\x{10FFFF}]".repeat(100), "it costs"),
            (&format!("[{}]a", r"\w\W".repeat(490)), "it costs"),
            (&format!(r"[\w{}]a", "[k.]".repeat(1_000)), "it costs"),
            (&format!(r"[\w{}]a", "k.".repeat(2_000)), "it costs"),
            (&format!(r"({})a", r"[\w&&\W]".repeat(200)), "it costs"),
            (&"a".repeat(LONGEST + 1), "longer than"),
            (&("(".repeat(1_000) + &")".repeat(1_000)), "nest"),
        ] {
            let start = Instant::now();
            let refused = expressions.whole(expression).unwrap_err();
            let took = start.elapsed();
            assert!(refused.reason.contains(reason), "{expression:.30}: {refused:?}");
            assert!(took < Duration::from_secs(2), "{expression:.30}: {took:?}");
        }
    }

    #[test]
    fn the_cache_stays_within_its_size() {
        let expressions = Expressions::new(4 << 20);
        for number in 0..40 {
            expressions.whole(&format!(r"{number}\w{{20}}")).unwrap();
        }
        assert!((1 << 20..=4 << 20).contains(&expressions.bytes()), "{}", expressions.bytes());
    }
}
