//! The declaration of how entities of a type are brought in from other sites.

/// How entities of a type are brought in from other sites, and recognized there.
#[derive(Clone, Copy, Debug)]
pub struct Staging {
    /// Groups of properties that identify an entity on each site. The id is compared before them,
    /// and the first group that identifies one entity on each side counts.
    pub keys: &'static [&'static [&'static str]],
    /// The entities that each site has for itself, which are never brought in: properties, and
    /// their values. An asterisk at the end of a value stands for any text.
    pub own: &'static [(&'static str, &'static str)],
    /// The filter that finds the entities that a site does not have for itself, if QRS can.
    pub filter: Option<&'static str>,
}
