//! Names that look the same, and names that are the same.

/// A name, the same name in another case, and a different name that looks the same or similar.
pub struct LookAlike {
    pub name: &'static str,
    pub also: &'static str,
    pub other: &'static str,
}

pub const LOOK_ALIKES: [LookAlike; 8] = [
    LookAlike { name: "kim", also: "KIM", other: "\u{212a}im" },
    LookAlike { name: "\u{e5}sa", also: "\u{c5}SA", other: "\u{212b}sa" },
    LookAlike { name: "\u{3c9}", also: "\u{3a9}", other: "\u{2126}" },
    LookAlike { name: "\u{3b8}", also: "\u{398}", other: "\u{3d1}" },
    LookAlike { name: "ivi", also: "IVI", other: "\u{131}v\u{131}" },
    LookAlike { name: "fin", also: "Fin", other: "\u{fb01}n" },
    LookAlike { name: "sam", also: "Sam", other: "\u{17f}am" },
    LookAlike { name: "strasse", also: "Strasse", other: "stra\u{df}e" },
];

/// Names that are equal after folding, but only in lower or only in upper case: the second spelling
/// is refused once the first exists.
pub const SPELT_OTHERWISE: [(&str, &str); 2] = [("\u{df}", "\u{1e9e}"), ("a\u{3c3}a", "a\u{3c2}a")];

impl LookAlike {
    /// Whether the first letter already differs.
    pub fn differs_at_once(&self) -> bool {
        self.name.chars().next() != self.other.chars().next()
    }
}
