"""The observations: files, sockets, database and clock are asked here only."""
