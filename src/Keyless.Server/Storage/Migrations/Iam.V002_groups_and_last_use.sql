-- Groups are a kind of entity too. SQLite cannot change a check, so the table is made anew.
create table iam_entity_with_groups (
    account  text not null,
    kind     text not null check (kind in ('role', 'user', 'group', 'policy', 'provider', 'access-key')),
    name     text not null,
    document text not null,
    primary key (account, kind, name)
) strict, without rowid;
insert into iam_entity_with_groups select account, kind, name, document from iam_entity;
drop table iam_entity;
alter table iam_entity_with_groups rename to iam_entity;

-- When a role's sessions or an access key were last used: by the role's unique id or the key's id. Written now and then, never by a request.
create table iam_last_use (
    id      text primary key,
    at      integer not null, -- seconds since 1970
    region  text not null,
    service text not null
) strict, without rowid;
