create table bucket (
    id       integer primary key autoincrement,
    name     text    not null unique,
    account  text    not null,
    region   text    not null,
    created  integer not null,              -- Unix milliseconds, as all times here
    revision integer not null default 1     -- grows with every change of the bucket or its settings
) strict;

-- One row per configuration that the bucket has: policy, website, cors ... in the form that S3 answers with.
create table bucket_setting (
    bucket integer not null references bucket on delete cascade,
    name   text    not null,
    value  text    not null,
    primary key (bucket, name)
) strict, without rowid;

-- Every version of every object. Sequences count down: the lowest of a key is its newest, so that the primary key's order is that of
-- ListObjectVersions. Keys are UTF-8 bytes, whose order is a listing's.
create table object_version (
    bucket        integer not null references bucket,
    key           blob    not null,
    sequence      integer not null,
    version       text    not null,         -- 'null' for one written without versioning
    current       integer not null,
    delete_marker integer not null default 0,
    modified      integer not null,
    size          integer not null default 0,
    etag          text    not null default '',
    headers       text    not null default '',
    tags          text    not null default '',
    checksum      text,                     -- ALGORITHM TYPE VALUE
    content       text,                     -- whose parts hold the bytes
    parts         integer not null default 0, -- of a multipart upload; 0 for a single PUT
    primary key (bucket, key, sequence)
) strict, without rowid;

create unique index object_version_id on object_version (bucket, key, version);
create index object_current on object_version (bucket, key) where current = 1 and delete_marker = 0;

create table upload (
    id            text    primary key,
    bucket        integer not null references bucket,
    key           blob    not null,
    initiated     integer not null,
    initiator     text    not null,         -- ARN of the caller
    headers       text    not null,
    tags          text    not null,
    checksum_algorithm text,
    checksum_type text,
    completed     integer,                  -- when; kept a while so that a repeated Complete gets the same answer
    result        text                      -- VERSION ETAG of the object
) strict, without rowid;

create index upload_of_bucket on upload (bucket, key, id) where completed is null;

-- The bytes: small ones here, others in a file. The content is an upload's id or made for one PUT; it outlives the upload.
create table part (
    content  text    not null,
    number   integer not null,
    size     integer not null,
    modified integer not null,
    md5      blob    not null,
    checksum text,                          -- base64, by the upload's or object's algorithm
    file     text,
    bytes    blob,
    primary key (content, number)
) strict;

create index part_file on part (file) where file is not null;
