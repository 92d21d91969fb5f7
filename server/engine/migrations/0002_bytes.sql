-- How much a run takes, so that the oldest can make room for the newest.
alter table runs add column bytes integer not null default 0;
