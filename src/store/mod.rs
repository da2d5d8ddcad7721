//! All SQL. The store is the only truth: what it has committed happened, what it has not did not.
