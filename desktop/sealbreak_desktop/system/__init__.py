"""What the tray needs of the operating system and of the desktop environment."""
