//! Makes regular expressions ignore case with the same folding as all other comparisons. The
//! engine's own `(?i)` folds differently: it treats the KELVIN SIGN as a `k`.

use crate::model::fold_char;
use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    self, Ast, ClassAsciiKind, ClassBracketed, ClassSet, ClassSetItem, ClassSetRange,
    ClassSetUnion, Flag, Flags, FlagsItemKind, GroupKind, Literal, LiteralKind, Span,
};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The expression with every case of each of its letters written out: `[kK]` for `k`. Parts that
/// switch on case sensitivity with `(?-i)` are unchanged.
///
/// # Errors
/// A message that the text is not a regular expression, or that names the class of a Unicode
/// property in it.
pub fn ignore_case(expression: &str) -> Result<String, String> {
    let mut ast = Parser::new().parse(expression).map_err(|error| error.kind().to_string())?;
    if let Err(span) = ast::visit(&ast, UnicodeProperties) {
        let (class, column) = (&expression[span.start.offset..span.end.offset], span.start.column);
        return Err(format!(
            "'{class}' at character {column} is a class of a Unicode property, which rules can't \
             use; write the characters, as in [A-ZÄÖÜ], or \\w, \\d or \\s"
        ));
    }
    Writer { ignores_case: true }.expand(&mut ast);
    Ok(ast.to_string())
}

/// Looks for classes such as `\p{Lu}`, and fails at the first. The program does not include their
/// tables. They are refused even if another crate adds these tables to the build: a class of
/// upper-case letters would not ignore case.
struct UnicodeProperties;

impl ast::Visitor for UnicodeProperties {
    type Output = ();
    type Err = Span;

