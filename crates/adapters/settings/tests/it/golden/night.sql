-- Each writes every row over, and the index with it.
update study set seen = 1;
update study set seen = 2;
update study set seen = 3;
