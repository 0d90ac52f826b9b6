select pg_stat_reset();
