"""The tray app: shows the events of the server, and keeps its own history of them."""
