-- What each stack made, so that a later template can change or remove it.
create table stack_resource (
    account     text not null,
    stack       text not null,
    logical_id  text not null,
    position    integer not null,       -- creation order; removal goes backwards
    type        text not null,
    physical_id text not null,
    properties  text not null,          -- JSON, functions evaluated
    retain      integer not null,
    generation  integer not null,       -- 1 when made, one more with each change
    primary key (account, stack, logical_id)
) strict, without rowid;
