-- An update is all or nothing. Its steps are written down before they are made, and go when it is done or undone: what is here when an
-- update begins was interrupted. Until an update is done, stack_resource has the state from before it.
create table stack_step (
    account     text not null,
    stack       text not null,
    position    integer not null,
    logical_id  text not null,
    type        text not null,
    physical_id text not null,
    properties  text not null,          -- JSON, what the step makes
    before      text,                   -- JSON, what it changes; null when it creates
    keep        integer not null,       -- undoing leaves what was created: DeletionPolicy Retain
    primary key (account, stack, position)
) strict, without rowid;

-- What an update replaced or no longer has, until it is deleted.
create table stack_removal (
    account     text not null,
    stack       text not null,
    type        text not null,
    physical_id text not null,
    position    integer not null,       -- the order of deletion
    logical_id  text not null,
    properties  text not null,
    primary key (account, stack, type, physical_id)
) strict, without rowid;

-- Versions of managed policies are listed, not counted.
alter table stack_resource drop column generation;