    fn finish(self) -> Result<(), Span> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Span> {
        match ast {
            Ast::ClassUnicode(class) => Err(class.span),
            _ => Ok(()),
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Span> {
        match item {
            ClassSetItem::Unicode(class) => Err(class.span),
            _ => Ok(()),
        }
    }
}

/// The state of a walk through an expression.
struct Writer {
    ignores_case: bool,
}

impl Writer {
    fn expand(&mut self, ast: &mut Ast) {
        match ast {
            Ast::Flags(set) => {
                self.apply(&set.flags);
                remove_case(&mut set.flags);
                if set.flags.items.is_empty() {
                    *ast = Ast::empty(set.span);
                }
            }
            Ast::Literal(literal) if self.ignores_case => {
                if let Some(class) = class_of(literal) {
                    *ast = Ast::class_bracketed(class);
                }
            }
            Ast::ClassBracketed(class) if self.ignores_case => expand_set(&mut class.kind),
            Ast::Repetition(repetition) => self.expand(&mut repetition.ast),
            Ast::Group(group) => {
                let outside = self.ignores_case;
                if let GroupKind::NonCapturing(flags) = &mut group.kind {
                    self.apply(flags);
                    remove_case(flags);
                }
                self.expand(&mut group.ast);
                self.ignores_case = outside;
            }
            Ast::Alternation(alternation) => {
                alternation.asts.iter_mut().for_each(|ast| self.expand(ast));
            }
            Ast::Concat(concat) => concat.asts.iter_mut().for_each(|ast| self.expand(ast)),
            _ => {}
        }
    }

    fn apply(&mut self, flags: &Flags) {
        self.ignores_case = flags.flag_state(Flag::CaseInsensitive).unwrap_or(self.ignores_case);
    }
}

fn remove_case(flags: &mut Flags) {
    flags.items.retain(|item| item.kind != FlagsItemKind::Flag(Flag::CaseInsensitive));
    if flags.items.last().is_some_and(|item| item.kind == FlagsItemKind::Negation) {
        flags.items.pop();
    }
}

fn expand_set(set: &mut ClassSet) {
    match set {
        ClassSet::Item(item) => expand_item(item),
        ClassSet::BinaryOp(operation) => {
            expand_set(&mut operation.lhs);
            expand_set(&mut operation.rhs);
        }
    }
}

fn expand_item(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Literal(literal) => {
            if let Some(class) = class_of(literal) {
                *item = ClassSetItem::Bracketed(Box::new(class));
            }
        }
        ClassSetItem::Range(range) => {
            let others = other_cases(range.start.c, range.end.c);
            if !others.is_empty() {
                *item = ClassSetItem::Bracketed(Box::new(class(range.clone(), others)));
            }
        }
        ClassSetItem::Ascii(ascii)
            if matches!(ascii.kind, ClassAsciiKind::Lower | ClassAsciiKind::Upper) =>
        {
            ascii.kind = ClassAsciiKind::Alpha;
        }
        ClassSetItem::Bracketed(class) => expand_set(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(expand_item),
        _ => {}
    }
}

/// The class of all cases of a letter; `None` if it has only one.
fn class_of(literal: &Literal) -> Option<ClassBracketed> {
    let others = other_cases(literal.c, literal.c);
    let range = ClassSetRange { span: literal.span, start: literal.clone(), end: literal.clone() };
    (!others.is_empty()).then(|| class(range, others))
}

fn class(range: ClassSetRange, others: Vec<char>) -> ClassBracketed {
    let span: Span = range.span;
    let others = others
        .into_iter()
        .map(|c| ClassSetItem::Literal(Literal { span, kind: LiteralKind::Verbatim, c }));
    let own = if range.start.c == range.end.c {
        ClassSetItem::Literal(range.start)
    } else {
        ClassSetItem::Range(range)
    };
    let items = [own].into_iter().chain(others).collect();
    ClassBracketed {
        span,
        negated: false,
        kind: ClassSet::Item(ClassSetItem::Union(ClassSetUnion { span, items })),
    }
}

/// The characters outside the range that fold to the same as one in it. All of them are letters,
/// which have no special meaning in an expression.
fn other_cases(start: char, end: char) -> Vec<char> {
    let candidates = {
        let mut cases = cases(start, end);
        cases.difference(&range(start, end));
        cases
    };
    let is_case = |other: &char| {
        let siblings = characters(&cases(*other, *other));
        siblings
            .iter()
            .any(|own| (start..=end).contains(own) && fold_char(*own) == fold_char(*other))
    };
    characters(&candidates).into_iter().filter(is_case).collect()
}

fn range(start: char, end: char) -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new(start, end)])
}

/// The range with all characters that Unicode's simple folding, without exceptions, treats as
/// equal.
fn cases(start: char, end: char) -> ClassUnicode {
    let mut class = range(start, end);
    // The table is compiled in; without it, case would count.
    let _ = class.try_case_fold_simple();
    class
}

