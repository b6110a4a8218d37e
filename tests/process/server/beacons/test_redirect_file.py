import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from sealbreak_server.cli.run import redirect_file
from support.server.launcher import file_of


def test_the_address_is_escaped_in_the_file(tmp_path: Path) -> None:
    async def text() -> str:
        async with AsyncExitStack() as stack:
            return file_of(
                redirect_file.redirect_file(stack, 'http://x/"><b>', tmp_path)
            ).read_text()

    assert asyncio.run(text()).count("http://x/&quot;&gt;&lt;b&gt;") == 2
