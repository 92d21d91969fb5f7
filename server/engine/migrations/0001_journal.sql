-- The product's own journal. It is never one of the databases that a run may break.

-- One row for each run that was asked for.
create table runs (
    id text primary key,
    created_ms integer not null,
    state text not null,
    -- The spec and, when there is one, the verdict, as JSON.
    spec text not null,
    verdict text,
    -- The seq of the last entry kept.
    entries integer not null default 0
) strict;

-- Entries come in chunks, because a row for each would cost more than the entry itself.
create table chunks (
    run text not null references runs (id) on delete cascade,
    first_seq integer not null,
    last_seq integer not null,
    -- JSON Lines, one entry a line.
    body blob not null,
    primary key (run, first_seq)
) strict, without rowid;
