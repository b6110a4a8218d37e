"""What the tray keeps on the disk."""
