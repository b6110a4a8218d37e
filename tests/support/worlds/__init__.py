"""Random worlds of mails and what happens to them, and what must come of it."""
