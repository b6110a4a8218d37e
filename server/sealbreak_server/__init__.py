"""The server: issues tracking IDs, takes hits in, judges them and tells the account."""
