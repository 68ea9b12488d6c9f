-- Something encrypted under the master key, to know it again: with another key nothing that is encrypted here could be used.
create table master_key (
    proof blob not null
) strict;
