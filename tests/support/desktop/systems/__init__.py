"""Stand-ins for the system calls of Windows and macOS: as strict as these, by their documents."""
