"""The server: issues tracking IDs, records hits, classifies them and notifies the account."""
