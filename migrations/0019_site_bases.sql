-- What an entity was when here and a site were last the same. `id` is its id here, `site_id` that
-- on the site, and `body` its content as JSON, in which names stand for ids.
CREATE TABLE site_bases (
    site TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (site, type, id)
) STRICT;
CREATE INDEX site_bases_site_id ON site_bases (site, site_id);
