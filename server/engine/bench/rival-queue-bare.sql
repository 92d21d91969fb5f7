-- An outbox for bare SQL, with so many rows that wait; as much in a row as in ours.
drop table if exists outbox;
create table outbox (
    id bigint generated always as identity primary key, event text not null, key text not null,
    revision bigint not null, status text not null, sent_at timestamptz
);
create index outbox_waits on outbox (id) where sent_at is null;
insert into outbox (event, key, revision, status)
    select 'order-' || g || '.placed', 'order-' || g, 1, 'placed' from generate_series(1, :rows) g;
vacuum analyze outbox;
