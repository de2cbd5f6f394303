//! The header that names ignored fields of a body, an addition to QRS.

use crate::model::Document;
use actix_web::HttpResponse;
use actix_web::http::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeSet;

/// The header.
pub const IGNORED: &str = "X-Patchbay-Ignored";

/// Most fields that it names, and most characters of each.
const MOST_FIELDS: usize = 20;
const MOST_CHARACTERS: usize = 60;

/// Names of fields are encoded only where a header or a list requires it.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-').remove(b'@').remove(b'$');

/// The ignored fields in the documents of a request.
pub struct Ignored(Option<HeaderValue>);

impl Ignored {
    /// Collects the ignored fields of these documents.
    pub fn of<'d>(documents: impl IntoIterator<Item = &'d Document>) -> Self {
        let mut fields = BTreeSet::new();
        for document in documents {
            document.ignored_fields(&mut fields, MOST_FIELDS);
        }
        let names: Vec<String> = fields.iter().map(|field| encoded(field)).collect();
        Self(
            Some(names.join(", "))
                .filter(|names| !names.is_empty())
                .and_then(|names| names.parse().ok()),
        )
    }

    /// Adds the header to a reply.
    pub fn named_in(self, mut response: HttpResponse) -> HttpResponse {
        if let (Some(fields), Ok(name)) = (self.0, IGNORED.parse()) {
            response.headers_mut().insert(name, fields);
        }
        response
    }
}

fn encoded(field: &str) -> String {
    let end = field.char_indices().nth(MOST_CHARACTERS).map_or(field.len(), |(end, _)| end);
    utf8_percent_encode(&field[..end], ENCODED).to_string()
}
