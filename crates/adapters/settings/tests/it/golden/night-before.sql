create table study (id integer primary key, description text, seen integer);
create index on study (seen);
insert into study select n, 'examination', 0 from generate_series(1, 2000) n;
