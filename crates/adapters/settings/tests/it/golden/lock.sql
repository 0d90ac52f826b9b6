begin; lock table study;
