//! Times, as QRS reads and writes them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use std::fmt;

/// A time in milliseconds since 1970-01-01 UTC, within the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The forms without an offset that clients send; they are read as UTC.
const FORMS: [&str; 4] =
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];

/// The forms of the United States, which .NET writes and `/about` shows; they are read as UTC.
const US_FORMS: [&str; 4] =
    ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"];

/// The first millisecond of the year 1 and the last of the year 9999.
const FIRST: i64 = -62_135_596_800_000;
const LAST: i64 = 253_402_300_799_999;
const YEAR: i64 = 366 * 24 * 60 * 60 * 1_000;

/// The form that [`Timestamp::parse`] accepts, for messages.
pub const EXPECTED: &str = "a date such as 2026-01-31T08:15:00.000Z";

impl Timestamp {
    /// The current time.
    #[must_use]
    pub fn now() -> Self {
        Self(Utc::now().timestamp_millis())
    }

    /// The time `millis` milliseconds after the start of 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// As [`Timestamp::from_millis`], if it is within the years of dates.
    #[must_use]
    pub fn within_years(millis: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since the start of 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The latest date that is plausible at this time. A later one comes from a clock that was
    /// ahead: it must not lock a user out, or keep a session alive, until then. One minute allows
    /// for small clock corrections.
    #[must_use]
    pub const fn latest_plausible(self) -> Self {
        Self(self.0 + 60_000)
    }

    /// The time of a write to a row last written at `self`: now, but always later, because
    /// otherwise a conflict could go unnoticed.
    #[must_use]
    pub fn next(self) -> Self {
        Self::now().max(Self(self.0 + 1))
    }

    /// Whether later writes can still have later times.
    #[must_use]
    pub const fn has_room(self) -> bool {
        self.0 <= LAST - YEAR
    }

    /// Parses RFC 3339 with any number of decimals, and the looser forms of the QRS reference
    /// (5.2): a space for the T, slashes for dashes, no seconds, no time at all; without a zone,
    /// UTC. Digits below the millisecond are cut off. Also parses the form of the United States,
    /// `1/31/2026 8:15:00 AM`, and `/Date(1895975200000+0200)/`, in which older .NET writes
    /// milliseconds since 1970 and a zone that does not change them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
            return Self::parse_millis(inner);
        }
        let moment =
            Self::parse_us(text).or_else(|| Self::parse_moment(&text.replace('/', "-")))?;
        // A two-digit year is not a year of antiquity.
        if text.contains('/') && moment.year() < 1000 {
            return None;
        }
        (1..=9999).contains(&moment.year()).then(|| Self(moment.and_utc().timestamp_millis()))
    }

    /// Milliseconds, and optionally a four-digit zone.
    fn parse_millis(text: &str) -> Option<Self> {
        let zone = text.char_indices().skip(1).find(|(_, sign)| matches!(sign, '+' | '-'));
        let (millis, zone) =
            zone.map_or((text, None), |(at, _)| (&text[..at], Some(&text[at + 1..])));
        let is_zone =
            |zone: &str| zone.len() == 4 && zone.bytes().all(|digit| digit.is_ascii_digit());
        if !zone.is_none_or(is_zone) {
            return None;
        }
        millis.parse().ok().and_then(Self::within_years)
    }

    fn parse_us(text: &str) -> Option<NaiveDateTime> {
        let day = || {
            NaiveDate::parse_from_str(text, "%m/%d/%Y").ok().map(|day| day.and_time(NaiveTime::MIN))
        };
        US_FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).or_else(day)
    }

    fn parse_moment(text: &str) -> Option<NaiveDateTime> {
        let moment = DateTime::parse_from_rfc3339(text).map(|date| date.naive_utc()).ok();
        moment.or_else(|| Self::parse_zoneless(text.strip_suffix(['Z', 'z']).unwrap_or(text)))
    }

    fn parse_zoneless(text: &str) -> Option<NaiveDateTime> {
        FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).or_else(|| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(day.and_time(NaiveTime::MIN))
        })
    }
}

/// Writes exactly three decimals and a Z, the only form that Qlik's PowerShell client recognises.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parses_every_form_of_the_reference() {
        for (text, expected) in [
            ("2020-03-03T18:50:04.166Z", "2020-03-03T18:50:04.166Z"),
            ("2020-03-03T18:50:04.1669999Z", "2020-03-03T18:50:04.166Z"),
            ("2019-01-01T00:00:00Z", "2019-01-01T00:00:00.000Z"),
            ("2020-03-03T20:50:04+02:00", "2020-03-03T18:50:04.000Z"),
            ("2012-05-09 12:00:00", "2012-05-09T12:00:00.000Z"),
            ("2012-05-09 12:00", "2012-05-09T12:00:00.000Z"),
            ("2012/05/09 12:00", "2012-05-09T12:00:00.000Z"),
            ("2012-05-09", "2012-05-09T00:00:00.000Z"),
            ("1753-01-01T00:00:00.000Z", "1753-01-01T00:00:00.000Z"),
            ("9/20/2013 10:09:00 AM", "2013-09-20T10:09:00.000Z"),
            ("09/20/2013 12:09:00 am", "2013-09-20T00:09:00.000Z"),
            ("9/20/2013 10:09 PM", "2013-09-20T22:09:00.000Z"),
            ("9/20/2013 22:09:00", "2013-09-20T22:09:00.000Z"),
            ("9/20/2013", "2013-09-20T00:00:00.000Z"),
            ("/Date(1895975200000)/", "2030-01-30T03:46:40.000Z"),
            ("/Date(1895975200000+0200)/", "2030-01-30T03:46:40.000Z"),
            ("/Date(1895975200000-0930)/", "2030-01-30T03:46:40.000Z"),
            ("/Date(-1000)/", "1969-12-31T23:59:59.000Z"),
            ("2199-12-31T23:59:59.999Z", "2199-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(
                Timestamp::parse(text).map(|moment| moment.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn rejects_invalid_dates() {
        for text in [
            "",
            "yesterday",
            "2020-13-01",
            "2020-02-30T00:00:00Z",
            "12345",
            "99999-01-01",
            "13/20/2013",
            "9/31/2013",
            "9/20/13",
            "9/10/13",
            "9/10/13 8:00",
            "/Date()/",
            "/Date(1",
            "/Date(1+2)/",
            "/Date(1+ABCD)/",
            "/Date(9999999999999999)/",
            "/Date(+1+0000)/ x",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_year_has_one_to_four_digits() {
        for millis in [FIRST, LAST] {
            let moment = Timestamp::within_years(millis).unwrap();
            assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }
        assert_eq!(
            [FIRST - 1, LAST + 1, i64::MIN, i64::MAX].map(Timestamp::within_years),
            [None; 4]
        );
    }

    proptest! {
        #[test]
        fn a_formatted_date_parses_to_the_same_date(millis in FIRST..=LAST) {
            let moment = Timestamp::within_years(millis).unwrap();
            prop_assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }
    }
}
