"""The tray app: shows what the server tells, and keeps its own history of it."""
