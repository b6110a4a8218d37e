"""The state machine: what the tray knows, and what it decides. Nothing here does any I/O."""
