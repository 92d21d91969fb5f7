-- The tables of a run, as the lab makes them, with the most products that the benchmark uses.
create table stock (sku text primary key, quantity bigint not null, version bigint not null, last_op text not null,
    previous_op text not null) with (autovacuum_enabled = off);
create table sales (operation text primary key, sku text not null, quantity bigint not null)
    with (autovacuum_enabled = off);
insert into stock select 'sku-' || lpad(n::text, 3, '0'), 1000000, 1, 'setup', '' from generate_series(1, 100) n;
-- pgbench repeats a whole script when a statement fails like this.
create function conflict() returns void language plpgsql as $$
begin
    raise exception 'the row has changed' using errcode = 'serialization_failure';
end $$;
