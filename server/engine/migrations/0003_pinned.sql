-- A pinned run stays when older ones make room.
alter table runs add column pinned integer not null default 0;
