import sys

from sealbreak_server.cli import main

sys.exit(main())
