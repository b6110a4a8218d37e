import sys

from sealbreak_desktop.cli import main

sys.exit(main())
