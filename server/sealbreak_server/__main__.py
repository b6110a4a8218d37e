import sys

from sealbreak_server.cli.main import main

sys.exit(main())
