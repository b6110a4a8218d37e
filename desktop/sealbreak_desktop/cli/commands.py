"""The type that all commands have in common."""

import argparse
from typing import TypeAlias

# The class is public only in the type stubs, and generic only there.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
