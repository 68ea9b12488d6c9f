-- One row per role, user, managed policy, OIDC provider and access key. Requests are answered from the snapshot in memory;
-- this table is its durable form, read once at start.
create table iam_entity (
    account  text not null,
    kind     text not null check (kind in ('role', 'user', 'policy', 'provider', 'access-key')),
    name     text not null,
    document text not null,
    primary key (account, kind, name)
) strict, without rowid;
