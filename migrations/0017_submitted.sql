-- What a program sends under a key of its own is one item, in whatever channel
-- it puts it: of two that come at once the second finds the first. Should there
-- be twins from before, the later ones keep a name of their own.
UPDATE items SET external = external || ' #' || id WHERE id IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY external ORDER BY id) AS nth FROM items
        WHERE external LIKE 'api %' AND state <> 'undone') twins WHERE nth > 1);
CREATE UNIQUE INDEX items_submitted ON items (external) WHERE external LIKE 'api %' AND state <> 'undone';
