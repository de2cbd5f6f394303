-- Types are compared without the characters that do not show and the white space around them, so that a rule about folders holds for " folder" as well.
UPDATE data_connections SET type_folded = fold_type(type) WHERE type_folded <> fold_type(type);
