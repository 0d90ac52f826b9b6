begin; lock table study; select pg_sleep(50);
