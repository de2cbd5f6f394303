//! Why a site can't be used.

/// Why a site can't be used. Each message is one line, which says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The site file, or a file or variable that it names, can't be used.
    #[error("{0}")]
    Definition(String),
    /// The site can't be reached, or the two sides don't trust each other's certificates.
    #[error("{0}")]
    Connection(String),
    /// The connection broke before the end of a reply.
    #[error("{0}")]
    BrokenOff(String),
    /// The site refuses a request.
    #[error("{0}")]
    Refused(String),
    /// The reply is not one of QRS.
    #[error("{0}")]
    Reply(String),
}
