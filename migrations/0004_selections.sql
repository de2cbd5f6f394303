-- Selections: lists of entities that a user has marked, to work on all of them at once.

CREATE TABLE selections (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX selections_created ON selections (created_date, id);
CREATE INDEX selections_owner ON selections (owner_id);

CREATE TABLE selection_items (
    id TEXT NOT NULL PRIMARY KEY,
    entity_id TEXT NOT NULL REFERENCES selections (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    type TEXT NOT NULL,
    type_folded TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_id_folded TEXT NOT NULL,
    object_name TEXT NOT NULL,
    object_name_folded TEXT NOT NULL
) STRICT;
CREATE INDEX selection_items_entity ON selection_items (entity_id, type_folded);
