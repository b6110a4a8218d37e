"""Pop-ups: the queue, and the ways to show one."""
