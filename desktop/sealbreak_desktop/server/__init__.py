"""The server, as the tray sees it: HTTP calls, the live connection, pairing."""