fn characters(class: &ClassUnicode) -> Vec<char> {
    class.ranges().iter().flat_map(|range| range.start()..=range.end()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fold;
    use proptest::prelude::*;
    use regex::Regex;

    fn matches(expression: &str, text: &str) -> bool {
        Regex::new(&format!("^(?:{})$", ignore_case(expression).unwrap())).unwrap().is_match(text)
    }

    #[test]
    fn cases_are_written_out() {
        for (expression, expected) in [
            ("k1.*", "[kK]1.*"),
            ("[a-c]", "[[a-cABC]]"),
            ("[^k]", "[^[kK]]"),
            ("(?i)s|ß", "[sS]|[ßẞ]"),
            ("a(?-i)b|c", "[aA]b|c"),
            ("(?-i:a)b(?i-s:c)", "(?:a)[bB](?-s:[cC])"),
            ("[[:lower:]]", "[[:alpha:]]"),
            (r"\x6B\u{212a}\.\d", r"[\x6BK]\u{212A}\.\d"),
            ("(?x) a # c", "(?x)[aA]"),
            ("ı", "ı"),
        ] {
            assert_eq!(ignore_case(expression).unwrap(), expected, "{expression}");
        }
    }

    #[test]
    fn case_is_ignored_and_nothing_else() {
        for (expression, text) in [
            ("kim", "KIM"),
            ("[a-z]+", "ÉTÉ".to_lowercase().as_str()),
            ("stra[^s]e", "STRAẞE"),
            ("σας", "ΣΑΣ"),
        ] {
            let is_expected = expression != "[a-z]+";
            assert_eq!(matches(expression, text), is_expected, "{expression} and {text}");
        }
        for (expression, text) in [
            ("kim", "\u{212a}im"),
            ("(?i)kim", "\u{212a}im"),
            ("[a-z]+", "\u{212a}ſ"),
            ("ivi", "ıvı"),
            ("fin", "ﬁn"),
            ("å", "\u{212b}"),
            ("strasse", "straße"),
            ("[^k]", "K"),
            ("(?-i)a", "A"),
        ] {
            assert!(!matches(expression, text), "{expression} and {text}");
        }
        assert!(
            matches("[^k]", "\u{212a}")
                && matches("\\w", "\u{212a}")
                && matches("[\\x{0}-\\x{10FFFF}]", "\u{212a}")
        );
    }

    #[test]
    fn an_invalid_expression_is_refused() {
        for expression in ["(", "a)|(b", "[z-a]", "\\"] {
            assert!(ignore_case(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn a_class_of_a_unicode_property_is_refused_with_its_position() {
        for (expression, class, column) in [
            (r"\p{Lu}.*", r"\p{Lu}", 1),
            (r"ä\P{Ll}", r"\P{Ll}", 2),
            (r"[\p{Lu}]", r"\p{Lu}", 2),
            (r"[^\p{Ll}]", r"\p{Ll}", 3),
            (r"(?:a|[b&&[^\pN]])+", r"\pN", 12),
            (r"(?-i:\p{Greek})", r"\p{Greek}", 6),
            (r"\p{None}", r"\p{None}", 1),
        ] {
            let reason = ignore_case(expression).unwrap_err();
            assert!(
                reason.starts_with(&format!("'{class}' at character {column} ")),
                "{expression}: {reason}"
            );
        }
    }

    const LETTERS: &str = "[a-dkKsSäÄßẞıİſ\u{212a}ﬁσςΣåÅ\u{212b}]{0,6}";

    proptest! {
        #[test]
        fn an_expression_of_letters_matches_equal_texts(one in LETTERS, other in LETTERS) {
            prop_assert_eq!(matches(&one, &other), fold(&one) == fold(&other));
            prop_assert!(matches(&one, &fold(&one)) && matches(&fold(&one), &one));
        }

        /// True for any rest of the expression, and whether or not this build knows the property.
        #[test]
        fn no_expression_with_a_class_of_a_unicode_property_is_accepted(
            before in "(a|[b-d]|\\\\w|\\(\\?-i\\)){0,3}",
            class in r"(\\[pP](L|\{(Lu|Ll|Lt|Upper|Lower|Any|sc=Greek)\})|\[\^?a?\\p\{L[ul]\}\]|\[a-z&&\[\^\\P\{Ll\}\]\])",
            after in "[*+?]?(x|\\\\d){0,2}",
        ) {
            let expression = format!("{before}{class}{after}");
            prop_assert!(Parser::new().parse(&expression).is_ok(), "{}", expression);
            prop_assert!(ignore_case(&expression).is_err(), "{}", expression);
        }

        /// For letters that both foldings know, the engine's own folding is the oracle.
        #[test]
        fn other_expressions_have_the_meaning_of_the_engine(
            expression in "(a|[b-d]|[^k]|\\w|\\.|[äß]|\\(b\\|c\\)|(\\?-i:s)|[[:upper:]]|[a-k&&[^c]]){1,4}[*+]?",
            text in "[a-dkKsSäÄßẞ.1]{0,6}",
        ) {
            if let Ok(own) = Regex::new(&format!("^(?i:{expression})$")) {
                prop_assert_eq!(matches(&expression, &text), own.is_match(&text), "{}", expression);
            }
        }
    }
}
